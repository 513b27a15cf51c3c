/**
 * So many requests in a window of time, and no more.
 *
 * @module
 */
import type { Clock } from "../../../services.ts";

/** How many requests may be made. */
export interface RequestLimit {
  /** Requests in each window. */
  readonly requests: number;
  /** The length of a window, in milliseconds; it begins with the first request after the last one. */
  readonly windowMs: number;
}

/** What a request finds. */
export interface RequestAllowance {
  /** Whether it may be answered. */
  readonly isAllowed: boolean;
  /** How many more may be made in this window. */
  readonly remaining: number;
  /** When the window ends, in milliseconds since the epoch. */
  readonly endsAt: number;
}

/** Counts requests against a limit. */
export function createRequestWindow(
  { requests, windowMs }: RequestLimit,
  clock: Clock,
): () => RequestAllowance {
  let endsAt = -Infinity;
  let made = 0;
  return () => {
    if (clock.now() >= endsAt) {
      made = 0;
      // Told in whole seconds, and so it is.
      endsAt = Math.ceil((clock.now() + windowMs) / 1_000) * 1_000;
    }
    made++;
    return { isAllowed: made <= requests, remaining: Math.max(0, requests - made), endsAt };
  };
}
