/**
 * LXD and Incus, without a daemon.
 *
 * @module
 */
import type { LxdRequestKind } from "./request_kind.ts";
import type { RefreshableFetch } from "../../../model/fetch.ts";
import { type Clock, systemClock } from "../../../services.ts";
import { ConnectionDropped, refusedFetchError } from "../../../loopback/connection.ts";
import { holdOpen, type Wakers } from "../../clock/hold_open.ts";
import { inProcessFetch } from "../../fetch/in_process_fetch.ts";
import { answerWithFault, findFault, type InjectedFault } from "../kit/injected_fault.ts";
import { parseBody } from "../kit/json_body.ts";
import { LxdEvents } from "./events.ts";
import { type LxdBehaviour, LxdEmulatedOperation, type LxdOperationState } from "./operation.ts";
import { asyncReply, errorReply, findRoute, listReply, syncReply } from "./reply.ts";
import { pause } from "../../clock/pause.ts";
import { createRequestLog, type LoggedRequest } from "../kit/request_log.ts";

/** A request that starts an operation. */
export interface LxdStart {
  /** HTTP method. */
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** The body, parsed. */
  readonly body: unknown;
}

/** Options of {@linkcode createLxdEmulator}. */
export interface LxdEmulatorOptions {
  /**
   * The clock of everything that takes time.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /**
   * Whose `/wait` it has:
   *
   * - `lxd5`: the operation, however it ended; a Cancelled one turns into a Failure
   * - `lxd6`: HTTP 200 with an error where it did not succeed, or goes on
   * - `incus`: the operation
   *
   * @default {"lxd5"}
   */
  readonly flavor?: "lxd5" | "lxd6" | "incus" | undefined;
  /**
   * Whether operations' URLs have a query, as in a cluster.
   *
   * @default {false}
   */
  readonly isCluster?: boolean | undefined;
  /**
   * What becomes of operations: all the same, or each its own by the request that
   * starts it and its number, from 0.
   *
   * @default {{}}
   */
  readonly plan?: (LxdBehaviour | ((start: LxdStart, index: number) => LxdBehaviour)) | undefined;
  /** What goes wrong. */
  readonly faults?: readonly InjectedFault<LxdRequestKind>[] | undefined;
  /**
   * How long an operation is known after its end, in milliseconds.
   *
   * @default {5000}
   */
  readonly retentionMs?: number | undefined;
  /**
   * What event websockets do:
   *
   * - `tells`: what becomes of the operations of their project, or of all
   * - `mute`: they open, and say nothing
   * - `closes`: they open, and are closed at once
   *
   * @default {"tells"}
   */
  readonly sockets?: "tells" | "mute" | "closes" | undefined;
  /**
   * A proxy in front that ends every request which is not answered by then.
   *
   * @default {undefined} There is none.
   */
  readonly cutLongPolls?: LxdCut | undefined;
  /**
   * Whether `/wait` is answered with 404 although the operation is there, as by members
   * of old clusters.
   *
   * @default {false}
   */
  readonly isWaitUnknown?: boolean | undefined;
  /**
   * The API extensions that `GET /1.0` names. Without `operations_get_query_all_projects`
   * a list has one project, whatever was asked for.
   *
   * @default {["projects", "event_project", "operations_get_query_all_projects"]}
   */
  readonly apiExtensions?: readonly string[] | undefined;
  /**
   * Whether the client may see some projects only, so that nothing of all of them is told.
   *
   * @default {false}
   */
  readonly isRestricted?: boolean | undefined;
}

/** How a proxy ends requests. */
export interface LxdCut {
  /** After how long, in milliseconds. */
  readonly afterMs: number;
  /**
   * With HTTP 504 and a page, or with nothing.
   *
   * @default {"504"}
   */
  readonly by?: "504" | "drop" | undefined;
}

/** An LXD of one's own. */
export interface LxdEmulator {
  /** Answers one request; to be served, see {@linkcode serveLoopback}. */
  readonly handle: (request: Request) => Promise<Response>;
  /** A fetch that gets all its answers from this emulator, without a socket, and opens its event websocket. */
  readonly fetch: RefreshableFetch & typeof globalThis.fetch;
  /** Every request, in the order in which they arrived. */
  readonly log: readonly LoggedRequest<LxdRequestKind>[];
  /** How many requests of a kind have arrived. */
  readonly count: (kind: LxdRequestKind) => number;
  /** Every operation that is known at present. */
  readonly operations: readonly LxdOperationState[];
  /** How many event websockets are open. */
  readonly sockets: number;
  /** Closes every event websocket, and refuses new ones until it is called with `true`. */
  readonly allowSockets: (isAllowed: boolean) => void;
  /** Stops, forgets every operation, and is back after a while; meanwhile it says 503, or nobody listens. */
  readonly restart: (options: LxdRestartOptions) => void;
  /** A cluster member is gone: what runs on it is answered with HTTP 500 after 10 s. */
  readonly loseMember: (location: string) => void;
}

