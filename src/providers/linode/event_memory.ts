/**
 * What an operation remembers of an account's events.
 *
 * @module
 */
import type { ProtocolState } from "../../kind.ts";
import type { Verdict } from "../../operation.ts";
import type { EntityId, EventInput } from "./input.ts";

/** What an operation remembers. */
export interface EventMemory {
  /** Which entity, once it is known. */
  readonly entityId?: EntityId;
  /** Ids of events that are not ours. */
  readonly seen?: readonly number[];
  /** Events up to this id are not ours, and are not asked for again. */
  readonly sinceId?: number;
  /** There are too many earlier events to remember them one by one. */
  readonly isLong?: boolean;
  /** Whether the trigger was sent and taken. */
  readonly isTriggered?: boolean;
  /** Our event, once it appeared. */
  readonly eventId?: number;
}

/** What the protocol looks at. */
export type EventState = ProtocolState<EventInput, EventMemory>;

/** The earlier events are remembered: it is the trigger's turn. */
export function armed({ trigger }: EventInput, memory: EventMemory): Verdict {
  return { type: trigger ? "ready" : "armed", memory: { ...memory } };
}
