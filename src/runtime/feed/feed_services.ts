/**
 * What feeds work with.
 *
 * @module
 */
import type { Clock } from "../../services.ts";
import type { TimerWheel } from "../timers.ts";
import type { Transport } from "../http/transport.ts";

/** What feeds work with. */
export interface FeedServices {
  /** Time. */
  readonly clock: Clock;
  /** Timers. */
  readonly wheel: TimerWheel;
  /** The way out. */
  readonly transport: Transport;
  /** Told of an error that belongs to nobody. */
  readonly report: (error: unknown) => void;
}
