/**
 * What an operation remembers of an account's events.
 *
 * @module
 */
import type { ProtocolState } from "../../model/step.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { EventInput } from "./input.ts";
import type { EntityId } from "./entity_id.ts";

/** What an operation remembers. */
export interface EventMemory {
  /** Which entity, once it is known. */
  readonly entityId?: EntityId;
  /** Which secondary entity, e.g. a disk, where the caller waits for that one only. */
  readonly secondaryId?: EntityId;
  /** What a clone's trigger made, where its source is not known: it may be the event's entity or its secondary one. */
  readonly cloneId?: EntityId;
  /** Ids of events that are not ours. */
  readonly seen?: readonly number[];
  /** Events up to this id are not ours, and are not asked for again. */
  readonly sinceId?: number;
  /** There are too many earlier events to remember them one by one. */
  readonly isLong?: boolean;
  /** The API refuses our filter: whole lists are read and filtered here. */
  readonly filtersHere?: boolean;
  /** The trigger was refused for a while: what appeared meanwhile was the cause of that, and is not ours. */
  readonly wasBusy?: boolean;
  /** Whether the trigger was sent and taken. */
  readonly isTriggered?: boolean;
  /** What the trigger was answered, without secrets. */
  readonly reply?: unknown;
  /** Our event, once it appeared. */
  readonly eventId?: number;
}

/** What the protocol looks at. */
export type EventState = ProtocolState<EventInput, EventMemory>;

/** The earlier events are remembered: it is the trigger's turn. */
export function armed({ trigger }: EventInput, memory: EventMemory): Verdict {
  return { type: trigger ? "ready" : "armed", memory: { ...memory } };
}
