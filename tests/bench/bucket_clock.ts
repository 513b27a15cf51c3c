/**
 * A virtual clock that costs nearly nothing: whatever is due at the same time
 * fires together, and then promises come to rest. For everybody alike, the
 * users of the global `setTimeout` included.
 *
 * @module
 */
import type { Clock } from "../../mod.ts";
import { turn } from "./measure.ts";

interface Timer {
  fn: (() => void) | undefined;
}

/** A clock that stands in for the global timers. */
export interface BucketClock extends Clock {
  /** Moves time on until `promise` is settled, with the global timers replaced. */
  run<T>(start: () => Promise<T>): Promise<T>;
}

/** Creates a {@linkcode BucketClock}, at time 0. */
export function createBucketClock(): BucketClock {
  const buckets = new Map<number, Timer[]>();
  let nowMs = 0;

  const clock: Clock = {
    now: () => nowMs,
    setTimeout: (fn, timeoutMs) => {
      const dueMs = nowMs + Math.max(1, Math.ceil(timeoutMs));
      const timer: Timer = { fn };
      const bucket = buckets.get(dueMs);
      if (bucket) bucket.push(timer);
      else buckets.set(dueMs, [timer]);
      return timer;
    },
    clearTimeout: (timer) => {
      if (timer) (timer as Timer).fn = undefined;
    },
  };

  function fireNext(): void {
    nowMs = Math.min(...buckets.keys());
    if (nowMs === Infinity) throw new Error("Cannot go on: no timer is left");
    const bucket = buckets.get(nowMs)!;
    buckets.delete(nowMs);
    for (const timer of bucket) timer.fn?.();
  }

  return {
    ...clock,
    async run(start) {
      const { setTimeout, clearTimeout } = globalThis;
      Object.assign(globalThis, {
        setTimeout: clock.setTimeout,
        clearTimeout: clock.clearTimeout,
      });
      try {
        let isDone = false;
        const promise = start().finally(() => isDone = true);
        for (;;) {
          await turn();
          if (isDone) return await promise;
          fireNext();
        }
      } finally {
        Object.assign(globalThis, { setTimeout, clearTimeout });
      }
    },
  };
}
