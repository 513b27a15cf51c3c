/**
 * elastic.io's scheduled executions, without elastic.io.
 *
 * @module
 */
import type { JsonValue } from "../../../model/message.ts";
import { type Clock, systemClock } from "../../../services.ts";
import {
  answerPoll,
  answerResult,
  checkScheduleBody,
  type ElasticioBehaviour,
  type ElasticioExecution,
  type ElasticioExecutionState,
  gone,
  stateAt,
} from "./execution.ts";
import { inProcessFetch } from "../../fetch/in_process_fetch.ts";
import { answerWithFault, findFault, type InjectedFault } from "../kit/injected_fault.ts";
import { parseBody } from "../kit/json_body.ts";
import { createRequestLog, type LoggedRequest } from "../kit/request_log.ts";

/** The kinds of requests that the emulator knows. */
export type ElasticioRequestKind = "schedule" | "poll" | "result";

/** One request to the emulator. */
export interface ElasticioLoggedRequest extends LoggedRequest<ElasticioRequestKind> {
  /** The execution that it names, or makes. */
  readonly executionId?: string | undefined;
}

/** Options of {@linkcode createElasticioEmulator}. */
export interface ElasticioEmulatorOptions {
  /**
   * The clock of everything that takes time.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /**
   * The user of Basic authentication.
   *
   * @default {undefined} Anybody may do anything, unless there is a `password`.
   */
  readonly user?: string | undefined;
  /**
   * The password of Basic authentication.
   *
   * @default {""}
   */
  readonly password?: string | undefined;
  /**
   * What the URLs in the answers begin with.
   *
   * @default {undefined} The origin that was asked, and `pathPrefix`.
   */
  readonly baseUrl?: string | undefined;
  /**
   * What comes before `/v1` in the paths that are answered.
   *
   * @default {""} Or else the path of `baseUrl`.
   */
  readonly pathPrefix?: string | undefined;
  /**
   * What the scheduled executions do: all the same, or each its own by its
   * request and its number, from 0.
   *
   * @default {{}}
   */
  readonly plan?:
    | ElasticioBehaviour
    | ((
      request: Readonly<Record<string, JsonValue>>,
      index: number,
    ) => ElasticioBehaviour)
    | undefined;
  /** What goes wrong, counted over all executions. */
  readonly faults?: readonly InjectedFault<ElasticioRequestKind>[] | undefined;
  /**
   * Whether the URLs in the answers are relative.
   *
   * @default {false}
   */
  readonly relativeLocation?: boolean | undefined;
  /**
   * Whether the URLs in the answers end in a quote, as in the document's examples.
   *
   * @default {false}
   */
  readonly quoteLocation?: boolean | undefined;
  /**
   * Whether an execution that is ready points to its polling URL once more, as a
   * proxy that rewrites addresses does: that is no result.
   *
   * @default {false}
   */
  readonly pointsToItself?: boolean | undefined;
}

/** An elastic.io of one's own. */
export interface ElasticioEmulator {
  /** Answers one request; to be served, see {@linkcode serveLoopback}. */
  readonly handle: (request: Request) => Promise<Response>;
  /** A fetch that gets all its answers from this emulator, without a socket. */
  readonly fetch: typeof globalThis.fetch;
  /** Every request, in the order in which they arrived. */
  readonly log: readonly ElasticioLoggedRequest[];
  /** Every execution and where it stands now, in the order in which they were scheduled. */
  readonly executions: readonly ElasticioExecutionState[];
  /** How many requests of a kind have arrived. */
  readonly count: (kind: ElasticioRequestKind) => number;
}

/**
 * Creates an emulator of elastic.io's `/v1/exec` API.
 *
 * It schedules executions, answers polls and hands out each result once, with
 * the checks, statuses and messages of the real service, and goes wrong where it
 * is asked to. A result counts as read when its answer is made: not before a
 * fault's delay is over, and not at all if the request was aborted meanwhile.
 *
 * @param options What the executions do, and what goes wrong.
 * @returns The emulator.
 *
 * @example One execution of five seconds
 * ```ts
 * import { createElasticioEmulator, createVirtualClock } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = createVirtualClock();
 * const { fetch, count } = createElasticioEmulator({
 *   clock,
 *   plan: { durationMs: 5_000, result: { verified: true } },
 * });
 *
 * const scheduled = await fetch("https://api.elastic.io/v1/exec/schedule", {
 *   method: "POST",
 *   body: JSON.stringify({
 *     execution_type: "verify_credentials",
 *     component: "petstore",
 *     account_data: {},
 *   }),
 * });
 * await clock.advance(5_000);
 * const result = await fetch(scheduled.headers.get("location")!); // is redirected
 *
 * assertEquals(await result.json(), { data: { verified: true } });
 * assertEquals([count("schedule"), count("poll"), count("result")], [1, 1, 1]);
 * ```
 */
