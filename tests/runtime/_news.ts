/**
 * A list of news and a kind that waits for the first new one of a topic, as plain
 * as can be, so that tests of the feed depend on nobody's protocol.
 *
 * ```text
 * initial.{baselining, armed} -> polling.{awaiting, following} -> succeeded
 * ```
 */
import {
  type Clock,
  createLifecycle,
  createOperation,
  defineKind,
  type Operation,
  type OperationKind,
  requesting,
  type StepPolicy,
  type Verdict,
  waiting,
} from "@lro/machines";
import { inProcessFetch } from "@lro/machines/testing";

export const NEWS_URL = "https://news.example/news";

/** What happens to one piece of news, at times of the clock. */
export interface NewsPlan {
  readonly topic: string;
  /** When it gets its id: earlier ones have lesser ids. */
  readonly at: number;
  /** When it can be seen; at once where it is not given. */
  readonly visibleAt?: number;
  /** When it ends; never where it is not given. */
  readonly endsAt?: number;
  /** How it ends. */
  readonly fails?: boolean;
  /** When it vanishes. */
  readonly goneAt?: number;
}

/** One piece of news, as the list has it. */
export interface NewsItem {
  readonly id: number;
  readonly topic: string;
  readonly status: "open" | "done" | "failed";
}

/** A request that the list has seen. */
export interface NewsRequest {
  readonly atMs: number;
  /** `all`: the shared list; `own`: one topic's; `item`: one piece; `newest`: the end of the list. */
  readonly kind: "newest" | "all" | "own" | "item";
  readonly after?: number;
  readonly page?: number;
}

export interface NewsOptions {
  readonly pageSize?: number;
  /** Milliseconds there and as many back, for each request. */
  readonly latencyMs?: () => number;
  /** A status instead of an answer, for each request. */
  readonly failure?: (kind: NewsRequest["kind"]) => number | undefined;
}

/** A server with a list of news. */
export interface News {
  readonly fetch: typeof globalThis.fetch;
  readonly log: NewsRequest[];
  /** Plans one. Its id follows from all that are planned by the first request. */
  plan(news: NewsPlan): NewsPlan;
  /** The id of what was planned. */
  idOf(news: NewsPlan): number;
  /** How many requests there were of these kinds. */
  count(...kinds: NewsRequest["kind"][]): number;
}

export function createNews(clock: Clock, options: NewsOptions = {}): News {
  const { pageSize = 100, latencyMs = () => 0, failure = () => undefined } = options;
  const plans: NewsPlan[] = [];
  const log: NewsRequest[] = [];
  const startedAt = clock.now();
  let ids: Map<NewsPlan, number> | undefined;

  function idOf(news: NewsPlan): number {
    ids ??= new Map([...plans].sort((a, b) => a.at - b.at).map((plan, index) => [plan, index + 1]));
    return ids.get(news)!;
  }

  function items(): NewsItem[] {
    const now = clock.now();
    return plans.filter(({ at, visibleAt = at, goneAt = Infinity }) =>
      visibleAt <= now && now < goneAt
    )
      .map((plan): NewsItem => ({
        id: idOf(plan),
        topic: plan.topic,
        status: now < (plan.endsAt ?? Infinity) ? "open" : plan.fails ? "failed" : "done",
      }))
      .sort((a, b) => a.id - b.id);
  }

  function answer(kind: NewsRequest["kind"], { pathname, searchParams: query }: URL): Response {
    if (kind === "item") {
      const id = Number(pathname.split("/").pop());
      const item = items().find((each) => each.id === id);
      return item ? Response.json(item) : new Response(null, { status: 404 });
    }
    if (kind === "own") {
      return page(items().filter(({ topic }) => topic === query.get("topic")), 1, Infinity);
    }
    if (kind === "newest") return page(items().reverse(), 1, 2);
    const after = Number(query.get("after"));
    return page(items().filter(({ id }) => id > after), Number(query.get("page")), pageSize);
  }

  return {
    log,
    idOf,
    plan: (news) => {
      plans.push(news);
      return news;
    },
    count: (...kinds) => log.filter(({ kind }) => kinds.includes(kind)).length,
    fetch: inProcessFetch(async (request) => {
      const url = new URL(request.url);
      const query = url.searchParams;
      const kind = url.pathname !== "/news"
        ? "item"
        : query.has("topic")
        ? "own"
        : query.has("after")
        ? "all"
        : "newest";
      log.push({
        atMs: clock.now() - startedAt,
        kind,
        ...(query.has("after") && { after: Number(query.get("after")) }),
        ...(query.has("page") && { page: Number(query.get("page")) }),
      });
      const status = failure(kind);
      const pauseMs = latencyMs();
      await sleep(clock, pauseMs, request.signal);
      const response = status === undefined ? answer(kind, url) : new Response(null, { status });
      await sleep(clock, pauseMs, request.signal);
      return response;
    }),
  };
}

