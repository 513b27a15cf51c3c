/**
 * Actor mode: the same machine as a real XState actor beside ours, receiving the
 * same events, so that an inspector sees the truth.
 *
 * @module
 */
import type { Verdict } from "../../model/verdict.ts";
import type { ActorRecord } from "./actor_record.ts";
import { containCallback } from "../../model/contain.ts";
import type { ShadowActor } from "./context.ts";
import { transitionTable } from "./edges.ts";
import { type InspectionEvent, type InspectionObserver, startActor } from "../../xstate/mod.ts";

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
  const shadow = startActor(machine, {
    id: actor.id,
    clock: host.clock,
    // One that begins is started as any actor; one that was restored goes on.
    value: state === transitionTable(machine).start.to ? undefined : state.value,
    inspect: inspect && contained(inspect, host.report),
  });
  return {
    send: (event) => shadow.send(shownEvent(event)),
    stop: () => shadow.stop(),
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
