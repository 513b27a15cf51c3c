/**
 * One resource inside the OCI emulator, and the work that is done on it.
 *
 * @module
 */
import type { JsonValue } from "../../../model/message.ts";
import type { InjectedFault } from "../kit/injected_fault.ts";

/** What is done to a resource. */
export type OciActionKind = "create" | "start" | "stop" | "act" | "update" | "delete";

/** One error entry of a work request. */
export interface OciErrorEntry {
  /** Its code, e.g. `"LimitExceeded"`. */
  readonly code: string;
  /** Its text. */
  readonly message: string;
}

/** What one action does. */
export interface OciBehaviour {
  /**
   * How long it takes, in milliseconds.
   *
   * @default {0}
   */
  readonly durationMs?: number | undefined;
  /**
   * How it ends.
   *
   * @default {"succeeds"}
   */
  readonly end?: "succeeds" | "fails" | "canceled" | undefined;
  /**
   * Whether it is a work request too.
   *
   * @default {true}
   */
  readonly hasWorkRequest?: boolean | undefined;
  /**
   * The error entries of its work request, once it has failed or was canceled.
   *
   * @default {[{ code: "OutOfHostCapacity", message: "Out of host capacity." }]} None unless it fails.
   */
  readonly errors?: readonly OciErrorEntry[] | undefined;
  /**
   * The log lines of its work request.
   *
   * @default {[]}
   */
  readonly logs?: readonly string[] | undefined;
  /**
   * For how long a read of what was created is still answered with 404, in
   * milliseconds: the API that makes it is ahead of the one that shows it.
   *
   * @default {0}
   */
  readonly unseenMs?: number | undefined;
  /**
   * Whether its work request waits for somebody for as long as it lasts: its
   * status is then `NEEDS_ATTENTION` instead of `IN_PROGRESS`.
   *
   * @default {false}
   */
  readonly needsAttention?: boolean | undefined;
  /**
   * Whether there is no room for it: the request is answered with 500
   * `InternalError` "Out of host capacity." and begins nothing.
   *
   * @default {false}
   */
  readonly isOutOfCapacity?: boolean | undefined;
  /** The state while it lasts; by the kind of action where it is not given. */
  readonly stateDuring?: string | undefined;
  /** The state once it succeeded; by the kind of action where it is not given. */
  readonly stateAfter?: string | undefined;
  /**
   * How long what was deleted is still shown as `TERMINATED`, in milliseconds.
   *
   * @default {0}
   */
  readonly shownMs?: number | undefined;
  /** What goes wrong with requests for its work request, counted from its first. */
  readonly faults?: readonly InjectedFault<"workRequest" | "errors" | "logs">[] | undefined;
}

/** An action on a resource, and its work request. */
export interface OciWork {
  /** The work request's id. */
  readonly id: string;
  /** What is done. */
  readonly kind: OciActionKind;
  /** When it began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** What it does. */
  readonly behaviour: OciBehaviour;
  /** The state before. */
  readonly stateBefore: string;
  /** On what. */
  readonly resource: OciResource;
  /** Requests for its work request, by kind. */
  readonly requests: Map<string, number>;
}

/** A resource, as the emulator keeps it. */
export interface OciResource {
  /** Its id. */
  readonly id: string;
  /** Its collection, e.g. `"instances"`. */
  readonly collection: string;
  /** What it was made with, but for its id and state. */
  fields: Readonly<Record<string, JsonValue | undefined>>;
  /** Its state before anything was done to it. */
  readonly firstState: string;
  /** What was done to it last. */
  work?: OciWork;
}

const DURING: Readonly<Record<OciActionKind, string>> = {
  create: "PROVISIONING",
  start: "STARTING",
  stop: "STOPPING",
  act: "UPDATING",
  update: "UPDATING",
  delete: "TERMINATING",
};

/** How an action stands at `now`. */
export function statusAt(work: OciWork, now: number): string {
  const { durationMs = 0, end = "succeeds", needsAttention = false } = work.behaviour;
  if (now < work.startedAt + durationMs) {
    if (percentAt(work, now) < 1) return "ACCEPTED";
    return needsAttention ? "NEEDS_ATTENTION" : "IN_PROGRESS";
  }
  return end === "succeeds" ? "SUCCEEDED" : end === "fails" ? "FAILED" : "CANCELED";
}

/** How far an action is at `now`, 0 to 100. */
export function percentAt({ startedAt, behaviour }: OciWork, now: number): number {
  const { durationMs = 0, end = "succeeds" } = behaviour;
  if (now >= startedAt + durationMs) return end === "succeeds" ? 100 : 50;
  return Math.floor((100 * (now - startedAt)) / durationMs);
}

/** Whether what was created is not to be seen yet at `now`. */
export function isUnseen({ work }: OciResource, now: number): boolean {
  return work?.kind === "create" && now < work.startedAt + (work.behaviour.unseenMs ?? 0);
}

/** Whether an action is still under way at `now`. */
export function isBusy({ work }: OciResource, now: number): boolean {
  return work !== undefined && now < work.startedAt + (work.behaviour.durationMs ?? 0);
}

/** The state of a resource at `now`; `undefined` once it is gone. */
export function stateAt(resource: OciResource, now: number): string | undefined {
  const { work, collection, firstState } = resource;
  if (work === undefined) return firstState;
  const { kind, behaviour, startedAt, stateBefore } = work;
  const { durationMs = 0, end = "succeeds", stateDuring, stateAfter, shownMs = 0 } = behaviour;
  if (isBusy(resource, now)) return stateDuring ?? DURING[kind];
  if (end !== "succeeds") {
    if (kind === "create") return end === "fails" ? "FAILED" : "TERMINATED";
    return kind === "delete" && end === "fails" ? "FAILED" : stateBefore;
  }
  if (kind === "delete" && now >= startedAt + durationMs + shownMs) return undefined;
  return stateAfter ?? usualEnd(kind, collection, stateBefore);
}

/** The error entries of a work request at `now`. */
export function errorsAt({ behaviour, startedAt }: OciWork, now: number): readonly OciErrorEntry[] {
  const { durationMs = 0, end = "succeeds" } = behaviour;
  if (now < startedAt + durationMs || end === "succeeds") return [];
  const usual = { code: "OutOfHostCapacity", message: "Out of host capacity." };
  return behaviour.errors ?? (end === "fails" ? [usual] : []);
}

function usualEnd(kind: OciActionKind, collection: string, stateBefore: string): string {
  switch (kind) {
    case "create":
      return collection === "instances" ? "RUNNING" : "AVAILABLE";
    case "start":
      return "RUNNING";
    case "stop":
      return "STOPPED";
    case "delete":
      return "TERMINATED";
    default:
      return stateBefore;
  }
}
