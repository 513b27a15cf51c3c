/**
 * A clock that stands still until it is told to move.
 *
 * @module
 */
import { type Clock, nextTurn, realTime } from "../../services.ts";
import { createTimerHeap, type HeapTimer } from "./timer_heap.ts";
import { createFlights } from "./watched_fetch.ts";

/** Options of {@linkcode createVirtualClock}. */
export interface VirtualClockOptions {
  /**
   * The time at which the clock starts, in milliseconds since the epoch.
   *
   * @default {0}
   */
  readonly startMs?: number | undefined;
}

/** How far a {@linkcode VirtualClock} may go at one command. */
export interface RunOptions {
  /**
   * How many timers may fire before it is taken for an endless loop.
   *
   * @default {1_000_000}
   */
  readonly maxFirings?: number | undefined;
}

/**
 * A clock whose time moves only on command, and only when nothing else is
 * pending: before every step it lets promises, in-memory bodies and
 * {@linkcode VirtualClock.watch watched} requests come to rest.
 *
 * Every method can be passed around unbound.
 */
export interface VirtualClock extends Clock {
  /** The time at which the clock started, in milliseconds since the epoch. */
  readonly startMs: number;

  /** How many timers are armed. */
  readonly timers: number;

  /** The present virtual time, in milliseconds since the epoch. */
  readonly now: () => number;

  /**
   * Runs `fn` once, when `timeoutMs` milliseconds of virtual time have passed.
   *
   * @throws {RangeError} Where `timeoutMs` is negative or no finite number.
   */
  readonly setTimeout: (
    fn: (...args: unknown[]) => void,
    timeoutMs: number,
  ) => unknown;

  /** Forgets a timer that has not fired; any other value is ignored. */
  readonly clearTimeout: (id: unknown) => void;

  /**
   * Moves time on and fires what comes due on the way, one timer after another,
   * each at exactly its own time and the older one first where two are due
   * together. It ends at exactly the present time plus `ms`.
   *
   * @param ms How far, in milliseconds.
   * @throws {RangeError} Where `ms` is negative or no finite number.
   * @throws {Error} Where the clock is already moving, or never comes to rest.
   * Whatever a timer throws is passed on, and time stays where it happened.
   */
  readonly advance: (ms: number, options?: RunOptions) => Promise<void>;

  /**
   * Moves time on to a certain point, as {@linkcode VirtualClock.advance} does.
   *
   * @param timeMs Where to, in milliseconds since the epoch.
   * @throws {RangeError} Where `timeMs` is past or no finite number.
   */
  readonly advanceTo: (timeMs: number, options?: RunOptions) => Promise<void>;

  /**
   * Fires timers until none is left and nothing is pending.
   *
   * @throws {Error} Where there is no end of them.
   */
  readonly runAll: (options?: RunOptions) => Promise<void>;

  /**
   * Moves time on until `promise` is settled, and no further.
   *
   * @returns What the promise yields.
   * @throws {Error} Where nothing is left that could settle it. If the promise
   * is rejected, so is this one.
   */
  readonly runUntil: <T>(
    promise: PromiseLike<T>,
    options?: RunOptions,
  ) => Promise<T>;

  /**
   * Makes a fetch for which time stands still: while somebody waits for one of
   * its responses or for a piece of its body, virtual time does not move. A body
   * that nobody reads holds nothing up.
   *
   * It belongs around any fetch that waits for something real, i.e. for a socket
   * or for `crypto.subtle`. It names each request to the server in a header,
   * `x-virtual-clock-request`, for {@linkcode VirtualClock.letTimePass}.
   */
  readonly watch: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch;

  /**
   * Lets time pass although a watched `request` is in flight, until `until` is
   * settled. For servers in this process that wait for this very clock: without
   * it the clock would wait for the answer, and the answer for the clock.
   *
   * @returns What `until` yields.
   */
  readonly letTimePass: <T>(
    request: Request,
    until: Promise<T>,
  ) => Promise<T>;
}

const MAX_FIRINGS = 1_000_000;

/**
 * Turns of the event loop without news after which everything counts as settled.
 * Reading an in-memory body takes one in Deno and in Node 20; code that itself
 * waits for `nextTurn()` takes up to two each time.
 */
const QUIET_TURNS = 4;

/**
 * How long, in real milliseconds, to look out for work outside the event loop,
 * such as hashing, when otherwise there would be nothing left to do.
 */
const PATIENCE_MS = 500;

