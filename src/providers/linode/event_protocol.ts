/**
 * The protocol of `linode.event`.
 *
 * | step | call | verdict |
 * | --- | --- | --- |
 * | `baseline` | `GET /account/events`, filtered | `armed` or `ready`, the events remembered; `more` where they fill a page |
 * | `trigger` | the caller's | `triggered` |
 * | `list` | as `baseline` | `appeared`, the first event that is not remembered |
 * | `event` | `GET /account/events/{id}` | `succeeded` or `failed` with it |
 *
 * Sources: Linode API v4, "Filtering and sorting", "Rate limits"; linode_api4,
 * `EventPoller`, without its double first poll and its loss beyond a page.
 *
 * @module
 */
import { isRecord } from "../../check_input.ts";
import type { Protocol } from "../../kind.ts";
import type { Call, JsonValue, Progress, Reply, Verdict } from "../../operation.ts";
import { safeHeaders } from "../../redact.ts";
import { originOf } from "../../runtime/url.ts";
import { describeReply, expired, failed, nonsense, rejected, succeeded } from "../../verdicts.ts";
import {
  isEvent,
  type LinodeEvent,
  listCall,
  notAList,
  rateLimitReset,
  READ,
  readPage,
  readRefusal,
  reasonsOf,
  SHORT_PAGE,
} from "./events.ts";
import { feed } from "./event_feed.ts";
import { armed, type EventMemory, type EventState } from "./event_memory.ts";
import { checkEntityId, type EventInput } from "./input.ts";

/** The protocol of `linode.event`. */
export const eventProtocol: Protocol<EventInput, EventMemory> = {
  steps: {
    baseline: READ,
    trigger: { repeat: "unsent", holdUntil: rateLimitReset },
    list: { ...READ, poll: true },
    event: { ...READ, poll: true },
  },
  begin: ({ entityId }) => entityId === undefined ? {} : { entityId },
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
        return readEvent(reply);
    }
  },
  hear: ({ entityId }, { memory }) => {
    const doing = "send triggered";
    if (entityId === undefined) {
      if (memory.entityId !== undefined) return { type: "triggered" };
      throw new TypeError(`Cannot ${doing}: it must name the entityId, which is not known yet`);
    }
    const id = checkEntityId(entityId, doing);
    if (memory.entityId === undefined) return { type: "triggered", memory: { entityId: id } };
    if (String(id) === String(memory.entityId)) return { type: "triggered" };
    throw new TypeError(`Cannot ${doing}: entityId is ${memory.entityId} already, got ${id}`);
  },
  feed,
  // Nobody needs the trigger's body once it was sent, and it may hold secrets.
  keep: ({ trigger, ...input }, { isTriggered }) =>
    isTriggered || !trigger
      ? input
      : { ...input, trigger: { ...trigger, headers: safeHeaders(trigger.headers ?? {}) } },
  cannotCancel: "Linode has no way to cancel an event",
};

function call(step: string, state: EventState): Call {
  const { input, memory } = state;
  switch (step) {
    case "trigger":
      return input.trigger!;
    case "event":
      return { method: "GET", url: `${input.baseUrl}/account/events/${memory.eventId}` };
    case "baseline":
      return memory.isLong
        ? listCall(input.baseUrl, filterOf(state, "desc", "id"), { page_size: SHORT_PAGE })
        : listCall(input.baseUrl, filterOf(state, "asc", "created"));
    default:
      return listCall(input.baseUrl, filterOf(state, "asc", "created"));
  }
}

function filterOf(
  { input, memory }: EventState,
  order: "asc" | "desc",
  by: "created" | "id",
): Record<string, JsonValue> {
  return {
    "+order": order,
    "+order_by": by,
    "entity.id": memory.entityId!,
    "entity.type": input.entityType,
    action: input.action,
    ...(memory.sinceId !== undefined && { id: { "+gt": memory.sinceId } }),
  };
}

function readBaseline(reply: Reply, { input, memory }: EventState): Verdict {
  const doing = "Cannot remember earlier events";
  if (reply.status !== 200) return readRefusal(doing, reply);
  const page = readPage(reply.body);
  if (!page) return notAList(doing, reply.body);
  const ids = page.data.map(({ id }) => id);
  if (memory.isLong) return armed(input, { sinceId: Math.max(0, ...ids) });
  // All of them are old; it is enough to know the newest.
  return page.pages > 1 ? { type: "more", memory: { isLong: true } } : armed(input, { seen: ids });
}

function readTrigger(reply: Reply, { input, memory }: EventState): Verdict {
  const { status, body } = reply;
  if (status >= 500) return readRefusal(`Cannot trigger ${input.action}`, reply);
  if (status < 200 || status > 299) {
    const message = reasonsOf(body);
    return rejected(`Cannot trigger ${input.action}: ${describeReply(reply, message)}`, {
      providerCode: String(status),
      ...(message !== undefined && { providerMessage: message }),
      ...(body !== undefined && { details: body }),
    });
  }
  if (memory.entityId !== undefined) return { type: "triggered", memory: { isTriggered: true } };
  const found = isRecord(body) ? body[input.entityIdFrom] : undefined;
  if (Number.isSafeInteger(found) || (typeof found === "string" && found !== "")) {
    return { type: "triggered", memory: { entityId: found, isTriggered: true } };
  }
  return nonsense(
    `Cannot wait for ${input.action}: it was triggered, and the reply has no usable "${input.entityIdFrom}"`,
  );
}

function readList(reply: Reply, { input, memory }: EventState): Verdict {
  const doing = "Cannot look for the event";
  if (reply.status !== 200) return readRefusal(doing, reply);
  const page = readPage(reply.body);
  if (!page) return notAList(doing, reply.body);
  const { seen = [], sinceId = -1 } = memory;
  const event = page.data.find(({ id }) => id > sinceId && !seen.includes(id));
  if (event === undefined) {
    const newest = Math.max(sinceId, ...page.data.map(({ id }) => id));
    // A full page of old ones hides what comes after: ask for that alone.
    return page.pages > 1 && newest > sinceId
      ? { type: "more", memory: { sinceId: newest } }
      : { type: "pending" };
  }
  if (input.until === "appears") return succeeded(event);
  return { type: "appeared", memory: { eventId: event.id }, ...progressOf(event) };
}

function readEvent(reply: Reply): Verdict {
  const doing = "Cannot look at the event";
  const { status, body } = reply;
  if (status === 404) return expired(`${doing}: ${describeReply(reply)}: Linode forgot it`);
  if (status !== 200) return readRefusal(doing, reply);
  if (!isEvent(body)) return nonsense(`${doing}: expected an event with a status`);
  switch (body.status) {
    case "finished":
    case "notification":
      return succeeded(body);
    case "failed":
      return eventFailed(body);
    default:
      return { type: "pending", ...progressOf(body) };
  }
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

/** `percent_complete` and `time_remaining`, which is seconds or `HH:MM:SS`. */
function progressOf(event: LinodeEvent): { progress?: Progress } {
  const percent = event["percent_complete"];
  const remaining = event["time_remaining"];
  const seconds = typeof remaining === "number"
    ? remaining
    : typeof remaining === "string" && /^\d+(?::\d\d){0,2}$/.test(remaining)
    ? remaining.split(":").reduce((total, part) => total * 60 + Number(part), 0)
    : undefined;
  return {
    progress: {
      ...(typeof percent === "number" && { percent: Math.min(100, Math.max(0, percent)) }),
      ...(seconds !== undefined && seconds >= 0 && { remainingMs: seconds * 1_000 }),
      text: event.status,
    },
  };
}
