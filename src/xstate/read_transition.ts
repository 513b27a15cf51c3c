/**
 * What XState tells an inspector of a transition, in the words of 5 and of 6.
 *
 * @module
 */
import type { InspectionEvent } from "./types.ts";

/** A transition, as both XStates tell of it. */
export interface SeenTransition {
  /** The event that came, in the words of XState 5: `xstate.init` at the beginning. */
  readonly eventType: string;
  /** The snapshot that the actor has now. */
  readonly snapshot: unknown;
}

/** Reads it; `undefined` for every other event of inspection. */
export function readTransition(event: InspectionEvent): SeenTransition | undefined {
  // 5 tells of an event and of the snapshot after it, 6 of both in one.
  const { type } = event as { readonly type: string };
  if (type !== "@xstate.snapshot" && type !== "@xstate.transition") return undefined;
  const { event: cause, snapshot } = event as unknown as {
    readonly event: { readonly type: string };
    readonly snapshot: unknown;
  };
  return { eventType: cause.type.replace(/^@/, ""), snapshot };
}
