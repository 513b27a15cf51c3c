/**
 * How far a feed's list goes, and up to where it is settled.
 *
 * @module
 */
import type { FeedLook } from "./feed_look.ts";

/** Entries may become visible this much later than greater ones: so far back is looked again. */
const LATE_MS = 10_000;

/** How far a feed's list goes. */
export class FeedPosition {
  #next = { id: 0, atMs: 0 };

  /** The greatest id that was seen; `undefined` before the first look. */
  latest: number | undefined;
  /** The latest of some time ago: up to there nothing new can be expected. */
  settled: number | undefined;

  /** Follows a look at the list. Returns where the list goes now. */
  follow({ entries, after = 0, beganAt }: FeedLook): number {
    const latest = Math.max(this.latest ?? 0, after, entries.at(-1)?.id ?? 0);
    if (this.settled === undefined) {
      this.settled = latest;
      this.#next = { id: latest, atMs: beganAt };
    } else if (beganAt - this.#next.atMs >= LATE_MS) {
      this.settled = this.#next.id;
      this.#next = { id: latest, atMs: beganAt };
    }
    return this.latest = latest;
  }
}