/** Options of {@linkcode LxdEmulator.restart}. */
export interface LxdRestartOptions {
  /** How long it is away, in milliseconds. */
  readonly downMs: number;
  /**
   * How long before that it answers 503, in milliseconds.
   *
   * @default {0}
   */
  readonly shuttingDownMs?: number | undefined;
}

const API_EXTENSIONS = ["projects", "event_project", "operations_get_query_all_projects"];
/** As long as LXD 5.0 stays at Cancelled. */
const STAYS_CANCELED_MS = 5;
const LOST_MEMBER_MS = 10_000;

/**
 * Creates an emulator of LXD's operations: every request but GET starts one, and
 * it can be looked at, waited for, listed, listened to and canceled.
 *
 * @param options What becomes of operations, and what goes wrong.
 * @returns The emulator.
 *
 * @example An operation of three seconds
 * ```ts
 * import { createLxdEmulator, createVirtualClock } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = createVirtualClock();
 * const { fetch } = createLxdEmulator({ clock, plan: { durationMs: 3_000 } });
 *
 * const started = await (await fetch("http://lxd/1.0/instances", { method: "POST" })).json();
 * const waiting = fetch(`http://lxd${started.operation}/wait?timeout=10`);
 * const ended = await (await clock.runUntil(waiting)).json();
 *
 * assertEquals([ended.metadata.status, clock.now()], ["Success", 3_000]);
 * ```
 */
