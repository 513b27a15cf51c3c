/**
 * An event as Stately's inspector takes it.
 *
 * @module
 */
import type { StateValue } from "../../xstate/mod.ts";
import type { JsonValue } from "../../model/message.ts";

/** An inspection event as `@statelyai/inspect` sends it. */
export type StatelyEvent = StatelyActorEvent | StatelyEventEvent | StatelySnapshotEvent;

/** What every inspection event has. */
export interface StatelyBase {
  /** Version of the format. */
  readonly _version: string;
  /** The actor. */
  readonly sessionId: string;
  /** The actor at the root of its system. */
  readonly rootId: string;
  /** Milliseconds since the epoch, as text. */
  readonly createdAt: string;
  /** Nothing: the package sends it so. */
  readonly id: null;
}

/** A snapshot, as XState's persisted ones are. */
export interface StatelySnapshot {
  /** Whether the actor goes on. */
  readonly status: "active" | "done" | "stopped" | "error";
  /** The state. */
  readonly value: StateValue;
  /** The context. */
  readonly context: JsonValue;
  /** What it yielded, once it is done. */
  readonly output?: JsonValue;
  /** Why it broke. */
  readonly error?: JsonValue;
  /** Always empty: an operation has none. */
  readonly children: Readonly<Record<string, never>>;
  /** Always empty. */
  readonly historyValue: Readonly<Record<string, never>>;
  /** Always empty. */
  readonly tags: readonly string[];
}

/** An actor is announced: before anything else of it. */
export interface StatelyActorEvent extends StatelyBase {
  /** Tells it from the others. */
  readonly type: "@xstate.actor";
  /** The machine's name. */
  readonly name: string;
  /** The machine's config, as JSON text. */
  readonly definition: string;
  /** Where it begins. */
  readonly snapshot: StatelySnapshot;
}

/** An actor receives an event. */
export interface StatelyEventEvent extends StatelyBase {
  /** Tells it from the others. */
  readonly type: "@xstate.event";
  /** What it receives. */
  readonly event: { readonly type: string };
}

/** An actor has moved. */
export interface StatelySnapshotEvent extends StatelyBase {
  /** Tells it from the others. */
  readonly type: "@xstate.snapshot";
  /** What it received. */
  readonly event: { readonly type: string };
  /** Where it is now. */
  readonly snapshot: StatelySnapshot;
}
