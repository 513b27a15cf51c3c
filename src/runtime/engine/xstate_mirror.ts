/**
 * Actor mode: the same machine as a real XState actor beside ours, receiving the
 * same events, so that an inspector sees the truth.
 *
 * @module
 */
import {
  type Actor as XStateActor,
  createActor,
  type InspectionEvent,
  type Observer,
} from "xstate";
import type { OperationMachine } from "../../model/machine.ts";
import type { Verdict } from "../../model/operation.ts";
import type { ActorRecord } from "./actor_record.ts";
import { containCallback } from "../../model/contain.ts";
import type { ShadowActor } from "./context.ts";
import { transitionTable } from "./edges.ts";

/** XState's own shape of an inspection observer. */
export type InspectionObserver =
  | Observer<InspectionEvent>
  | ((event: InspectionEvent) => void);

/**
 * Starts the XState actor of an operation, in the state in which the operation is.
 *
 * @param inspect Told of everything; what it throws is reported and contained.
 */
export function createShadow(
  actor: ActorRecord,
  inspect: InspectionObserver | undefined,
): ShadowActor {
  const { kind, state, host } = actor;
  const { machine } = kind;
  const shadow: XStateActor<OperationMachine> = createActor(machine, {
    id: actor.id,
    clock: host.clock as never, // XState's Clock asks for less than ours has
    // One that begins is started as any actor; one that was restored goes on.
    ...(state !== transitionTable(machine).start.to &&
      { snapshot: machine.resolveState({ value: state.value, context: {} }) }),
    ...(inspect && { inspect: contained(inspect, host.report) }),
  });
  shadow.start();
  return {
    send: (event) => shadow.send(shownEvent(event)),
    stop: () => void shadow.stop(),
  };
}

/** The event without replies, URLs and results: those may hold secrets. */
function shownEvent({ type, progress, failure }: Verdict): Verdict {
  return {
    type,
    ...(progress && { progress }),
    ...(failure && { failure: { code: failure.code, message: "" } }),
  };
}

function contained(
  inspect: InspectionObserver,
  report: (error: unknown) => void,
): (event: InspectionEvent) => void {
  return (event) =>
    containCallback(
      () => typeof inspect === "function" ? inspect(event) : inspect.next?.(event),
      report,
    );
}
