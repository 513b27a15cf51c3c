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
  /** A latest id, and when it was seen: once that is long enough ago, it is settled. */
  #next: { readonly id: number; readonly atMs: number } | undefined;

  /** The greatest id that was seen; `undefined` before the first look. */
  latest: number | undefined;
  /** Up to here the last look has shown all there will ever be; `undefined` while nobody can tell. */
  settled: number | undefined;

  /**
   * Follows a look at the list that is over.
   *
   * @returns Where the list goes now.
   */
  follow({ entries, after = 0, beganAt }: FeedLook, nowMs: number): number {
    this.latest = Math.max(this.latest ?? 0, after, entries.at(-1)?.id ?? 0);
    const isNextSettled = this.#isNextSettledAt(beganAt);
    if (isNextSettled) this.settled = this.#next!.id;
    if (isNextSettled || !this.#next) this.#next = { id: this.latest, atMs: nowMs };
    return this.latest;
  }

  /** Up to where a request at that time shows all there will ever be; `undefined` while nobody can tell. */
  settledAt(timeMs: number): number | undefined {
    return this.#isNextSettledAt(timeMs) ? this.#next!.id : this.settled;
  }

  #isNextSettledAt(timeMs: number): boolean {
    return this.#next !== undefined && timeMs - this.#next.atMs >= LATE_MS;
  }
}