function page(items: readonly NewsItem[], number: number, size: number): Response {
  const first = size === Infinity ? 0 : (number - 1) * size;
  return Response.json({
    items: items.slice(first, first + size),
    pages: Math.max(1, Math.ceil(items.length / size)),
  });
}

function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> | undefined {
  if (ms === 0) return undefined;
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => resolve(), ms);
    signal.addEventListener("abort", () => {
      clock.clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

export interface NewsInput {
  readonly topic: string;
  /** Whether the caller says when to look; else it looks at once. */
  readonly isArmed?: boolean;
  /** An account of its own. */
  readonly account?: string;
}

interface NewsMemory {
  readonly seen?: readonly number[];
  readonly after?: number;
  readonly id?: number;
}

interface NewsPage {
  readonly items: NewsItem[];
  readonly pages: number;
}

const READ: StepPolicy = {
  repeat: "always",
  poll: true,
  isTransient: ({ status }) => status === 503,
};

/** Requests for the shared list are that far apart. */
export const REQUEST_PAUSE_MS = 100;

const newsKind: OperationKind<NewsInput, NewsMemory> = defineKind<NewsInput, NewsMemory>({
  name: "news.first",
  check: (input) => input as NewsInput,
  schedule: { kind: "fixed", intervalMs: 5_000 },
  deadlineMs: 600_000,
  events: ["look"],
  machine: createLifecycle({
    id: "news.first",
    initial: {
      initial: "baselining",
      states: {
        baselining: { ...requesting("baseline"), on: { armed: "armed", ready: "#polling" } },
        armed: { on: { look: "#polling" } },
      },
    },
    polling: {
      initial: "awaiting",
      states: {
        awaiting: {
          initial: "requesting",
          states: {
            requesting: {
              ...requesting("list"),
              on: { appeared: "#polling.following", pending: "waiting" },
            },
            waiting: { ...waiting(), on: { due: "requesting" } },
          },
        },
        following: {
          initial: "requesting",
          states: {
            requesting: {
              ...requesting("item"),
              on: { succeeded: "#succeeded", pending: "waiting" },
            },
            waiting: { ...waiting(), on: { due: "requesting" } },
          },
        },
      },
    },
  }),
  protocol: {
    steps: { baseline: { ...READ, poll: false }, list: READ, item: READ },
    begin: () => ({}),
    origin: () => new URL(NEWS_URL).origin,
    call: (step, { input, memory }) => ({
      method: "GET",
      url: step === "item" ? `${NEWS_URL}/${memory.id}` : `${NEWS_URL}?topic=${input.topic}`,
    }),
    read: (step, { status, body }, { input, memory }) => {
      if (status === 404) return failure("operation-expired");
      if (status !== 200) return failure("transport");
      if (step === "item") return follow(body as NewsItem);
      const { items } = body as NewsPage;
      if (step === "baseline") return armed(input, { seen: items.map(({ id }) => id) });
      const { seen = [], after = -1 } = memory;
      const item = items.find(({ id }) => id > after && !seen.includes(id));
      return item ? { type: "appeared", memory: { id: item.id } } : { type: "pending" };
    },
    feed: {
      policy: READ,
      requestPauseMs: REQUEST_PAUSE_MS,
      seat: (step, { input, memory }) => {
        const key = input.account ?? "";
        const { after, id } = memory;
        if (step === "baseline") return { key, asks: "position" };
        if (step === "item") return { key, asks: "known", id: id! };
        return { key, asks: "new", topic: input.topic, ...(after !== undefined && { after }) };
      },
      positionCall: () => ({ method: "GET", url: NEWS_URL }),
      listCall: (_state, after, page) => ({
        method: "GET",
        url: `${NEWS_URL}?after=${after}&page=${page}`,
      }),
      read: (body) => {
        const { items, pages } = body as NewsPage;
        return {
          pages,
          entries: items.map((item) => ({
            id: item.id,
            topic: item.topic,
            change: item.status,
            body: item,
          })),
        };
      },
      answer: (step, { position, entries }, { input }) =>
        step === "baseline"
          ? armed(input, { after: position })
          : { status: 200, headers: {}, body: step === "item" ? entries[0] : { items: entries } },
      refused: () => failure("transport"),
    },
  },
});

function armed({ isArmed }: NewsInput, memory: NewsMemory): Verdict {
  return { type: isArmed ? "armed" : "ready", memory: { ...memory } };
}

function follow(item: NewsItem): Verdict {
  switch (item.status) {
    case "open":
      return { type: "pending" };
    case "done":
      return { type: "succeeded", value: item.id };
    case "failed":
      return failure("operation-failed", item.id);
  }
}

function failure(
  code: "operation-failed" | "operation-expired" | "transport",
  id?: number,
): Verdict {
  const type = code === "operation-expired" ? "expired" : "failed";
  return { type, failure: { code, message: code, details: { id } } };
}

/** Waits for the first new piece of a topic; its value is the id. */
export function firstNews(input: NewsInput): Operation<number> {
  return createOperation<number>(newsKind, input);
}
