/**
 * Azure's long-running operations, without Azure.
 *
 * @module
 */
import type { JsonValue } from "../../../model/message.ts";
import { type Clock, systemClock } from "../../../services.ts";
import {
  type AzureBehaviour,
  type AzureOperation,
  type AzureOperationState,
  type AzureStart,
  stateAt,
} from "./operation.ts";
import { answerPoll, answerStart, readOperationPath } from "./answer.ts";
import { refusal } from "./refusal.ts";
import { createResources } from "./resources.ts";
import { inProcessFetch } from "../../fetch/in_process_fetch.ts";
import { answerWithFault, findFault, type InjectedFault } from "../kit/injected_fault.ts";
import { parseBody } from "../kit/json_body.ts";
import { createRequestLog, type LoggedRequest } from "../kit/request_log.ts";

/**
 * The kinds of requests that the emulator knows: a PUT, PATCH, POST or DELETE, a
 * GET on a monitor or a Location, a GET on a resource.
 */
export type AzureRequestKind = "start" | "poll" | "read";

/** One request to the emulator. */
export interface AzureLoggedRequest extends LoggedRequest<AzureRequestKind> {
  /** The operation that it starts or polls. */
  readonly operationId?: string | undefined;
}

/** Options of {@linkcode createAzureEmulator}. */
export interface AzureEmulatorOptions {
  /**
   * The clock of everything that takes time.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /**
   * The bearer token that every request must carry.
   *
   * @default {undefined} Anybody may do anything.
   */
  readonly token?: string | undefined;
  /**
   * What the operations do: all the same, or each its own by its request and its
   * number, from 0.
   *
   * @default {{}}
   */
  readonly plan?:
    | (AzureBehaviour | ((start: AzureStart, index: number) => AzureBehaviour))
    | undefined;
  /** What goes wrong, counted over all operations. */
  readonly faults?: readonly InjectedFault<AzureRequestKind>[] | undefined;
  /**
   * Whether the URLs in the answers are relative.
   *
   * @default {false}
   */
  readonly relativeUrls?: boolean | undefined;
  /**
   * The origin of the URLs in the answers, where it is another one than that which
   * was asked: a service behind a gateway names itself, e.g. `"http://10.0.0.7"`.
   *
   * @default {undefined} That which was asked.
   */
  readonly pollingOrigin?: string | undefined;
}

/** An Azure of one's own. */
export interface AzureEmulator {
  /** Answers one request; to be served, see {@linkcode serveLoopback}. */
  readonly handle: (request: Request) => Promise<Response>;
  /** A fetch that gets all its answers from this emulator, without a socket. */
  readonly fetch: typeof globalThis.fetch;
  /** Every request, in the order in which they arrived. */
  readonly log: readonly AzureLoggedRequest[];
  /** Every operation and how it is now, in the order in which they were started. */
  readonly operations: readonly AzureOperationState[];
  /** The resources that are there now, by path, as a GET shows them. */
  readonly resources: Readonly<Record<string, JsonValue>>;
  /** How many requests of a kind have arrived. */
  readonly count: (kind: AzureRequestKind) => number;
}

/**
 * Creates an emulator of Azure Resource Manager.
 *
 * Every path is that of a resource: PUT makes it, PATCH and POST need it or not,
 * GET shows it with its `provisioningState`, DELETE removes it. Each is an
 * operation that takes its time and is polled as its {@linkcode AzureBehaviour}
 * says. One at a time: a second one on the same resource is answered 409.
 *
 * @param options What the operations do, and what goes wrong.
 * @returns The emulator.
 *
 * @example A PUT of five seconds
 * ```ts
 * import { azure, createRuntime } from "@lro/machines";
 * import { createAzureEmulator, createVirtualClock } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = createVirtualClock();
 * const emulator = createAzureEmulator({ clock, plan: { durationMs: 5_000 } });
 * await using runtime = createRuntime({ clock, fetch: emulator.fetch });
 *
 * const url = "https://management.azure.com/resourceGroups/g?api-version=2024-03-01";
 * const operation = azure.operation({
 *   request: { method: "PUT", url, body: { location: "westeurope" } },
 *   pollIntervalMs: 2_000,
 * });
 * const group = await clock.runUntil(runtime.start(operation).result());
 *
 * assertEquals(group, emulator.resources["/resourceGroups/g"]);
 * assertEquals(clock.now(), 6_000); // polled at 0, 2, 4 and 6 s
 * assertEquals(emulator.count("poll"), 4);
 * ```
 */
