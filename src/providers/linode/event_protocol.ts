/**
 * The protocol of `linode.event`.
 *
 * | step | call | verdict |
 * | --- | --- | --- |
 * | `baseline` | `GET /account/events`, filtered | `armed` or `ready`, the events remembered; `more` where they fill a page |
 * | `trigger` | the caller's | `triggered`, `busy`, or the end |
 * | `list` | as `baseline` | `appeared`, the first event that is not remembered |
 * | `event` | `GET /account/events/{id}` | `succeeded` or `failed` with it |
 *
 * | what Linode answers | what it means |
 * | --- | --- |
 * | an event is a `notification` | its end where the action is over at once; `pending` for `database_*`, `linode_resize` and `linode_mutate`; `notificationIsFinal` of the input says it (linodego#271) |
 * | an event's `secondary_entity` | must be that of the input or of the trigger's reply, where one is given: disks, clones and images have their source as `entity` (linodego#349) |
 * | 400 "Linode busy." | not processed: the trigger is sent again, an interval later, as often as the deadline allows; the newest event is ours then (linodego, terraform-provider-linode#73) |
 * | a 4xx that is no JSON | a gateway's word, as 502: questions are asked again, a trigger may have been processed (linodego#273) |
 * | the trigger's reply | `partialResult` of every later error |
 * | `time_remaining` | a number, `"1:23"`, `"0:0:20"`, `"1 day, 2:03:04"` |
 * | a question is refused | `transport` or `operation-expired` with a token, never `operation-failed` |
 * | a trigger is refused by 4xx but 408 and 429 | `request-rejected`, unless an earlier attempt may have been processed |
 * | a trigger is answered anything else but 200 to 204 | `transport` or `protocol`: it may have been processed |
 * | an event of the filter's list that is another's | passed over: a proxy may drop `X-Filter` |
 * | 400 "Cannot filter on entity.type" | whole lists, filtered here (linode-cli#500) |
 * | a list with fewer events than its `results` | asked again, then `protocol`: what is missing proves nothing |
 * | another event than the one asked for | `protocol` |
 * | 503 with `X-Maintenance-Mode` | `transport` at once (linodego#216) |
 * | `started` at 100 % | `pending`: no end was told (linode/manager#5222) |
 *
 * Sources: Linode API v4, "Filtering and sorting", "Rate limits"; linode_api4,
 * `EventPoller`, without its double first poll and its loss beyond a page.
 *
 * @module
 */
import type { Protocol } from "../../model/protocol.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Call, JsonValue, Reply } from "../../model/message.ts";
import { safeHeaders } from "../../model/redact.ts";
import { originOf } from "../../model/url.ts";
import { describeReply, expired, failed, nonsense, succeeded } from "../../model/verdicts.ts";
import {
  accountOf,
  type EventPage,
  isBusy,
  isEvent,
  isFilterRefused,
  isGatewaysWord,
  type LinodeEvent,
  listCall,
  LONG_PAGE,
  notAList,
  READ,
  READ_ONCE,
  readPage,
  readRefusal,
  SHORT_PAGE,
  TRIGGER,
} from "./events.ts";
import { feed } from "./event_feed.ts";
import { checkList, type FilteredList, isOurs, wishOf } from "./event_match.ts";
import { armed, type EventMemory, type EventState } from "./event_memory.ts";
import { hear } from "./hear.ts";
import type { EventInput } from "./input.ts";
import { progressOf } from "./progress.ts";
import { readTrigger, readTriggerFault } from "./trigger.ts";
import { isNotificationFinal } from "./words.ts";

/** The protocol of `linode.event`. */
export const eventProtocol: Protocol<EventInput, EventMemory> = {
  steps: {
    baseline: READ_ONCE,
    trigger: TRIGGER,
    list: { ...READ, poll: true },
    event: { ...READ, poll: true },
  },
  begin: ({ entityId, secondaryEntityId }) => ({
    ...(entityId !== undefined && { entityId }),
    ...(secondaryEntityId !== undefined && { secondaryId: secondaryEntityId }),
  }),
  origin: ({ baseUrl }) => originOf(baseUrl),
  allowsOrigin: () => false,
  // Of an entity that does not exist yet there is nothing to remember.
  known: (step, { input, memory }) =>
    step === "baseline" && memory.entityId === undefined ? armed(input, {}) : undefined,
  call,
  read: (step, reply, state) => {
    switch (step) {
      case "baseline":
        return readBaseline(reply, state);
      case "trigger":
        return readTrigger(reply, state);
      case "list":
        return readList(reply, state);
      default:
        return readEvent(reply, state);
    }
  },
  hear: (event, { memory, input }) => hear(event, memory, input),
  fault: (step, fault, state) => step === "trigger" ? readTriggerFault(fault, state) : undefined,
  feed,
  partialResult: ({ memory }) => memory.reply,
  explainDeadline: (value) => {
    switch (typeof value === "object" ? value["initial"] : undefined) {
      case "armed":
        return 'it was armed and never triggered: send "triggered" once the trigger is pulled';
      case "waiting":
        return 'the trigger was refused to the last, with "Linode busy.": nothing was started';
      default:
        return undefined;
    }
  },
  keep,
  cannotCancel: "Linode has no way to cancel an event",
};

/** Nobody needs what will not be sent again, and it may hold secrets. */
function keep(input: EventInput, { isTriggered }: EventMemory, uncertain: boolean): object {
  const { trigger, secondaryEntityIdFrom, ...rest } = input;
  if (!trigger || isTriggered) return rest;
  const { method, url, headers = {}, body } = trigger;
  const isSentAgain = !uncertain;
  return {
    ...rest,
    ...(secondaryEntityIdFrom !== undefined && { secondaryEntityIdFrom }),
    trigger: {
      method,
      url,
      ...(isSentAgain && { headers: safeHeaders(headers) }),
      ...(isSentAgain && body !== undefined && { body }),
    },
  };
}

