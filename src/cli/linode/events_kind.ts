/**
 * The operation behind `lro linode events`: looks at the account's newest events
 * again and again, until it is stopped or its deadline passes.
 *
 * @module
 */
import { checkBaseUrl, checkMs } from "../../model/check_input.ts";
import { createOperation, defineKind, type OperationKind } from "../../model/kind.ts";
import type { Protocol } from "../../model/protocol.ts";
import { createLifecycle, requesting, waiting } from "../../model/machine.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { JsonValue, Operation, Reply } from "../../model/message.ts";
import {
  type LinodeEvent,
  listCall,
  notAList,
  READ,
  readPage,
  readRefusal,
} from "../../providers/linode/events.ts";
import { fixed } from "../../model/schedule.ts";
import { originOf } from "../../model/url.ts";

/** What is to be listed. */
export interface EventsInput {
  /** The API's address. */
  readonly baseUrl: string;
  /** Pause between two looks, in milliseconds. */
  readonly intervalMs: number;
  /** What events must have, in the API's field names. */
  readonly filter: Readonly<Record<string, JsonValue>>;
  /** Whether one look is enough. */
  readonly isOnce: boolean;
  /** Told of every page, the newest event first. */
  readonly onEvents: (events: readonly LinodeEvent[]) => void;
}

interface EventsMemory {
  /** The page to read, from 1. */
  readonly page: number;
  /** The greatest id that was seen in earlier looks. */
  readonly seen?: number;
  /** The greatest id of the present look. */
  readonly newest?: number;
}

const DOING = "list events";
/** If there are more between two looks, they come on further pages. */
const PAGE_SIZE = 100;
/** So many further pages at most, lest a look take longer than the interval. */
const MAX_PAGES = 20;

const protocol: Protocol<EventsInput, EventsMemory> = {
  steps: { list: { ...READ, poll: true } },
  begin: () => ({ page: 1 }),
  origin: ({ baseUrl }) => originOf(baseUrl),
  call: (_step, { input: { baseUrl, filter }, memory: { page } }) =>
    listCall(
      baseUrl,
      { ...filter, "+order": "desc", "+order_by": "id" },
      { page_size: PAGE_SIZE, ...(page > 1 && { page }) },
    ),
  read: (_step, reply, { input, memory }) => readEvents(reply, input, memory),
};

const kind: OperationKind<EventsInput, EventsMemory> = defineKind({
  name: "linode.events",
  machine: createLifecycle({
    id: "linode.events",
    description: "Lists events as they come, for `lro linode events`",
    initial: {
      initial: "looking",
      states: {
        looking: {
          description: "looking for the first time",
          ...requesting("list"),
          on: { pending: "#polling", succeeded: "#succeeded" },
        },
      },
    },
    polling: {
      initial: "waiting",
      states: {
        waiting: {
          description: "sleeping until the next look is due",
          ...waiting(),
          on: { due: "requesting" },
        },
        requesting: {
          description: "looking at the newest events",
          ...requesting("list"),
          on: { more: { target: "requesting", reenter: true }, pending: "waiting" },
        },
      },
    },
  }),
  protocol,
  check,
  schedule: ({ intervalMs }) => fixed(intervalMs),
  retry: { attempts: 10, baseMs: 1_000, maxMs: 10_000 },
});

/** The operation. */
export function listEvents(input: EventsInput): Operation<void> {
  return createOperation<void>(kind, input);
}

/** Nobody but the command makes one: only what its user says can be wrong. */
function check(value: unknown): EventsInput {
  const input = value as EventsInput;
  const intervalMs = checkMs(input.intervalMs, DOING, "--interval");
  if (intervalMs === 0) throw new RangeError(`Cannot ${DOING}: --interval must be more than 0`);
  return { ...input, intervalMs, baseUrl: checkBaseUrl(input.baseUrl, DOING) };
}

function readEvents(reply: Reply, input: EventsInput, memory: EventsMemory): Verdict {
  const doing = `Cannot ${DOING}`;
  if (reply.status !== 200) return readRefusal(doing, reply);
  const list = readPage(reply.body);
  if (!list) return notAList(doing, reply.body);
  const { page, seen } = memory;
  const ids = list.data.map(({ id }) => id);
  const newest = Math.max(memory.newest ?? 0, ...ids);
  const notify = (): void => input.onEvents(list.data);
  const isMore = seen !== undefined && ids.length > 0 && Math.min(...ids) > seen &&
    page < Math.min(list.pages, MAX_PAGES);
  if (isMore) return { type: "more", notify, memory: { page: page + 1, newest } };
  return {
    type: input.isOnce ? "succeeded" : "pending",
    notify,
    memory: { page: 1, newest: 0, seen: Math.max(seen ?? 0, newest) },
  };
}
