/**
 * Linode's account events as a feed: one list request for all waiters of an
 * account. Later events have greater ids, so that what is new is a question of
 * ids alone, and no clock is compared with any other.
 *
 * @module
 */
import type { Feed, FeedEntry } from "../../model/feed.ts";
import { isRecord } from "../../model/check_input.ts";
import {
  type LinodeEvent,
  listCall,
  LONG_PAGE,
  notAList,
  READ_ONCE,
  readPage,
  readRefusal,
  SHORT_PAGE,
} from "./events.ts";
import { armed, type EventMemory } from "./event_memory.ts";
import type { EventInput } from "./input.ts";

/** Linode lets a user ask for 200 lists a minute; three quarters of that are the feed's. */
const REQUEST_PAUSE_MS = 400;

/** The feed of `linode.event`. */
export const feed: Feed<EventInput, EventMemory> = {
  policy: READ_ONCE,
  requestPauseMs: REQUEST_PAUSE_MS,
  seat: (step, { input, memory }) => {
    const key = keyOf(input);
    const { entityId, sinceId, eventId, filtersHere } = memory;
    switch (step) {
      case "baseline":
        return { key, asks: "position" };
      case "list": {
        if (entityId === undefined || filtersHere) return undefined; // no topic to look under, or no trust in lists
        const topic = topicOf(input.entityType, entityId, input.action);
        return { key, asks: "new", topic, ...(sinceId !== undefined && { after: sinceId }) };
      }
      case "event":
        return { key, asks: "known", id: eventId! };
      default:
        return undefined;
    }
  },
  positionCall: ({ input }) =>
    listCall(input.baseUrl, { "+order": "desc", "+order_by": "id" }, { page_size: SHORT_PAGE }),
  listCall: ({ input }, after, page) =>
    listCall(
      input.baseUrl,
      { "+order": "asc", "+order_by": "id", id: { "+gt": after } },
      { page_size: LONG_PAGE, ...(page > 1 && { page }) },
    ),
  read: (body) => {
    const page = readPage(body);
    return page && { pages: page.pages, entries: page.data.map((event) => new EventEntry(event)) };
  },
  answer: (step, { position, entries }, { input }) => {
    switch (step) {
      case "baseline":
        return armed(input, { sinceId: position });
      case "list":
        return { status: 200, headers: {}, body: { data: entries, page: 1, pages: 1 } };
      default:
        return { status: 200, headers: {}, body: entries[0] };
    }
  },
  refused: (reply) => {
    const doing = "Cannot look at the account's events";
    return reply.status === 200 ? notAList(doing, reply.body) : readRefusal(doing, reply);
  },
};

/** An event in the feed. */
class EventEntry implements FeedEntry {
  readonly id: number;
  readonly body: LinodeEvent;

  constructor(event: LinodeEvent) {
    this.id = event.id;
    this.body = event;
  }

  get topic(): string {
    const { entity, action } = this.body;
    return isRecord(entity) ? topicOf(entity["type"], entity["id"], action) : "";
  }

  get change(): string {
    const { status, percent_complete: percent, time_remaining: remaining } = this.body;
    return `${status} ${percent} ${remaining}`;
  }
}

const keys = new WeakMap<EventInput, string>();

/** An account, as far as we can tell: the same address with the same headers. */
function keyOf(input: EventInput): string {
  let key = keys.get(input);
  if (key === undefined) {
    key = `${input.baseUrl} ${JSON.stringify(input.headers ?? {})}`;
    keys.set(input, key);
  }
  return key;
}

function topicOf(type: unknown, id: unknown, action: string): string {
  return `${type} ${id} ${action}`;
}