export function createLxdEmulator(options: LxdEmulatorOptions = {}): LxdEmulator {
  const { clock = systemClock, flavor = "lxd5", plan = {}, retentionMs = 5_000 } = options;
  const { sockets = "tells", cutLongPolls, apiExtensions = API_EXTENSIONS } = options;
  const log = createRequestLog<LoggedRequest<LxdRequestKind>>(clock);
  const operations = new Map<string, LxdEmulatedOperation>();
  const events = new LxdEvents(clock);
  const wakers: Wakers = new Set();
  const lost = new Set<string>();
  let started = 0;
  let isDown: (nowMs: number) => "no" | "shutting down" | "down" = () => "no";
  let areSocketsAllowed = true;

  function handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const route = findRoute(request.method, url.pathname);
    const entry = { kind: route.kind, method: request.method, path: url.pathname + url.search };
    return log.record(entry, async (ordinals) => {
      const fault = findFault(options.faults, route.kind, ordinals);
      return await answerWithFault(fault, () => {
        const state = isDown(clock.now());
        if (state === "down") throw refusedFetchError(request.url);
        if (state === "shutting down") return errorReply(503, "LXD is shutting down");
        return answer(request, route.kind, route.id ?? "");
      }, { request, clock });
    });
  }

  async function answer(request: Request, kind: LxdRequestKind, id: string): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (kind === "read") {
      return syncReply(pathname === "/1.0" ? { api_extensions: apiExtensions } : {});
    }
    if (kind === "start") return start(request);
    if (kind === "list") return list(searchParams);
    if (kind === "events") return errorReply(400, "Not a websocket handshake");
    const { location } = operations.get(id) ?? {};
    if (location !== undefined && lost.has(location)) {
      await pause(clock, LOST_MEMBER_MS, request);
      return errorReply(500, `Failed to connect to ${location}`);
    }
    const operation = find(id);
    if (!operation || (kind === "wait" && options.isWaitUnknown)) {
      return errorReply(404, "Operation not found");
    }
    if (kind === "cancel") return cancel(operation);
    return kind === "wait" ? wait(operation, request) : syncReply(operation.stateAt(clock.now()));
  }

  async function start(request: Request): Promise<Response> {
    const { pathname: path, searchParams } = new URL(request.url);
    const body = parseBody(await request.text());
    const { method } = request;
    const index = started++;
    const behaviour = typeof plan === "function" ? plan({ method, path, body }, index) : plan;
    const { refusal, sync, metadata } = behaviour;
    if (refusal) return errorReply(refusal.status, refusal.error);
    if (sync) return syncReply(metadata ?? {});
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
    const staysCanceledMs = flavor === "lxd5" ? STAYS_CANCELED_MS : Infinity;
    const operation = new LxdEmulatedOperation(
      id,
      `${method} ${path}`,
      { staysCanceledMs, ...behaviour },
      clock.now(),
      searchParams.get("project") ?? undefined,
    );
    operations.set(id, operation);
    events.tell(operation);
    const query = options.isCluster ? `?project=${operation.project}` : "";
    return asyncReply(`/1.0/operations/${id}${query}`, operation.stateAt(clock.now()));
  }

  async function wait(operation: LxdEmulatedOperation, request: Request): Promise<Response> {
    const timeout = Number(new URL(request.url).searchParams.get("timeout") ?? -1);
    const asked = timeout < 0 ? Infinity : clock.now() + timeout * 1_000;
    const cutAt = clock.now() + (cutLongPolls?.afterMs ?? Infinity);
    const until = Math.min(asked, cutAt);
    while (clock.now() < Math.min(operation.endsAt, until)) {
      await holdOpen(request, { clock, wakers, untilMs: Math.min(operation.endsAt, until) });
      if (!operations.has(operation.id)) throw new ConnectionDropped();
    }
    if (clock.now() >= cutAt) {
      if (cutLongPolls?.by === "drop") throw new ConnectionDropped();
      return new Response("<h1>504 Gateway Time-out</h1>", {
        status: 504,
        headers: { "content-type": "text/html" },
      });
    }
    const state = operation.stateAt(clock.now());
    if (flavor !== "lxd6" || state.status === "Success") return syncReply(state);
    const error = state.status_code < 200 ? "context deadline exceeded" : state.err;
    return errorReply(500, error || "Operation canceled", 200);
  }

  function list(query: URLSearchParams): Response {
    const isOfAll = query.get("all-projects") === "true" &&
      apiExtensions.includes("operations_get_query_all_projects");
    if (isOfAll && options.isRestricted) return errorReply(500, "Certificate is restricted");
    const project = query.get("project") ?? "default";
    const isOurs = ({ id }: LxdOperationState): boolean =>
      isOfAll || operations.get(id)?.project === project;
    return listReply(known().filter(isOurs), query);
  }

  function cancel(operation: LxdEmulatedOperation): Response {
    const now = clock.now();
    const { status } = operation.stateAt(now);
    if (status !== "Running") {
      return errorReply(400, "Only running operations can be cancelled");
    }
    if (!operation.mayCancel) return errorReply(400, "This operation can't be cancelled");
    operation.cancel(now);
    if (operation.stateAt(now).status === "Cancelled") events.tellBackwards(operation);
    else events.tell(operation);
    wake();
    return syncReply({});
  }

  function wake(): void {
    for (const waker of [...wakers]) waker();
  }

  function find(id: string): LxdEmulatedOperation | undefined {
    const operation = operations.get(id);
    if (operation && clock.now() >= operation.endsAt + retentionMs) operations.delete(id);
    return operations.get(id);
  }

  function known(): LxdOperationState[] {
    return [...operations.keys()].flatMap((id) => find(id)?.stateAt(clock.now()) ?? []);
  }

  return {
    handle,
    fetch: Object.assign(inProcessFetch(handle), {
      openSocket: (text: string) => {
        const { pathname, search, searchParams } = new URL(text);
        const entry = { kind: "events" as const, method: "GET", path: pathname + search };
        const isOfAll = searchParams.get("all-projects") === "true";
        const isRefused = !areSocketsAllowed || isDown(clock.now()) !== "no" ||
          (isOfAll && (options.isRestricted || searchParams.has("project")));
        void log.record(entry, () => Promise.resolve(new Response()));
        const project = isOfAll ? undefined : searchParams.get("project") ?? "default";
        const does = isRefused ? "refuses" : sockets;
        return events.connect(operations.values(), { does, project });
      },
    }),
    log: log.entries,
    count: log.count,
    get operations() {
      return known();
    },
    get sockets() {
      return events.size;
    },
    allowSockets(isAllowed) {
      areSocketsAllowed = isAllowed;
      if (!isAllowed) events.disconnect();
    },
    restart({ downMs, shuttingDownMs = 0 }) {
      const downAt = clock.now() + shuttingDownMs;
      const backAt = downAt + downMs;
      isDown = (nowMs) => nowMs < downAt ? "shutting down" : nowMs < backAt ? "down" : "no";
      operations.clear();
      events.disconnect();
      wake();
    },
    loseMember: (location) => void lost.add(location),
  };
}
