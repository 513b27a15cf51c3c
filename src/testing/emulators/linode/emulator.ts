/**
 * Linode's account events and instances, without Linode.
 *
 * @module
 */
import { type Clock, systemClock } from "../../../services.ts";
import { inProcessFetch } from "../../fetch/in_process_fetch.ts";
import { answerWithFault, findFault, type InjectedFault } from "../kit/injected_fault.ts";
import { parseBody } from "../kit/json_body.ts";
import {
  type LinodeBehaviour,
  type LinodeEventInit,
  LinodeEvents,
  type LinodeEventState,
} from "./events.ts";
import { FilterError, type LinodeFilter, readFilter } from "./filter.ts";
import { type LinodeCause, LinodeInstances, refuse } from "./instances.ts";
import { pageOf, readPageQuery } from "./page.ts";
import { findRoute, type LinodeRequestKind, type Route } from "./route.ts";
import { createRequestLog, type LoggedRequest } from "../kit/request_log.ts";
import {
  createRequestWindow,
  type RequestAllowance,
  type RequestLimit,
} from "../kit/request_window.ts";

/** One request to the emulator. */
export interface LinodeLoggedRequest extends LoggedRequest<LinodeRequestKind> {
  /** Its `X-Filter`, parsed. */
  readonly filter?: unknown | undefined;
}

export type { LinodeCause } from "./instances.ts";

/** Options of {@linkcode createLinodeEmulator}. */
export interface LinodeEmulatorOptions {
  /**
   * The clock of everything that takes time.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /**
   * The bearer token.
   *
   * @default {undefined} Anybody may do anything.
   */
  readonly token?: string | undefined;
  /**
   * What becomes of the events that requests cause: all the same, or each its
   * own by its cause and its number, from 0.
   *
   * @default {{}}
   */
  readonly plan?:
    | (LinodeBehaviour | ((cause: LinodeCause, index: number) => LinodeBehaviour))
    | undefined;
  /** What goes wrong. */
  readonly faults?: readonly InjectedFault<LinodeRequestKind>[] | undefined;
  /** How many requests may be made. */
  readonly limit?: RequestLimit | undefined;
  /**
   * How many requests for an event are answered "Linode busy." before one is taken.
   *
   * @default {0}
   */
  readonly busyAnswers?: number | undefined;
  /**
   * Whether an instance with which something goes on refuses everything else with "Linode busy.".
   *
   * @default {true}
   */
  readonly isExclusive?: boolean | undefined;
  /**
   * Disks that are there from the beginning, by the ids of their instances.
   *
   * @default {{}}
   */
  readonly disks?: Readonly<Record<number, Iterable<number>>> | undefined;
  /**
   * Instances that are there from the beginning, by their ids.
   *
   * @default {[]}
   */
  readonly instances?: Iterable<number> | undefined;
  /**
   * The id of the first event.
   *
   * @default {1}
   */
  readonly firstEventId?: number | undefined;
}

/** A Linode of one's own. */
export interface LinodeEmulator {
  /** Answers one request; to be served, see {@linkcode serveLoopback}. */
  readonly handle: (request: Request) => Promise<Response>;
  /** A fetch that gets all its answers from this emulator, without a socket. */
  readonly fetch: typeof globalThis.fetch;
  /** Every request, in the order in which they arrived. */
  readonly log: readonly LinodeLoggedRequest[];
  /** How many requests of a kind have arrived. */
  readonly count: (kind: LinodeRequestKind) => number;
  /** Every event that can be seen by now, the oldest first. */
  readonly events: readonly LinodeEventState[];
  /**
   * Adds an event, as if somebody else had caused it.
   *
   * @returns Its id.
   */
  readonly addEvent: (event: LinodeEventInit) => number;
}

/** What the API lets one filter and order events by. */
const FILTERABLE = [
  "id",
  "action",
  "created",
  "entity",
  "entity.id",
  "entity.type",
  "read",
  "seen",
  "username",
];

