/**
 * When a request is sent again: full-jitter exponential backoff, a lower bound
 * by the server's `Retry-After`, and a budget that slows everybody down while an
 * origin is in trouble.
 *
 * @module
 */
import type { CompleteRetryPolicy, RetryPolicy } from "../../model/retry.ts";
import type { StepPolicy } from "../../model/step.ts";
import type { Reply } from "../../model/message.ts";

const DEFAULT: CompleteRetryPolicy = {
  attempts: 5,
  baseMs: 500,
  maxMs: 20_000,
  jitter: "full",
};

/**
 * Fills what the caller left out from the provider's policy, then from ours.
 *
 * @param policy The caller's; `false` for one attempt.
 * @param provider The provider's own.
 */
export function completeRetryPolicy(
  policy: RetryPolicy | false | undefined,
  provider: RetryPolicy | undefined,
): CompleteRetryPolicy {
  if (policy === false) return { ...DEFAULT, attempts: 1 };
  return { // field by field, for `undefined` is as good as absent
    attempts: policy?.attempts ?? provider?.attempts ?? DEFAULT.attempts,
    baseMs: policy?.baseMs ?? provider?.baseMs ?? DEFAULT.baseMs,
    maxMs: policy?.maxMs ?? provider?.maxMs ?? DEFAULT.maxMs,
    jitter: policy?.jitter ?? provider?.jitter ?? DEFAULT.jitter,
  };
}

/**
 * Checks a caller's policy.
 *
 * @throws {TypeError} If it is neither an object nor `false`, or has an unknown field.
 * @throws {RangeError} If a number makes no sense.
 */
export function checkRetryPolicy(policy: unknown): void {
  if (policy === undefined || policy === false) return;
  if (typeof policy !== "object" || policy === null) {
    throw new TypeError(`Cannot use retry: expected an object or false, got ${String(policy)}`);
  }
  for (const [name, value] of Object.entries(policy)) {
    if (!Object.hasOwn(DEFAULT, name)) {
      throw new TypeError(
        `Cannot use retry: unknown field "${name}", expected ${Object.keys(DEFAULT).join(", ")}`,
      );
    }
    if (value === undefined) continue;
    if (name === "jitter") {
      if (value === "full" || value === "added") continue;
      throw new TypeError(`Cannot use retry: jitter must be "full" or "added"`);
    }
    const least = name === "attempts" ? 1 : 0;
    if (
      typeof value !== "number" || !(value >= least && value < Infinity) ||
      (name === "attempts" && !Number.isInteger(value))
    ) {
      throw new RangeError(`Cannot use retry: ${name} is out of range: ${String(value)}`);
    }
  }
}

/**
 * The pause before the next attempt.
 *
 * @param policy How to retry.
 * @param attempt How many attempts were made.
 * @param random A number in `[0, 1)`.
 * @returns Milliseconds.
 */
export function backoffMs(
  policy: CompleteRetryPolicy,
  attempt: number,
  random: () => number,
): number {
  const { baseMs, maxMs, jitter } = policy;
  const bound = baseMs * 2 ** (attempt - 1);
  return jitter === "full"
    ? random() * Math.min(maxMs, bound)
    : Math.min(maxMs, bound + random() * baseMs);
}

/** Whether a status says "not now" rather than "no". */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 ||
    (status >= 500 && status !== 501 && status !== 505 && status <= 599);
}

/**
 * Whether a transient reply says for certain that the request was not accepted,
 * so that even a start may be repeated.
 */
export function isRefusal({ status, retryAfterMs }: Reply, repeat: StepPolicy["repeat"]): boolean {
  // A conflict that passes, for those whose policy knows one, is a refusal too.
  if (status === 429 || status === 409) return true;
  if (status === 503 && retryAfterMs !== undefined) return true;
  // The server itself says "not now", and not a gateway that lost its answer.
  return repeat === "answered" && (status === 408 || status === 500 || status === 503);
}

/**
 * Whether a reply says for certain that a start was not accepted, so that it may
 * be sent again even long after. What a broken server or a gateway says (5xx, or
 * what is no answer at all) is not that.
 */
export function isCertainlyRefused(reply: Reply): boolean {
  const { status } = reply;
  return (status >= 400 && status < 500 && status !== 408) || isRefusal(reply, "unsent");
}

/**
 * Whether it is remembered that an attempt may have been processed: where the
 * request is not to be repeated blindly, and where the next answer depends on it.
 */
export function leavesDoubt({ repeat, tellsLoss = false }: StepPolicy): boolean {
  return repeat !== "always" || tellsLoss;
}

/** Retries at full speed before an origin must answer well again. */
const CAPACITY = 100;
/** Part of a retry that one good answer earns. */
const REFUND = 0.2;

/**
 * A token bucket an origin: a retry takes from it and a good answer puts back.
 * An empty budget never fails an operation; it makes retries wait the longest
 * pause, so that thousands of waiters do not hammer a server that is down.
 */
export class RetryBudget {
  #tokens = CAPACITY;

  /** Whether nothing was taken that was not put back. */
  get isFull(): boolean {
    return this.#tokens >= CAPACITY;
  }

  /** Takes one retry; `false` when there is none left. */
  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Puts back what a good answer earns. */
  refund(): void {
    if (this.#tokens < CAPACITY) this.#tokens = Math.min(CAPACITY, this.#tokens + REFUND);
  }
}
