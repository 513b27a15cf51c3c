/**
 * The resources and work requests inside the OCI emulator, and what is answered
 * about them.
 *
 * @module
 */
import type { JsonValue } from "../../../model/message.ts";
import type { Clock } from "../../../services.ts";
import {
  errorsAt,
  isBusy,
  isUnseen,
  type OciActionKind,
  type OciBehaviour,
  type OciResource,
  type OciWork,
  percentAt,
  stateAt,
  statusAt,
} from "./resource.ts";
import type { OciRoute } from "./route.ts";

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
  readonly lifecycleState?: string | undefined;
}

/** A resource and its state now. */
export interface OciResourceState {
  /** Its id. */
  readonly id: string;
  /** Its collection. */
  readonly collection: string;
  /** Its state; absent once it is gone. */
  readonly lifecycleState?: string | undefined;
}

/** What becomes of the actions. */
export type OciPlan = OciBehaviour | ((action: OciAction, index: number) => OciBehaviour);

/** What an {@linkcode OciCloud} is made with. */
export interface OciCloudOptions {
  readonly clock: Clock;
  readonly plan: OciPlan;
  readonly existing: readonly OciExistingResource[];
  readonly pageSize: number;
  /** Where work requests are, e.g. `"20180222"`; anywhere where it is not given. */
  readonly workRequestVersion?: string | undefined;
  /** Whether lists of errors and logs want a `compartmentId`. */
  readonly wantsCompartment?: boolean | undefined;
}

/** An answer, and the id of what was made. */
export interface OciAnswer {
  readonly response: Response;
  readonly id?: string | undefined;
}

/** Everything that there is. */
export interface OciCloud {
  /** Every resource that ever was, and its state now. */
  readonly states: OciResourceState[];
  /** A work request. */
  work(id: string): OciWork | undefined;
  /** Does what a request asks for. */
  answer(route: OciRoute, request: Request, body: unknown): OciAnswer;
}

