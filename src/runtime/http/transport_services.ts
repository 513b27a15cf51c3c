/**
 * What exchanges work with.
 *
 * @module
 */
import type { RefreshableFetch } from "../../model/fetch.ts";
import type { AttemptServices } from "./attempt.ts";
import type { Limiter } from "./limiter.ts";
import type { TimerWheel } from "../timers.ts";

/** Who keeps exchanges: it is told when one has its answer, and when one is over. */
export interface ExchangeKeeper {
  /** It has its answer: nobody can join it any more. */
  unshare(exchange: object): void;
  /** It is over, and may be used for another call. */
  recycle(exchange: object): void;
}

/** What exchanges work with. */
export interface TransportServices extends AttemptServices {
  /** Sends one request. */
  readonly fetch: RefreshableFetch & typeof globalThis.fetch;
  /** Chance, for jitter. */
  readonly random: () => number;
  /** Timers. */
  readonly wheel: TimerWheel;
  /** Places. */
  readonly limiter: Limiter;
  /** Longest time for one attempt, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Told what a kind throws when it is asked about a reply. */
  readonly report: (error: unknown) => void;
  /** Whose exchanges they are. */
  readonly transport: ExchangeKeeper;
}