export function createElasticioEmulator(
  options: ElasticioEmulatorOptions = {},
): ElasticioEmulator {
  const { clock = systemClock, plan = {}, faults, baseUrl } = options;
  const prefix = options.pathPrefix ??
    (baseUrl === undefined ? "" : new URL(baseUrl).pathname.replace(/\/+$/, ""));
  const log = createRequestLog<ElasticioLoggedRequest>(clock);
  const executions = new Map<string, ElasticioExecution>();

  function handle(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const { kind, executionId } = findRoute(pathname, prefix);
    const execution = executions.get(executionId ?? "");
    const entry: {
      kind: ElasticioLoggedRequest["kind"];
      method: string;
      path: string;
      executionId?: string;
    } = { kind, method: request.method, path: pathname + search };
    if (executionId !== undefined) entry.executionId = executionId;

    return log.record(entry, (ordinals) => {
      const fault = findOwnFault(execution, kind) ??
        findFault(faults, kind, ordinals);
      return answerWithFault(fault, async () => {
        if (kind === "other") return message(404, "Not found.");
        const method = kind === "schedule" ? "POST" : "GET";
        if (request.method !== method) {
          return message(405, "Method not allowed.", { allow: method });
        }
        if (!isAuthorized(request, options)) {
          return Response.json(
            { errors: [{ detail: "Invalid credentials." }] },
            {
              status: 401,
              headers: { "www-authenticate": "Basic" },
            },
          );
        }
        if (kind === "schedule") {
          const body = parseBody(await request.text());
          const complaint = checkScheduleBody(body);
          if (complaint !== undefined) return message(400, complaint);
          const { id } = schedule(body as Readonly<Record<string, JsonValue>>);
          entry.executionId = id;
          return message(202, "ok", { location: locate(request, "poll", id) });
        }
        if (execution === undefined) return gone();
        return kind === "poll"
          ? answerPoll(
            execution,
            clock.now(),
            locate(request, options.pointsToItself ? "poll" : "result", execution.id),
          )
          : answerResult(execution, clock.now());
      }, { request, clock });
    });
  }

  function schedule(
    request: Readonly<Record<string, JsonValue>>,
  ): ElasticioExecution {
    const index = executions.size;
    const execution: ElasticioExecution = {
      id: "540492e623773659c5" + (index + 1).toString(16).padStart(6, "0"),
      request,
      scheduledAt: clock.now(),
      behaviour: typeof plan === "function" ? plan(request, index) : plan,
      polls: 0,
      reads: 0,
      isRead: false,
    };
    executions.set(execution.id, execution);
    return execution;
  }

  function locate(
    request: Request,
    kind: "poll" | "result",
    id: string,
  ): string {
    const base = baseUrl?.replace(/\/+$/, "") ??
      new URL(request.url).origin + prefix;
    const url = `${base}/v1/exec/${kind}/${id}`;
    return (options.relativeLocation ? new URL(url).pathname : url) +
      (options.quoteLocation ? '"' : "");
  }

  return {
    handle,
    fetch: inProcessFetch(handle),
    log: log.entries,
    get executions() {
      const now = clock.now();
      return [...executions.values()].map((execution) => {
        const { id, request, scheduledAt, polls, reads } = execution;
        const state = stateAt(execution, now);
        return { id, request, scheduledAt, state, polls, reads };
      });
    },
    count: log.count,
  };
}

function findRoute(
  pathname: string,
  prefix: string,
): { kind: ElasticioLoggedRequest["kind"]; executionId?: string } {
  const path = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : "";
  if (path === "/v1/exec/schedule") return { kind: "schedule" };
  const [, kind, executionId] = /^\/v1\/exec\/(poll|result)\/([^/]+)$/.exec(path) ?? [];
  if (executionId === undefined) return { kind: "other" };
  return { kind: kind as ElasticioRequestKind, executionId };
}

/** Counts a request of an execution's, and finds the fault that is its own. */
function findOwnFault(
  execution: ElasticioExecution | undefined,
  kind: ElasticioLoggedRequest["kind"],
): InjectedFault | undefined {
  if (execution === undefined) return undefined;
  const ofKind = kind === "poll" ? ++execution.polls : ++execution.reads;
  const ofAll = execution.polls + execution.reads;
  return findFault(execution.behaviour.faults, kind, { ofKind, ofAll });
}

function isAuthorized(
  request: Request,
  options: ElasticioEmulatorOptions,
): boolean {
  const { user, password } = options;
  if (user === undefined && password === undefined) return true;
  const bytes = new TextEncoder().encode(`${user ?? ""}:${password ?? ""}`);
  const [scheme, credentials] = (request.headers.get("authorization") ?? "")
    .split(" ");
  return scheme?.toLowerCase() === "basic" &&
    credentials === btoa(String.fromCharCode(...bytes));
}

function message(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ message: text }, { status, headers });
}
