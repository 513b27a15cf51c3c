/**
 * How often and how soon a request is repeated: the shape of it. What follows
 * from it is in `runtime/http/retry.ts`.
 *
 * @module
 */
import type { Given } from "./message.ts";

/** How often and how soon a request is repeated after a transient fault. */
export interface RetryPolicy {
  /**
   * Attempts in all, the first one included.
   *
   * @default {5}
   */
  readonly attempts?: number | undefined;
  /**
   * Upper bound of the first pause, in milliseconds; it doubles each time.
   *
   * @default {500}
   */
  readonly baseMs?: number | undefined;
  /**
   * Upper bound of every pause, in milliseconds.
   *
   * @default {20000}
   */
  readonly maxMs?: number | undefined;
  /**
   * What chance does to a pause: `full` draws it between 0 and its bound, `added`
   * takes the bound and adds up to `baseMs`.
   *
   * @default {"full"}
   */
  readonly jitter?: "full" | "added" | undefined;
}

/** A policy with nothing left out. */
export type CompleteRetryPolicy = Given<RetryPolicy, keyof RetryPolicy>;