/** Creates one. */
export function createOciCloud(options: OciCloudOptions): OciCloud {
  const { clock, plan, existing, pageSize, workRequestVersion, wantsCompartment } = options;
  const resources = new Map<string, OciResource>();
  const works = new Map<string, OciWork>();
  const keyed = new Map<string, { readonly work: OciWork; readonly asked: string }>();
  for (const { id, collection, lifecycleState = "AVAILABLE" } of existing) {
    resources.set(id, { id, collection, fields: {}, firstState: lifecycleState });
  }

  function answer(route: OciRoute, request: Request, body: unknown): OciAnswer {
    const now = clock.now();
    const { kind, id } = route;
    if (kind === "workRequest" || kind === "errors" || kind === "logs") {
      const { pathname } = new URL(request.url);
      const isHere = workRequestVersion === undefined ||
        pathname.startsWith(`/${workRequestVersion}/`);
      const work = isHere ? works.get(id!) : undefined;
      return { response: work ? answerWork(work, route, request, now) : notFound() };
    }
    if (kind === "create") return create(route, request, body);
    const resource = resources.get(id!);
    const isThere = resource?.collection === route.collection &&
      stateAt(resource, now) !== undefined && !isUnseen(resource, now);
    if (!isThere) return { response: notFound() };
    if (kind === "read") return { response: Response.json(describe(resource, now)) };
    const known = knownWork(request, body);
    if (known === "another") return { response: reusedToken() };
    if (!known && isBusy(resource, now)) {
      const text = `The resource is in state ${stateAt(resource, now)}.`;
      return { response: refusal(409, "IncorrectState", text) };
    }
    if (kind === "update" && isObject(body)) resource.fields = { ...resource.fields, ...body };
    const work = known ?? begin(resource, route.action!, request, isObject(body) ? body : {});
    if (work === "full") return { response: outOfCapacity() };
    return { response: accept(work, kind === "delete" ? 204 : 200) };
  }

  function create(route: OciRoute, request: Request, body: unknown): OciAnswer {
    if (!isObject(body)) {
      return { response: refusal(400, "CannotParseRequest", "The body must be a JSON object.") };
    }
    const known = knownWork(request, body);
    if (known === "another") return { response: reusedToken() };
    if (known) return { response: accept(known, 200), id: known.resource.id };
    const { collection } = route;
    const singular = collection.replace(/s$/, "").toLowerCase();
    const id = `ocid1.${singular}.oc1..${String(resources.size + 1).padStart(8, "0")}`;
    const resource: OciResource = { id, collection, fields: body, firstState: "PROVISIONING" };
    const work = begin(resource, "create", request, body);
    if (work === "full") return { response: outOfCapacity() };
    resources.set(id, resource);
    return { response: accept(work, 200), id };
  }

  /** How many actions were asked for, those that there was no room for too. */
  let begun = 0;

  function begin(
    resource: OciResource,
    kind: OciActionKind,
    request: Request,
    body: OciAction["body"],
  ): OciWork | "full" {
    const index = begun++;
    const { collection } = resource;
    const behaviour = typeof plan === "function" ? plan({ kind, collection, body }, index) : plan;
    if (behaviour.isOutOfCapacity) return "full";
    const work: OciWork = {
      id: `ocid1.workrequest.oc1..${String(works.size + 1).padStart(8, "0")}`,
      kind,
      startedAt: clock.now(),
      behaviour,
      stateBefore: stateAt(resource, clock.now())!,
      resource,
      requests: new Map(),
    };
    resource.work = work;
    works.set(work.id, work);
    const token = request.headers.get("opc-retry-token");
    if (token !== null && request.method === "POST") {
      keyed.set(token, { work, asked: askedOf(request, body) });
    }
    return work;
  }

  /** What a request with the same retry token began, or that it asked for something else. */
  function knownWork(request: Request, body: unknown): OciWork | "another" | undefined {
    const known = keyed.get(request.headers.get("opc-retry-token") ?? "");
    if (known === undefined) return undefined;
    return known.asked === askedOf(request, isObject(body) ? body : {}) ? known.work : "another";
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
    const isAsked = new URL(request.url).searchParams.has("compartmentId");
    if (wantsCompartment && !isAsked) {
      return refusal(400, "InvalidParameter", "compartmentId is required.");
    }
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

  return {
    get states() {
      return [...resources.values()].map((resource) => {
        const { id, collection } = resource;
        const lifecycleState = stateAt(resource, clock.now());
        return { id, collection, ...(lifecycleState !== undefined && { lifecycleState }) };
      });
    },
    work: (id) => works.get(id),
    answer,
  };
}

function describe(resource: OciResource, now: number): Readonly<Record<string, unknown>> {
  const { id, fields } = resource;
  return { ...fields, id, lifecycleState: stateAt(resource, now) ?? "TERMINATED" };
}

function describeWork(work: OciWork, now: number): Readonly<Record<string, unknown>> {
  const { id, kind, resource, startedAt } = work;
  const { compartmentId } = resource.fields;
  return {
    id,
    ...(compartmentId !== undefined && { compartmentId }),
    operationType: kind.toUpperCase(),
    status: statusAt(work, now),
    percentComplete: percentAt(work, now),
    resources: [{ entityType: resource.collection, identifier: resource.id }],
    timeAccepted: new Date(startedAt).toISOString(),
  };
}

/** An error as Oracle Cloud words it. */
export function refusal(status: number, code: string, message: string): Response {
  return Response.json({ code, message }, { status });
}

/** The answer where there is nothing, or nothing to be seen. */
export function notFound(): Response {
  return refusal(
    404,
    "NotAuthorizedOrNotFound",
    "Authorization failed or requested resource not found.",
  );
}

function outOfCapacity(): Response {
  return refusal(500, "InternalError", "Out of host capacity.");
}

function isObject(value: unknown): value is OciAction["body"] {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function askedOf({ method, url }: Request, body: OciAction["body"]): string {
  return `${method} ${url} ${JSON.stringify(body)}`;
}

function reusedToken(): Response {
  return refusal(409, "InvalidatedRetryToken", "The retry token was used for another request.");
}
