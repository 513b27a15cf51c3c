/**
 * What a step of a protocol is made of: how its request may be treated, and what
 * it may look at.
 *
 * @module
 */
import type { Reply } from "./message.ts";

/** How the request of a step may be treated. */
export interface StepPolicy {
  /**
   * When the request may be sent again after a fault:
   *
   * - `always`: repeating it changes nothing (GET)
   * - `unsent`: only when it was certainly not processed: connection refused,
   *   401 after a refresh, 429, and 503 with `Retry-After`
   * - `answered`: as `unsent`, and when the server itself answers 408, 500 or
   *   503: it says that it did not accept; a gateway's 502 and 504 do not
   * - `once`: as `unsent`, and one more time when the answer was lost
   */
  readonly repeat: "always" | "unsent" | "answered" | "once";
  /** Counts as a poll. */
  readonly poll?: boolean;
  /**
   * Whether the protocol reads redirects itself.
   *
   * @default {false}
   */
  readonly readsRedirects?: boolean;
  /** Longest time for one attempt, in milliseconds; the runtime's own where it is not given. */
  readonly timeoutMs?: number;
  /**
   * A long poll: the server keeps the request until it has something to say, so
   * many milliseconds at the most. They come on top of the longest time for one
   * attempt, and the request takes no place among those at once, of which a few
   * such would leave none.
   */
  readonly heldMs?: number;
  /** At most so many attempts, whatever the retry policy allows: for what can be done without. */
  readonly attempts?: number;
  /**
   * With a store: nothing is sent before the token is written, although the
   * request may be repeated. For a start whose key (see `begin`) must survive a crash.
   *
   * @default {false} For `always`; `true` for every other `repeat`.
   */
  readonly writesAhead?: boolean;
  /**
   * Whether `uncertain` tells the protocol of an attempt that was lost although
   * the request is repeated `always`: "already exists" may be that one's work.
   *
   * @default {false}
   */
  readonly tellsLoss?: boolean;
  /** Whether a reply says "not now", where its status alone does not tell; 408, 429 and 5xx but 501 and 505 where this is absent or throws. */
  readonly isTransient?: (reply: Reply) => boolean;
  /** Until when nothing more may be sent to the origin, in milliseconds since the epoch, where a reply says so. */
  readonly holdUntil?: (reply: Reply) => number | undefined;
}

/** What a protocol may look at: the operation's input and what its verdicts remembered. */
export interface ProtocolState<Input, Memory> {
  /** What the factory was given. */
  readonly input: Input;
  /** What verdicts put into `memory` so far. */
  readonly memory: Memory;
  /**
   * An earlier attempt of the present step may have been processed, its answer
   * never came. Only for steps that are not repeated `always`, or that have `tellsLoss`.
   */
  readonly uncertain: boolean;
  /** Milliseconds since the operation started. */
  readonly elapsedMs: number;
  /** Milliseconds until the deadline; `Infinity` where there is none. */
  readonly remainingMs: number;
}