function call(step: string, state: EventState): Call {
  const { input, memory } = state;
  const { baseUrl } = input;
  switch (step) {
    case "trigger":
      return input.trigger!;
    case "event":
      return { method: "GET", url: `${baseUrl}/account/events/${memory.eventId}` };
    case "baseline":
      return memory.isLong
        ? listCall(baseUrl, filterOf(state, "desc", "id"), { page_size: SHORT_PAGE })
        : listCall(baseUrl, filterOf(state, "asc", "created"));
    default:
      return memory.filtersHere
        ? listCall(baseUrl, filterOf(state, "asc", "id"), { page_size: LONG_PAGE })
        : listCall(baseUrl, filterOf(state, "asc", "created"));
  }
}

function filterOf(
  { input, memory }: EventState,
  order: "asc" | "desc",
  by: "created" | "id",
): Record<string, JsonValue> {
  const { entityId, sinceId, filtersHere } = memory;
  return {
    "+order": order,
    "+order_by": by,
    ...(!filtersHere && {
      ...(entityId !== undefined && { "entity.id": entityId }),
      "entity.type": input.entityType,
      action: input.action,
    }),
    ...(sinceId !== undefined && { id: { "+gt": sinceId } }),
  };
}

function readBaseline(reply: Reply, state: EventState): Verdict {
  const { input, memory: { isLong, filtersHere } } = state;
  const doing = "Cannot remember earlier events";
  if (!filtersHere && isFilterRefused(reply)) {
    return { type: "more", memory: { filtersHere: true, isLong: true } };
  }
  if (reply.status !== 200) return readRefusal(doing, reply);
  const page = readPage(reply.body);
  if (!page) return notAList(doing, reply.body);
  const ids = page.data.map(({ id }) => id);
  if (isLong) {
    // The first is the newest, or the list is not in the order that was asked for.
    const newest = Math.max(0, ...ids);
    return ids.length > 0 && ids[0] !== newest
      ? nonsense(`${doing}: expected the newest event first, got ${ids[0]} before ${newest}`)
      : armed(input, { sinceId: newest });
  }
  const isWhole = page.pages === 1 && checkList(page.data, wishOf(state)).isFiltered;
  // All of them are old; it is enough to know the newest.
  return isWhole ? armed(input, { seen: ids }) : { type: "more", memory: { isLong: true } };
}

function readList(reply: Reply, state: EventState): Verdict {
  const { input, memory } = state;
  const doing = "Cannot look for the event";
  if (!memory.filtersHere && isFilterRefused(reply)) {
    return { type: "more", memory: { filtersHere: true } };
  }
  if (isBusy(reply)) return { type: "pending" };
  if (reply.status !== 200) return readRefusal(doing, reply);
  const page = readPage(reply.body);
  if (!page) return notAList(doing, reply.body);
  const list = checkList(page.data, wishOf(state));
  const event = findOurs(page.data.filter(list.passes), state);
  if (event === undefined) return nextPage(page, list, state);
  if (input.until === "appears") return succeeded(event);
  return { type: "appeared", memory: { eventId: event.id }, progress: progressOf(event) };
}

function findOurs(events: readonly LinodeEvent[], state: EventState): LinodeEvent | undefined {
  const { seen = [], sinceId = -1, wasBusy } = state.memory;
  const isNew = (event: LinodeEvent): boolean =>
    event.id > sinceId && !seen.includes(event.id) && isOurs(event, state);
  if (!wasBusy) return events.find(isNew);
  return events.filter(isNew).reduce<LinodeEvent | undefined>(
    (newest, event) => newest && newest.id > event.id ? newest : event,
    undefined,
  );
}

/** A full page of old events hides what comes after: that alone is asked for. */
function nextPage(
  { data, pages }: EventPage,
  { isFiltered }: FilteredList,
  { memory: { sinceId = -1, filtersHere } }: EventState,
): Verdict {
  const newest = Math.max(sinceId, ...data.map(({ id }) => id));
  // In a list that heeds no filter, the newest event may have others before it on later pages.
  return pages > 1 && newest > sinceId && (isFiltered || filtersHere)
    ? { type: "more", memory: { sinceId: newest } }
    : { type: "pending" };
}

function readEvent(reply: Reply, { input, memory }: EventState): Verdict {
  const doing = "Cannot look at the event";
  const { status, body } = reply;
  if (isBusy(reply)) return { type: "pending" };
  if ((status === 404 || status === 410) && !isGatewaysWord(reply)) {
    const account = accountOf(reply);
    const seen = describeReply(reply, account.providerMessage);
    return expired(`${doing}: ${seen}: Linode forgot it`, account);
  }
  if (status !== 200) return readRefusal(doing, reply);
  if (!isEvent(body)) return nonsense(`${doing}: expected an event with a status`);
  if (body.id !== memory.eventId) {
    return nonsense(`${doing}: expected an event with the id ${memory.eventId}, got ${body.id}`);
  }
  switch (body.status) {
    case "finished":
      return succeeded(body);
    case "failed":
      return eventFailed(body);
    case "notification":
      if (isNotificationFinal(input.action, input.notificationIsFinal)) return succeeded(body);
  }
  return { type: "pending", progress: progressOf(body) };
}

function eventFailed(event: LinodeEvent): Verdict {
  const { id, message } = event;
  const text = typeof message === "string" && message !== "" ? message : undefined;
  return failed(`Event ${id} failed${text === undefined ? "" : `: ${text}`}`, {
    providerCode: "failed",
    ...(text !== undefined && { providerMessage: text }),
    details: { eventId: id, ...event },
  });
}
