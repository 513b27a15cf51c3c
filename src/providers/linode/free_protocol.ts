/**
 * The protocol of `linode.entityFree`.
 *
 * | step | call | verdict |
 * | --- | --- | --- |
 * | `check` | `GET /account/events`, filtered, newest first | `pending` while an event goes on, `more` where there are older ones, else `succeeded` |
 *
 * | what Linode answers | what it means |
 * | --- | --- |
 * | an event is `finished` or `failed` | it is over |
 * | an event is a `notification` | over, but where the action takes time; `notificationIsFinal` of the input says it |
 * | any other status, a new word too | it goes on |
 * | more pages | read to the last one, or to an event that goes on: what is not seen proves nothing |
 * | a list with fewer events than its `results` | asked again, then `protocol` |
 * | an event that is another's | passed over |
 * | 400 "Cannot filter on entity.type" | whole lists, filtered here (linode-cli#500) |
 * | no event at all | free: Linode keeps events for 90 days, and shows those that the token may see |
 * | the question is refused | `transport` or `operation-expired`, with a token |
 *
 * Source: linode_api4, `wait_for_entity_free`, without its double first check
 * and its loss beyond a page.
 *
 * @module
 */
import type { Protocol } from "../../model/protocol.ts";
import type { ProtocolState } from "../../model/step.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Call, Reply } from "../../model/message.ts";
import { originOf } from "../../model/url.ts";
import { succeeded } from "../../model/verdicts.ts";
import { checkList } from "./event_match.ts";
import {
  isBusy,
  isFilterRefused,
  type LinodeEvent,
  listCall,
  LONG_PAGE,
  notAList,
  READ,
  readPage,
  readRefusal,
} from "./events.ts";
import type { EntityFreeInput } from "./input.ts";
import { isNotificationFinal } from "./words.ts";

/** What an operation remembers between two pages. */
export interface FreeMemory {
  /** Of events from this id on none goes on: older ones are read. */
  readonly beforeId?: number;
  /** The API refuses our filter: whole lists are read and filtered here. */
  readonly filtersHere?: boolean;
}

type FreeState = ProtocolState<EntityFreeInput, FreeMemory>;

/** The protocol of `linode.entityFree`. */
export const freeProtocol: Protocol<EntityFreeInput, FreeMemory> = {
  steps: { check: { ...READ, poll: true } },
  begin: () => ({}),
  origin: ({ baseUrl }) => originOf(baseUrl),
  allowsOrigin: () => false,
  call,
  read,
  cannotCancel: "there is nothing to cancel in waiting for an entity",
};

function call(_step: string, { input, memory: { beforeId, filtersHere } }: FreeState): Call {
  const isUsual = beforeId === undefined && !filtersHere;
  return listCall(
    input.baseUrl,
    {
      "+order": "desc",
      "+order_by": isUsual ? "created" : "id",
      ...(!filtersHere && { "entity.id": input.entityId, "entity.type": input.entityType }),
      ...(beforeId !== undefined && { id: { "+lt": beforeId } }),
    },
    isUsual ? {} : { page_size: LONG_PAGE },
  );
}

function read(_step: string, reply: Reply, { input, memory }: FreeState): Verdict {
  const { beforeId, filtersHere } = memory;
  const doing = "Cannot look at the entity's events";
  if (!filtersHere && isFilterRefused(reply)) {
    return { type: "more", memory: { filtersHere: true } };
  }
  if (isBusy(reply)) return { type: "pending" };
  if (reply.status !== 200) return readRefusal(doing, reply);
  const page = readPage(reply.body);
  if (!page) return notAList(doing, reply.body);
  const { entityType, entityId } = input;
  const { passes } = checkList(page.data, { entityType, entityId, isUnfiltered: filtersHere });
  const going = page.data.find((event) => goesOn(event, input) && passes(event));
  if (going) {
    return {
      type: "pending",
      progress: { text: `${going.action} ${going.status}` },
      ...(beforeId !== undefined && { memory: { beforeId: undefined } }),
    };
  }
  const oldest = Math.min(beforeId ?? Infinity, ...page.data.map(({ id }) => id));
  return page.pages > 1 && oldest < (beforeId ?? Infinity)
    ? { type: "more", memory: { beforeId: oldest } }
    : succeeded(undefined);
}

function goesOn(
  { status, action }: LinodeEvent,
  { notificationIsFinal }: EntityFreeInput,
): boolean {
  switch (status) {
    case "finished":
    case "failed":
      return false;
    case "notification":
      return !isNotificationFinal(action, notificationIsFinal);
    default:
      return true;
  }
}
