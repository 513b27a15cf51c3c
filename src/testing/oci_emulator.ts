/**
 * Oracle Cloud's resources and work requests, without Oracle Cloud.
 *
 * @module
 */
import type { JsonValue } from "../operation.ts";
import { type Clock, systemClock } from "../services.ts";
import { inProcessFetch } from "./in_process_fetch.ts";
import { answerWithFault, findFault, type InjectedFault } from "./injected_fault.ts";
import { parseBody } from "./json_body.ts";
import {
  errorsAt,
  isBusy,
  type OciActionKind,
  type OciBehaviour,
  type OciResource,
  type OciWork,
  percentAt,
  stateAt,
  statusAt,
} from "./oci_resource.ts";
import { findOciRoute, type OciRequestKind, type OciRoute } from "./oci_route.ts";
import { checkSignature } from "./oci_signature_check.ts";
import { createRequestLog, type LoggedRequest } from "./request_log.ts";

/** One request to the emulator. */
export interface OciLoggedRequest extends LoggedRequest<OciRequestKind> {
  /** The resource or work request that it names, or makes. */
  readonly id?: string;
}

/** An action that the emulator was asked for. */
export interface OciAction {
  /** What is done. */
  readonly kind: OciActionKind;
  /** The collection of the resource, e.g. `"instances"`. */
  readonly collection: string;
  /** The request's body. */
  readonly body: Readonly<Record<string, JsonValue | undefined>>;
}

/** A resource that is there from the beginning. */
export interface OciExistingResource {
  /** Its id. */
  readonly id: string;
  /** Its collection, e.g. `"vcns"`. */
  readonly collection: string;
  /**
   * Its state.
   *
   * @default {"AVAILABLE"}
   */
  readonly lifecycleState?: string;
}

/** A resource and its state now. */
export interface OciResourceState {
  /** Its id. */
  readonly id: string;
  /** Its collection. */
  readonly collection: string;
  /** Its state; absent once it is gone. */
  readonly lifecycleState?: string;
}

/** Options of {@linkcode createOciEmulator}. */
export interface OciEmulatorOptions {
  /**
   * The clock of everything that takes time.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
  /**
   * What the actions do: all the same, or each its own by its request and its
   * number, from 0.
   *
   * @default {{}}
   */
  readonly plan?: OciBehaviour | ((action: OciAction, index: number) => OciBehaviour);
  /** Resources that are there from the beginning. */
  readonly existing?: readonly OciExistingResource[];
  /** What goes wrong, counted over all resources. */
  readonly faults?: readonly InjectedFault<OciRequestKind>[];
  /** So many requests within so many milliseconds are answered; any more get 429. */
  readonly throttle?: { readonly requests: number; readonly perMs: number };
  /**
   * Error entries, or log lines, on one page.
   *
   * @default {10}
   */
  readonly pageSize?: number;
  /** Public keys in PEM (`BEGIN PUBLIC KEY`), by key id: only what they sign is answered. */
  readonly publicKeys?: Readonly<Record<string, string>>;
}

/** An Oracle Cloud of one's own. */
export interface OciEmulator {
  /** Answers one request; to be served, see {@linkcode serveLoopback}. */
  readonly handle: (request: Request) => Promise<Response>;
  /** A fetch that gets all its answers from this emulator, without a socket. */
  readonly fetch: typeof globalThis.fetch;
  /** Every request, in the order in which they arrived. */
  readonly log: readonly OciLoggedRequest[];
  /** Every resource that ever was, and its state now. */
  readonly resources: readonly OciResourceState[];
  /** How many requests of a kind have arrived. */
  readonly count: (kind: OciRequestKind) => number;
}

