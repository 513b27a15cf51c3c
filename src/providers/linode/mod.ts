/**
 * Linode: wait for account events, and for entities to be free.
 *
 * @module
 */
import { createOperation, defineKind, type OperationKind } from "../../model/kind.ts";
import type { Operation } from "../../model/message.ts";
import { fixed } from "../../model/schedule.ts";
import type { EventMemory } from "./event_memory.ts";
import { eventProtocol } from "./event_protocol.ts";
import type { LinodeEvent } from "./events.ts";
import { type FreeMemory, freeProtocol } from "./free_protocol.ts";
import {
  checkEntityFreeInput,
  checkEventInput,
  type EntityFreeInput,
  type EntityFreeOptions,
  type EventInput,
  type EventOptions,
} from "./input.ts";
import { entityFreeMachine, eventMachine } from "./machine.ts";

export type { EventMemory } from "./event_memory.ts";
export type { FreeMemory } from "./free_protocol.ts";
export type { LinodeEvent } from "./events.ts";
export type {
  EntityFreeInput,
  EntityFreeOptions,
  EventInput,
  EventOptions,
  LinodeCommonOptions,
} from "./input.ts";
export type { EntityId } from "./entity_id.ts";

const DEADLINE_MS = 240_000;
const RETRY = { attempts: 6, baseMs: 1_000, maxMs: 10_000 } as const;

/** The kind behind {@linkcode event}. */
export const eventKind: OperationKind<EventInput, EventMemory> = defineKind({
  name: "linode.event",
  machine: eventMachine,
  protocol: eventProtocol,
  check: checkEventInput,
  schedule: ({ intervalMs }) => fixed(intervalMs),
  deadlineMs: DEADLINE_MS,
  retry: RETRY,
  events: ["triggered"],
});

/** The kind behind {@linkcode entityFree}. */
export const entityFreeKind: OperationKind<EntityFreeInput, FreeMemory> = defineKind({
  name: "linode.entityFree",
  machine: entityFreeMachine,
  protocol: freeProtocol,
  check: checkEntityFreeInput,
  schedule: ({ intervalMs }) => fixed(intervalMs),
  deadlineMs: DEADLINE_MS,
  retry: RETRY,
});

/**
 * Waits for the event that a trigger causes. What happened before the trigger is
 * remembered first, so that an old event is never taken for the new one.
 *
 * Either the trigger is given and sent by us, or the caller pulls it while the
 * operation is `armed` and says so: `await handle.reached("armed")`, the caller's
 * own request, then `handle.send({ type: "triggered", entityId?, secondaryEntityId? })`.
 *
 * A trigger that is refused with "Linode busy." is sent again, an interval later,
 * until it is taken or the time is over. Its reply is the `partialResult` of every
 * later error.
 *
 * Polls at once and then every 5 s; many waiters on one account share one
 * request. The deadline is 240 s, for the whole wait.
 *
 * @example Boot and wait
 * ```ts
 * import { linode } from "@lro/machines";
 * import { assertEquals } from "@std/assert";
 *
 * const operation = linode.event({
 *   entityType: "linode",
 *   entityId: 123,
 *   action: "linode_boot",
 *   trigger: { method: "POST", url: "https://api.linode.com/v4/linode/instances/123/boot" },
 * });
 * assertEquals(operation.kind, "linode.event");
 * ```
 *
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type.
 * @throws {RangeError} If a number is out of bounds.
 */
export function event(options: EventOptions): Operation<LinodeEvent> {
  return createOperation<LinodeEvent>(eventKind, options);
}

/**
 * Waits until no event of an entity goes on. Failed ones, and none at all, count
 * as free: Linode keeps events for 90 days, and shows those that the token may see.
 *
 * Polls at once and then every 5 s. The deadline is 240 s.
 *
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type.
 * @throws {RangeError} If a number is out of bounds.
 */
export function entityFree(options: EntityFreeOptions): Operation<void> {
  return createOperation<void>(entityFreeKind, options);
}
