/**
 * What a reply means. Types only.
 *
 * @module
 */
import type { LroErrorCode } from "./error_json.ts";

/** How far an operation is, as far as its provider says. */
export interface Progress {
  /** 0 to 100. */
  readonly percent?: number;
  /** How long it will still take, in milliseconds, by the provider's estimate. */
  readonly remainingMs?: number;
  /** The provider's own words. */
  readonly text?: string;
}

/** The failing end that a verdict announces; the runtime makes an error of it. */
export interface Failure {
  /** Which error. */
  readonly code: LroErrorCode;
  /** What was being done, a colon, what was seen. */
  readonly message: string;
  /** The provider's own code. */
  readonly providerCode?: string;
  /** The provider's own words. */
  readonly providerMessage?: string;
  /** The deepest of the provider's codes, where they are nested. */
  readonly innermostCode?: string;
  /** The provider's account of the failure, whole. */
  readonly details?: unknown;
  /** The operation itself may go on: the waiting can be taken up again. */
  readonly isResumable?: boolean;
  /** What was achieved in spite of it. */
  readonly partialResult?: unknown;
  /** Whether a result that can be read only once may have been read in vain. */
  readonly resultMayBeLost?: boolean;
}

/**
 * What a reply means. Its `type` is the event that the machine receives; the
 * rest is what the runtime remembers.
 */
export interface Verdict {
  /** The machine's event, e.g. `"accepted"`, `"pending"`, `"ready"`, `"succeeded"`, `"failed"`. */
  readonly type: string;
  /** Fields to remember from now on. */
  readonly memory?: Readonly<Record<string, unknown>>;
  /** News of how far it is. */
  readonly progress?: Progress;
  /** Wait this long before the next poll instead of what the schedule says; `Retry-After` remains a lower bound. */
  readonly waitMs?: number;
  /** The result, with `succeeded`. */
  readonly value?: unknown;
  /** With `succeeded`: what was waited for is gone, as it should be. */
  readonly notFound?: boolean;
  /** A callback of the caller's, called when the machine has moved; what it throws is reported and contained. */
  readonly notify?: () => void;
  /** Why, with `failed`, `canceled` and `expired`. */
  readonly failure?: Failure;
  /** Why the provider does not cancel: `handle.cancel()` rejects with it, and the waiting goes on. */
  readonly refusal?: Failure;
}