/**
 * Creates an emulator of Oracle Cloud's APIs: any collection under
 * `/20160918/` (or another version) can be created in, read, acted on, updated
 * and deleted from, and `/20160918/workRequests` tells how that goes.
 *
 * States change with the clock, a second action on a resource gets 409
 * `IncorrectState`, a POST with a retry token that was used is not done again,
 * and what was deleted answers 404.
 *
 * @param options What the actions do, and what goes wrong.
 * @returns The emulator.
 *
 * @example An instance of five seconds
 * ```ts
 * import { createOciEmulator, createVirtualClock } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = createVirtualClock();
 * const { fetch, resources } = createOciEmulator({ clock, plan: { durationMs: 5_000 } });
 *
 * const instances = "https://iaas.us-ashburn-1.oraclecloud.com/20160918/instances";
 * const launched = await fetch(instances, { method: "POST", body: '{"shape":"s"}' });
 * const { id, lifecycleState } = await launched.json();
 * await clock.advance(5_000);
 * const instance = await (await fetch(`${instances}/${id}`)).json();
 *
 * assertEquals(lifecycleState, "PROVISIONING");
 * assertEquals(instance, { shape: "s", id, lifecycleState: "RUNNING" });
 * assertEquals(resources.length, 1);
 * ```
 */
export function createOciEmulator(options: OciEmulatorOptions = {}): OciEmulator {
  const { clock = systemClock, plan = {}, faults, throttle, publicKeys, pageSize = 10 } = options;
  const log = createRequestLog<OciLoggedRequest>(clock);
  const resources = new Map<string, OciResource>();
  const works = new Map<string, OciWork>();
  const worksByToken = new Map<string, OciWork>();
  let recent: number[] = [];
  for (const { id, collection, lifecycleState = "AVAILABLE" } of options.existing ?? []) {
    resources.set(id, { id, collection, fields: {}, firstState: lifecycleState });
  }

  function handle(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const route = findOciRoute(request);
    const entry: { kind: OciRequestKind | "other"; method: string; path: string; id?: string } = {
      kind: route?.kind ?? "other",
      method: request.method,
      path: pathname + search,
    };
    if (route?.id !== undefined) entry.id = route.id;
    return log.record(entry, (ordinals) => {
      const fault = findOwnFault(works.get(route?.id ?? ""), entry.kind) ??
        findFault(faults, entry.kind, ordinals);
      return answerWithFault(fault, async () => {
        if (isThrottled()) return refusal(429, "TooManyRequests", "Too many requests.");
        const bytes = new Uint8Array(await request.arrayBuffer());
        if (publicKeys) {
          const complaint = await checkSignature(request, bytes, { publicKeys, now: clock.now });
          if (complaint !== undefined) return refusal(401, "NotAuthenticated", complaint);
        }
        if (route === undefined) return notFound();
        const answer = answerTo(route, request, parseBody(new TextDecoder().decode(bytes)));
        if (answer.id !== undefined) entry.id = answer.id;
        return answer.response;
      }, { request, clock });
    });
  }

  function answerTo(
    route: OciRoute,
    request: Request,
    body: unknown,
  ): { readonly response: Response; readonly id?: string } {
    const now = clock.now();
    const { kind, id } = route;
    if (kind === "workRequest" || kind === "errors" || kind === "logs") {
      const work = works.get(id!);
      return { response: work ? answerWork(work, route, request, now) : notFound() };
    }
    if (kind === "create") return create(route, request, body);
    const resource = resources.get(id!);
    const isThere = resource?.collection === route.collection &&
      stateAt(resource, now) !== undefined;
    if (!isThere) return { response: notFound() };
    if (kind === "read") return { response: Response.json(describe(resource, now)) };
    const known = knownWork(request);
    if (!known && isBusy(resource, now)) {
      const text = `The resource is in state ${stateAt(resource, now)}.`;
      return { response: refusal(409, "IncorrectState", text) };
    }
    if (kind === "update" && isObject(body)) resource.fields = { ...resource.fields, ...body };
    const work = known ?? begin(resource, route.action!, request, isObject(body) ? body : {});
    return { response: accept(work, kind === "delete" ? 204 : 200) };
  }

  function create(route: OciRoute, request: Request, body: unknown): ReturnType<typeof answerTo> {
    if (!isObject(body)) {
      return { response: refusal(400, "CannotParseRequest", "The body must be a JSON object.") };
    }
    const known = knownWork(request);
    if (known) return { response: accept(known, 200), id: known.resource.id };
    const { collection } = route;
    const singular = collection.replace(/s$/, "").toLowerCase();
    const id = `ocid1.${singular}.oc1..${String(resources.size + 1).padStart(8, "0")}`;
    const resource: OciResource = { id, collection, fields: body, firstState: "PROVISIONING" };
    resources.set(id, resource);
    return { response: accept(begin(resource, "create", request, body), 200), id };
  }

  function begin(
    resource: OciResource,
    kind: OciActionKind,
    request: Request,
    body: OciAction["body"],
  ): OciWork {
    const index = works.size;
    const { collection } = resource;
    const work: OciWork = {
      id: `ocid1.workrequest.oc1..${String(index + 1).padStart(8, "0")}`,
      kind,
      startedAt: clock.now(),
      behaviour: typeof plan === "function" ? plan({ kind, collection, body }, index) : plan,
      stateBefore: stateAt(resource, clock.now())!,
      resource,
      requests: new Map(),
    };
    resource.work = work;
    works.set(work.id, work);
    const token = request.headers.get("opc-retry-token");
    if (token !== null && request.method === "POST") worksByToken.set(token, work);
    return work;
  }

  function knownWork(request: Request): OciWork | undefined {
    return worksByToken.get(request.headers.get("opc-retry-token") ?? "");
  }

  function accept(work: OciWork, status: 200 | 204): Response {
    const { hasWorkRequest = true } = work.behaviour;
    const headers = hasWorkRequest ? { "opc-work-request-id": work.id } : undefined;
    if (status === 204) return new Response(null, { status, ...(headers && { headers }) });
    return Response.json(describe(work.resource, clock.now()), { ...(headers && { headers }) });
  }

  function answerWork(work: OciWork, { kind }: OciRoute, request: Request, now: number): Response {
    if (work.behaviour.hasWorkRequest === false) return notFound();
    if (kind === "workRequest") return Response.json(describeWork(work, now));
    const timestamp = new Date(now).toISOString();
    const entries = kind === "errors"
      ? errorsAt(work, now).map((entry) => ({ ...entry, timestamp }))
      : (work.behaviour.logs ?? []).map((message) => ({ message, timestamp }));
    const start = Number(new URL(request.url).searchParams.get("page") ?? 0);
    const end = start + pageSize;
    return Response.json(entries.slice(start, end), {
      headers: end < entries.length ? { "opc-next-page": String(end) } : {},
    });
  }

  function isThrottled(): boolean {
    if (!throttle) return false;
    const now = clock.now();
    recent = recent.filter((time) => time > now - throttle.perMs);
    if (recent.length >= throttle.requests) return true;
    recent.push(now);
    return false;
  }

  return {
    handle,
    fetch: inProcessFetch(handle),
    log: log.entries,
    get resources() {
      return [...resources.values()].map((resource) => {
        const { id, collection } = resource;
        const lifecycleState = stateAt(resource, clock.now());
        return { id, collection, ...(lifecycleState !== undefined && { lifecycleState }) };
      });
    },
    count: log.count,
  };
}

