/**
 * Which events of a list are those that were asked for. The API filters, but it
 * cannot filter by the secondary entity (linodego#349), may refuse a filter, and
 * what stands between may drop it: so every event is looked at here too.
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import type { EventState } from "./event_memory.ts";
import type { LinodeEvent } from "./events.ts";
import type { EntityId } from "./entity_id.ts";

/** What events are to be about. */
export interface EventWish {
  /** The entity's type. */
  readonly entityType: string;
  /** Which entity; any where it is absent. */
  readonly entityId?: EntityId | undefined;
  /** The action; any where it is absent. */
  readonly action?: string;
  /**
   * Whether the API was given no filter at all.
   *
   * @default {false}
   */
  readonly isUnfiltered?: boolean | undefined;
}

/** Whether an event is one of those that were asked for. */
export type EventTest = (event: LinodeEvent) => boolean;

/** Whether the API filtered a list, and what passes where it did not. */
export interface FilteredList {
  /** Whether all events are about the same, as those of a filtered list are. */
  readonly isFiltered: boolean;
  /** Whether an event passes. */
  readonly passes: EventTest;
}

/**
 * Looks at a list in the way of the filter that the API was given. In a list of
 * many different events each must fit in every way. In one whose events are all
 * about the same, the API's own words for types and actions are taken as they
 * are, `dns_zone_create` for `domain_create`; another id is another entity.
 */
export function checkList(events: readonly LinodeEvent[], wish: EventWish): FilteredList {
  const [first] = events;
  const isAlike = !wish.isUnfiltered &&
    events.every((event) => event === first || isAboutSame(event, first!, wish));
  const passes: EventTest = isAlike
    ? (event) => !isAnother(event, wish)
    : (event) => fits(event, wish);
  return { isFiltered: isAlike && (first === undefined || passes(first)), passes };
}

/** What the filter of an operation lets through. */
export function wishOf({ input, memory: { entityId, filtersHere } }: EventState): EventWish {
  const { entityType, action } = input;
  return { entityType, action, entityId, isUnfiltered: filtersHere };
}

/** Whether an event is the operation's own, as far as the API cannot filter by it. */
export function isOurs(
  event: LinodeEvent,
  { memory: { secondaryId, cloneId } }: EventState,
): boolean {
  const secondary = entityOf(event, "secondary_entity").id;
  if (cloneId !== undefined) {
    return isSameId(secondary, cloneId) || isSameId(entityOf(event).id, cloneId);
  }
  return secondaryId === undefined || isSameId(secondary, secondaryId);
}

function isAboutSame(a: LinodeEvent, b: LinodeEvent, wish: EventWish): boolean {
  const one = entityOf(a);
  const other = entityOf(b);
  return (wish.action === undefined || a.action === b.action) && one.type === other.type &&
    (wish.entityId === undefined || one.id === other.id);
}

/** Whether an event is about another entity of the same type. */
function isAnother(event: LinodeEvent, { entityType, entityId }: EventWish): boolean {
  const { type, id } = entityOf(event);
  return type === entityType && entityId !== undefined && !isSameId(id, entityId);
}

function fits(event: LinodeEvent, { entityType, entityId, action }: EventWish): boolean {
  const { type, id } = entityOf(event);
  return type === entityType && (action === undefined || event.action === action) &&
    (entityId === undefined || isSameId(id, entityId));
}

function entityOf(
  event: LinodeEvent,
  field: "entity" | "secondary_entity" = "entity",
): { readonly type?: unknown; readonly id?: unknown } {
  const entity = event[field];
  return isRecord(entity) ? entity : NOBODY;
}

const NOBODY = {};

/** The API gives the same id as a number here and as a text there. */
function isSameId(seen: unknown, wanted: EntityId): boolean {
  return seen !== undefined && String(seen) === String(wanted);
}