/**
 * Creates a {@linkcode VirtualClock}.
 *
 * @throws {RangeError} Where `startMs` is negative or no finite number.
 *
 * @example An hour in no time
 * ```ts
 * import { createVirtualClock } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = createVirtualClock();
 * const fired: number[] = [];
 * clock.setTimeout(() => fired.push(clock.now()), 60_000);
 * clock.setTimeout(() => fired.push(clock.now()), 1_000);
 *
 * await clock.advance(3_600_000);
 *
 * assertEquals(fired, [1_000, 60_000]);
 * assertEquals(clock.now(), 3_600_000);
 * ```
 */
export function createVirtualClock(
  options: VirtualClockOptions = {},
): VirtualClock {
  const { startMs = 0 } = options;
  checkMs(startMs, "Cannot start a virtual clock");
  const heap = createTimerHeap();
  const flights = createFlights();
  let nowMs = startMs;
  let armings = 0;
  let disarmings = 0;
  let running = false;

  const activity = () => armings + disarmings + flights.activity;

  async function settle(turns: number, done?: () => boolean): Promise<void> {
    for (let quiet = 0; quiet < turns && !done?.(); quiet++) {
      const before = activity();
      await nextTurn();
      while (flights.blocking) await flights.nextActivity();
      if (activity() !== before) quiet = -1;
    }
  }

  /** Gives work outside the event loop time to come back. */
  async function lookOut(done: () => boolean): Promise<void> {
    let newsAt = realTime();
    while (!done() && realTime() < newsAt + PATIENCE_MS) {
      const before = activity();
      await settle(1, done);
      if (activity() !== before) newsAt = realTime();
    }
  }

  function fire(timer: HeapTimer): void {
    heap.delete(timer);
    nowMs = timer.dueMs;
    timer.fire();
  }

  /** Fires what is due up to `untilMs`, or until `done`. */
  async function run(
    untilMs: number,
    options: RunOptions,
    done: () => boolean = () => false,
  ): Promise<void> {
    const { maxFirings = MAX_FIRINGS } = options;
    if (running) throw new Error("Cannot move the clock: it is moving already");
    running = true;
    try {
      for (let firings = 0;; firings++) {
        await settle(QUIET_TURNS, done);
        if (done()) return;
        const timer = heap.first();
        if (timer === undefined || timer.dueMs > untilMs) return;
        if (firings >= maxFirings) {
          throw new Error(
            `Cannot come to rest: ${firings} timers have fired and ${heap.size} are armed`,
          );
        }
        fire(timer);
      }
    } finally {
      running = false;
    }
  }

  async function advanceTo(
    timeMs: number,
    options: RunOptions = {},
  ): Promise<void> {
    checkMs(timeMs, "Cannot advance the clock", nowMs);
    await run(timeMs, options);
    nowMs = timeMs;
  }

  return {
    startMs,
    get timers() {
      return heap.size;
    },
    now: () => nowMs,
    setTimeout: (fn, timeoutMs) => {
      checkMs(timeoutMs, "Cannot set a timer");
      armings++;
      const timer: HeapTimer = {
        dueMs: nowMs + timeoutMs,
        order: armings,
        fire: () => fn(),
      };
      heap.add(timer);
      return timer;
    },
    clearTimeout: (id) => {
      disarmings++;
      heap.delete(id);
    },
    advance: async (ms, options) => {
      checkMs(ms, "Cannot advance the clock");
      await advanceTo(nowMs + ms, options);
    },
    advanceTo,
    runAll: (options = {}) => run(Infinity, options),
    runUntil: async (promise, options = {}) => {
      let settled = false;
      const done = () => settled;
      const mark = () => {
        settled = true;
      };
      promise.then(mark, mark);
      while (!settled) {
        await run(Infinity, options, done);
        await lookOut(() => settled || heap.size > 0);
        if (!settled && heap.size === 0) {
          throw new Error(
            "Cannot go on: no timer is left and the promise is still pending",
          );
        }
      }
      return await promise;
    },
    watch: flights.watch,
    letTimePass: flights.letTimePass,
  };
}

/** Whether a clock is a {@linkcode VirtualClock}. */
export function isVirtualClock(clock: Clock): clock is VirtualClock {
  return "letTimePass" in clock;
}

function checkMs(ms: number, doing: string, least = 0): void {
  if (Number.isFinite(ms) && ms >= least) return;
  throw new RangeError(`${doing}: expected at least ${least} ms, got ${ms}`);
}