/**
 * Creates an emulator of Linode's `/v4/account/events` and of as much of
 * `/v4/linode/instances`, their disks, and `/v4/databases` as it takes to cause events.
 *
 * Lists have the API's filters, orders and pages; an instance that is busy
 * refuses another action; requests beyond the limit are answered with 429. Events
 * are scheduled, start, proceed and end by the clock alone.
 *
 * @param options What becomes of events, and what goes wrong.
 * @returns The emulator.
 *
 * @example A boot of three seconds
 * ```ts
 * import { createLinodeEmulator, createVirtualClock } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = createVirtualClock();
 * const { fetch, events } = createLinodeEmulator({
 *   clock,
 *   instances: [123],
 *   plan: { durationMs: 3_000 },
 * });
 *
 * await fetch("https://api.linode.com/v4/linode/instances/123/boot", { method: "POST" });
 * await clock.advance(1_500);
 * const response = await fetch("https://api.linode.com/v4/account/events", {
 *   headers: { "X-Filter": JSON.stringify({ "entity.id": 123, "+order_by": "created" }) },
 * });
 *
 * const { data: [event] } = await response.json();
 * assertEquals([event.action, event.status, event.percent_complete], ["linode_boot", "started", 50]);
 * ```
 */
export function createLinodeEmulator(options: LinodeEmulatorOptions = {}): LinodeEmulator {
  const { clock = systemClock, token, plan = {}, faults, limit, firstEventId = 1 } = options;
  const log = createRequestLog<LinodeLoggedRequest>(clock);
  const events = new LinodeEvents(firstEventId);
  const instances = new LinodeInstances({ ...options, clock, plan }, events);
  const allow = limit && createRequestWindow(limit, clock);

  function handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const route = findRoute(url.pathname);
    const header = request.headers.get("x-filter");
    const entry = {
      kind: route.kind,
      method: request.method,
      path: url.pathname + url.search,
      ...(header !== null && { filter: parseBody(header) }),
    };
    return log.record(entry, async (ordinals) => {
      const allowance = allow?.();
      const fault = findFault(faults, route.kind, ordinals);
      const response = await answerWithFault(fault, () => {
        if (route.kind === "other") return refuse(404, { reason: "Not found" });
        if (allowance && !allowance.isAllowed) return refuse(429, { reason: "Too many requests" });
        if (token !== undefined && request.headers.get("authorization") !== `Bearer ${token}`) {
          return refuse(401, { reason: "Invalid Token" });
        }
        if (request.method !== methodOf(route)) {
          return refuse(405, { reason: "Method Not Allowed" });
        }
        return answer(route, url, header);
      }, { request, clock });
      return allowance && limit ? withLimit(response, { limit, allowance, clock }) : response;
    });
  }

  function answer(route: Route, { searchParams }: URL, header: string | null): Response {
    const id = Number(route.id);
    switch (route.kind) {
      case "list":
        return list(searchParams, header);
      case "event":
        return found(events.find(id, clock.now()));
      case "create":
        return instances.create();
      case "instance":
        return found(instances.find(id));
      case "action":
        return instances.act(id, route.action!);
      case "disk":
        return route.diskId === undefined
          ? instances.createDisk(id)
          : instances.deleteDisk(id, Number(route.diskId));
      case "database":
        return instances.createDatabase();
    }
  }

  function list(query: URLSearchParams, header: string | null): Response {
    const page = readPageQuery(query);
    if ("reason" in page) return refuse(400, page);
    let filter: LinodeFilter;
    try {
      filter = readFilter(header, FILTERABLE);
    } catch (error) {
      if (error instanceof FilterError) return refuse(400, { reason: error.message });
      throw error;
    }
    return Response.json(pageOf(events.list(filter, clock.now()), page));
  }

  return {
    handle,
    fetch: inProcessFetch(handle),
    log: log.entries,
    count: log.count,
    get events() {
      return events.list(readFilter(null, FILTERABLE), clock.now());
    },
    addEvent: (event) => events.add(event, clock.now()),
  };
}

function methodOf({ kind, diskId }: Route): string {
  if (kind === "list" || kind === "event" || kind === "instance") return "GET";
  return diskId === undefined ? "POST" : "DELETE";
}

function found(item: object | undefined): Response {
  return item ? Response.json(item) : refuse(404, { reason: "Not found" });
}

/** The same response, with what the API says of its limits. */
function withLimit(
  response: Response,
  { limit, allowance, clock }: {
    readonly limit: RequestLimit;
    readonly allowance: RequestAllowance;
    readonly clock: Clock;
  },
): Response {
  const { endsAt, remaining } = allowance;
  response.headers.set("x-ratelimit-limit", String(limit.requests));
  response.headers.set("x-ratelimit-remaining", String(remaining));
  response.headers.set("x-ratelimit-reset", String(endsAt / 1_000));
  if (response.status === 429) {
    response.headers.set("retry-after", String(Math.ceil((endsAt - clock.now()) / 1_000)));
  }
  return response;
}
