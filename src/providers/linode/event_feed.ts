/**
 * Linode's account events as a feed: one list request for all waiters of an
 * account. Later events have greater ids, so that what is new is a question of
 * ids alone, and no clock is compared with any other.
 *
 * @module
 */
import type { Feed, FeedEntry } from "../../runtime/feed.ts";
import { isRecord } from "../../check_input.ts";
import {
  type LinodeEvent,
  listCall,
  LONG_PAGE,
  notAList,
  READ,
  readPage,
  readRefusal,
  SHORT_PAGE,
} from "./events.ts";
import { armed, type EventMemory } from "./event_protocol.ts";
import type { EventInput } from "./input.ts";

/** Linode lets a user ask for 200 lists a minute; three quarters of that are the feed's. */
const REQUEST_PAUSE_MS = 400;

/** The feed of `linode.event`. */
export const feed: Feed<EventInput, EventMemory> = {
  policy: READ,
  requestPauseMs: REQUEST_PAUSE_MS,
  seat: (step, { input, memory }) => {
    const key = `${input.baseUrl} ${JSON.stringify(input.headers ?? {})}`;
    const topic = topicOf(input.entityType, memory.entityId, input.action);
    const { sinceId, eventId } = memory;
    switch (step) {
      case "baseline":
        return { key, topic, asks: "position" };
      case "list":
        return { key, topic, asks: "new", ...(sinceId !== undefined && { after: sinceId }) };
      case "event":
        return { key, topic, asks: "known", id: eventId! };
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
    return page && { pages: page.pages, entries: page.data.map(toEntry) };
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

function toEntry(event: LinodeEvent): FeedEntry {
  const { id, action, status, entity } = event;
  const { percent_complete: percent, time_remaining: remaining } = event;
  return {
    id,
    topic: isRecord(entity) ? topicOf(entity["type"], entity["id"], action) : "",
    change: `${status} ${percent} ${remaining}`,
    body: event,
  };
}

function topicOf(type: unknown, id: unknown, action: string): string {
  return `${type} ${id} ${action}`;
}