export function createAzureEmulator(options: AzureEmulatorOptions = {}): AzureEmulator {
  const { clock = systemClock, plan = {}, faults, token } = options;
  const log = createRequestLog<AzureLoggedRequest>(clock);
  const operations = new Map<string, AzureOperation>();
  const resources = createResources(() => clock.now());

  function handle(request: Request): Promise<Response> {
    const { method, url } = request;
    const { pathname, search } = new URL(url);
    const target = readOperationPath(pathname);
    const operation = operations.get(target?.id ?? "");
    const kind = target ? "poll" : method === "GET" ? "read" : "start";
    const entry: {
      kind: AzureRequestKind;
      method: string;
      path: string;
      operationId?: string;
    } = { kind, method, path: pathname + search };
    if (target) entry.operationId = target.id;

    return log.record(entry, (ordinals) => {
      const fault = findOwnFault(operation) ?? findFault(faults, kind, ordinals);
      return answerWithFault(fault, async () => {
        if (token !== undefined && request.headers.get("authorization") !== `Bearer ${token}`) {
          return unauthorized();
        }
        if (target) {
          return method !== "GET"
            ? refusal(405, "MethodNotAllowed", `Only GET is allowed, not ${method}.`)
            : answerPoll(operation, target, { now: clock.now(), locate: locator(url), resources });
        }
        if (kind === "read") return resources.answer(pathname);
        const started = { method, path: pathname, body: parseBody(await request.text()) };
        const complaint = resources.complaint(started);
        if (complaint) return complaint;
        const begun = begin(started);
        entry.operationId = begun.id;
        return answerStart(begun, { now: clock.now(), locate: locator(url), resources });
      }, { request, clock });
    });
  }

  function begin(start: AzureStart): AzureOperation {
    const index = operations.size;
    const behaviour = typeof plan === "function" ? plan(start, index) : plan;
    const operation: AzureOperation = {
      ...start,
      id: `00000000-0000-4000-8000-${(index + 1).toString(16).padStart(12, "0")}`,
      startedAt: clock.now(),
      behaviour: fitTo(start, behaviour),
      polls: 0,
      polledAt: -Infinity,
      moved: 0,
    };
    operations.set(operation.id, operation);
    return operation;
  }

  /** Makes URLs as absolute, and with the same version, as the one that was asked. */
  function locator(asked: string): (path: string) => string {
    const { origin, searchParams } = new URL(asked);
    const version = searchParams.get("api-version");
    const query = version === null ? "" : `?api-version=${encodeURIComponent(version)}`;
    const { relativeUrls, pollingOrigin = origin } = options;
    return (path) => (relativeUrls ? "" : pollingOrigin) + path + query;
  }

  return {
    handle,
    fetch: inProcessFetch(handle),
    log: log.entries,
    get operations() {
      const now = clock.now();
      return [...operations.values()].map((operation) => {
        const { id, method, path, body, startedAt, polls } = operation;
        return { id, method, path, body, startedAt, polls, state: stateAt(operation, now) };
      });
    },
    get resources() {
      return resources.list();
    },
    count: log.count,
  };
}

/** What cannot be polled is done at once. */
function fitTo({ method }: AzureStart, behaviour: AzureBehaviour): AzureBehaviour {
  const { pollBy } = behaviour;
  const isWrite = method === "PUT" || method === "PATCH";
  return pollBy === "nothing" || (pollBy === "body" && !isWrite)
    ? { ...behaviour, pollBy: "nothing", durationMs: 0 }
    : behaviour;
}

/** Counts a poll of an operation's, and finds the fault that is its own. */
function findOwnFault(operation: AzureOperation | undefined): InjectedFault | undefined {
  if (operation === undefined) return undefined;
  const count = ++operation.polls;
  return findFault(operation.behaviour.faults, "poll", { ofKind: count, ofAll: count });
}

function unauthorized(): Response {
  const message = "The access token is missing or invalid.";
  return refusal(401, "InvalidAuthenticationToken", message, {
    "www-authenticate": 'Bearer authorization_uri="https://login.microsoftonline.com/common", ' +
      'error="invalid_token"',
  });
}
