/**
 * The real XState actor of a machine.
 *
 * @module
 */
import { createActor } from "xstate";
import { snapshotOf } from "./steps.ts";
import type { InspectionEvent, LifecycleEvent, OperationMachine, StateValue } from "./types.ts";

/** What a real actor is started with. */
export interface StartActorOptions {
  /** Its id. */
  readonly id: string;
  /** Timers; XState asks for less than a whole clock. */
  readonly clock: object;
  /** The state in which it goes on; a new one begins at the beginning. */
  readonly value?: StateValue | undefined;
  /** Told of everything. */
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
}

/** As much of a real actor as is needed here. */
export interface StartedActor {
  /** It receives an event. */
  send(event: LifecycleEvent): void;
  /** It is gone. */
  stop(): void;
}

/** Starts a real actor. */
export function startActor(machine: OperationMachine, options: StartActorOptions): StartedActor {
  const { id, clock, value, inspect } = options;
  const actor = createActor(machine, {
    id,
    clock: clock as never,
    ...(value !== undefined && { snapshot: snapshotOf(machine, value) }),
    ...(inspect && { inspect }),
  });
  actor.start();
  return { send: (event) => actor.send(event), stop: () => void actor.stop() };
}