function describe(resource: OciResource, now: number): Readonly<Record<string, unknown>> {
  const { id, fields } = resource;
  return { ...fields, id, lifecycleState: stateAt(resource, now) ?? "TERMINATED" };
}

function describeWork(work: OciWork, now: number): Readonly<Record<string, unknown>> {
  const { id, kind, resource, startedAt } = work;
  return {
    id,
    operationType: kind.toUpperCase(),
    status: statusAt(work, now),
    percentComplete: percentAt(work, now),
    resources: [{ entityType: resource.collection, identifier: resource.id }],
    timeAccepted: new Date(startedAt).toISOString(),
  };
}

/** Counts a request for a work request, and finds the fault that is its own. */
function findOwnFault(work: OciWork | undefined, kind: string): InjectedFault | undefined {
  if (work === undefined) return undefined;
  const ofKind = (work.requests.get(kind) ?? 0) + 1;
  work.requests.set(kind, ofKind);
  const ofAll = [...work.requests.values()].reduce((sum, count) => sum + count, 0);
  return findFault(work.behaviour.faults, kind, { ofKind, ofAll });
}

function refusal(status: number, code: string, message: string): Response {
  return Response.json({ code, message }, { status });
}

function notFound(): Response {
  return refusal(404, "NotAuthorizedOrNotFound", "Authorization failed or requested resource not found.");
}

function isObject(value: unknown): value is OciAction["body"] {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
