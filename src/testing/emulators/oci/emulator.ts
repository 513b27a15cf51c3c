/**
 * Oracle Cloud's resources and work requests, without Oracle Cloud.
 *
 * @module
 */
import { type Clock, systemClock } from "../../../services.ts";
import { inProcessFetch } from "../../fetch/in_process_fetch.ts";
import { answerWithFault, findFault, type InjectedFault } from "../kit/injected_fault.ts";
import { parseBody } from "../kit/json_body.ts";
import {
  createOciCloud,
  notFound,
  type OciExistingResource,
  type OciPlan,
  type OciResourceState,
  refusal,
} from "./cloud.ts";
import type { OciWork } from "./resource.ts";
import { findOciRoute, type OciRequestKind } from "./route.ts";
import { checkSignature } from "./signature_check.ts";
import { createRequestLog, type LoggedRequest } from "../kit/request_log.ts";
import { createRequestWindow, type RequestLimit } from "../kit/request_window.ts";

/** One request to the emulator. */
export interface OciLoggedRequest extends LoggedRequest<OciRequestKind> {
  /** The resource or work request that it names, or makes. */
  readonly id?: string | undefined;
}

/** Options of {@linkcode createOciEmulator}. */
export interface OciEmulatorOptions {
  /**
   * The clock of everything that takes time.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /**
   * What the actions do: all the same, or each its own by its request and its
   * number, from 0.
   *
   * @default {{}}
   */
  readonly plan?: OciPlan | undefined;
  /** Resources that are there from the beginning. */
  readonly existing?: readonly OciExistingResource[] | undefined;
  /** What goes wrong, counted over all resources. */
  readonly faults?: readonly InjectedFault<OciRequestKind>[] | undefined;
  /** So many requests are answered in a window of time; any more get 429. */
  readonly limit?: RequestLimit | undefined;
  /**
   * Error entries, or log lines, on one page.
   *
   * @default {10}
   */
  readonly pageSize?: number | undefined;
  /**
   * The API version under which work requests are, e.g. `"20180222"` of
   * Kubernetes Engine; under another they are not found.
   *
   * @default {undefined} Under any version.
   */
  readonly workRequestVersion?: string | undefined;
  /**
   * Whether lists of errors and logs want the `compartmentId`, as those of
   * Kubernetes Engine do.
   *
   * @default {false}
   */
  readonly wantsCompartment?: boolean | undefined;
  /** Public keys in PEM (`BEGIN PUBLIC KEY`), by key id: only what they sign is answered. */
  readonly publicKeys?: Readonly<Record<string, string>> | undefined;
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
 * const emulator = createOciEmulator({ clock, plan: { durationMs: 5_000 } });
 *
 * const instances = "https://iaas.us-ashburn-1.oraclecloud.com/20160918/instances";
 * const launched = await emulator.fetch(instances, { method: "POST", body: '{"shape":"s"}' });
 * const { id, lifecycleState } = await launched.json();
 * await clock.advance(5_000);
 * const instance = await (await emulator.fetch(`${instances}/${id}`)).json();
 *
 * assertEquals(lifecycleState, "PROVISIONING");
 * assertEquals(instance, { shape: "s", id, lifecycleState: "RUNNING" });
 * assertEquals(emulator.resources.length, 1);
 * ```
 */
export function createOciEmulator(options: OciEmulatorOptions = {}): OciEmulator {
  const { clock = systemClock, plan = {}, existing = [], pageSize = 10 } = options;
  const { faults, limit, publicKeys, workRequestVersion, wantsCompartment } = options;
  const log = createRequestLog<OciLoggedRequest>(clock);
  const cloud = createOciCloud({
    clock,
    plan,
    existing,
    pageSize,
    workRequestVersion,
    wantsCompartment,
  });
  const count = limit && createRequestWindow(limit, clock);

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
      const fault = findOwnFault(cloud.work(route?.id ?? ""), entry.kind) ??
        findFault(faults, entry.kind, ordinals);
      return answerWithFault(fault, async () => {
        if (count && !count().isAllowed) {
          return refusal(429, "TooManyRequests", "Too many requests.");
        }
        const bytes = new Uint8Array(await request.arrayBuffer());
        if (publicKeys) {
          const complaint = await checkSignature(request, bytes, { publicKeys, now: clock.now });
          if (complaint !== undefined) return refusal(401, "NotAuthenticated", complaint);
        }
        if (route === undefined) return notFound();
        const { response, id } = cloud.answer(
          route,
          request,
          parseBody(new TextDecoder().decode(bytes)),
        );
        if (id !== undefined) entry.id = id;
        return response;
      }, { request, clock });
    });
  }

  return {
    handle,
    fetch: inProcessFetch(handle),
    log: log.entries,
    get resources() {
      return cloud.states;
    },
    count: log.count,
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
