/**
 * XState's types, as far as this library speaks of them.
 *
 * @module
 */
import type {
  ActorLogic,
  ActorSystem,
  EventObject,
  InspectionEvent,
  MetaObject,
  Observer,
  StateMachine,
  StateValue,
} from "xstate";

export type { ActorLogic, ActorSystem, EventObject, InspectionEvent, StateValue } from "xstate";

/** What a machine receives: a verdict, or news from the runtime (`due`, `cancel`, `deadline`). */
export interface LifecycleEvent {
  /** The event's name. */
  readonly type: string;
}

/**
 * The statechart of one kind of operation: an ordinary XState machine, without
 * context, guards, invocations or delays.
 */
export type OperationMachine = StateMachine<
  // The parameters are positional and belong to XState 5; they stay in this one place.
  Record<string, never>,
  LifecycleEvent,
  // deno-lint-ignore no-explicit-any
  any,
  // deno-lint-ignore no-explicit-any
  any,
  // deno-lint-ignore no-explicit-any
  any,
  // deno-lint-ignore no-explicit-any
  any,
  // deno-lint-ignore no-explicit-any
  any,
  StateValue,
  string,
  undefined,
  undefined,
  EventObject,
  MetaObject,
  // deno-lint-ignore no-explicit-any
  any
>;

/** XState's snapshot of such a machine. */
export type MachineSnapshot = Parameters<OperationMachine["transition"]>[0];

/** XState's own shape of an inspection observer. */
export type InspectionObserver =
  | Observer<InspectionEvent>
  | ((event: InspectionEvent) => void);

/** A part of a user's actor system that XState calls and we do not look into. */
export type OperationLogic<Snapshot, Event extends EventObject, Input> = ActorLogic<
  Snapshot & import("xstate").Snapshot<unknown>,
  Event,
  Input,
  // deno-lint-ignore no-explicit-any -- as in XState's own logic types
  ActorSystem<any>
>;
