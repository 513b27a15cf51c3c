/**
 * What the caller tells an operation that is armed.
 *
 * @module
 */
import type { CallerEvent } from "../../model/protocol.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { EventMemory } from "./event_memory.ts";
import type { EventInput } from "./input.ts";
import type { EntityId } from "./entity_id.ts";
import { checkEntityId } from "./words.ts";

/**
 * `triggered`, with the ids that were not known before.
 *
 * @throws {TypeError} If the entity's id is missing, or an id is another one than was given.
 */
export function hear(event: CallerEvent, memory: EventMemory, { entityType }: EventInput): Verdict {
  const doing = "send triggered";
  const { entityId, secondaryEntityId } = event;
  if (entityId === undefined && memory.entityId === undefined) {
    throw new TypeError(`Cannot ${doing}: it must name the entityId, which is not known yet`);
  }
  const ids: EventMemory = {
    ...newId(entityId, memory.entityId, { doing, field: "entityId", type: entityType }, "entityId"),
    ...newId(
      secondaryEntityId,
      memory.secondaryId,
      { doing, field: "secondaryEntityId" },
      "secondaryId",
    ),
  };
  return Object.keys(ids).length > 0
    ? { type: "triggered", memory: { ...ids } }
    : { type: "triggered" };
}

function newId(
  value: unknown,
  known: EntityId | undefined,
  { doing, field, type }: {
    readonly doing: string;
    readonly field: string;
    readonly type?: string;
  },
  as: "entityId" | "secondaryId",
): EventMemory {
  if (value === undefined) return {};
  const id = checkEntityId(value, doing, { field, ...(type !== undefined && { type }) });
  if (known === undefined) return { [as]: id };
  if (String(id) === String(known)) return {};
  throw new TypeError(`Cannot ${doing}: ${field} is ${known} already, got ${id}`);
}
