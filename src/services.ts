/**
 * The doors to the world: time, HTTP and chance. Nothing else in `src` may touch
 * any of them (a lint rule of this repository checks it), which is what makes
 * every test deterministic.
 *
 * @module
 */

/**
 * A source of time and timers: an XState `Clock` plus `now()`.
 *
 * Whatever `setTimeout` returns is handed back to `clearTimeout` as it is.
 */
export interface Clock {
  /** The present time, in milliseconds since the epoch. */
  now(): number;
  /** Runs `fn` once after `timeoutMs` milliseconds. */
  setTimeout(fn: (...args: unknown[]) => void, timeoutMs: number): unknown;
  /** Forgets a timer that has not fired; any other value is ignored. */
  clearTimeout(id: unknown): void;
}

/** Everything an operation needs from outside. */
export interface Services {
  /** Sends one HTTP request. Authentication and signing are wrappers around it. */
  readonly fetch: typeof globalThis.fetch;
  /** Time. */
  readonly clock: Clock;
  /** A number in `[0, 1)`, for jitter. */
  readonly random: () => number;
}

// Taken at import: in Node the global `performance` is a getter that costs as much as the time
// itself, and a test runner that fakes timers puts things of its own into all these places.
const { performance, Date: importedDate, setTimeout: importedSetTimeout } = globalThis;
const { setImmediate: importedSetImmediate } = globalThis as {
  setImmediate?: (fn: () => void) => unknown;
};
const { now: importedNow } = performance;

/** When `performance` began to count; not every faked one tells. */
const timeOrigin = Number(performance.timeOrigin) || 0;

/** A test runner may have faked all this before. */
const wasFaked = isFake(importedDate) || "clock" in importedSetTimeout;

/** The timers that real time goes with; undefined where only faked ones were seen. */
const realSetTimeout = wasFaked ? undefined : importedSetTimeout;

/**
 * The machine's own clock. `now()` is monotonic, so that a correction of the
 * wall clock can neither stretch a deadline nor fire it early.
 *
 * Time always goes with the timers: while a test runner fakes `setTimeout`
 * (Vitest, Jest, `node:test`, `FakeTime` of `@std/testing`), `now()` is the
 * runner's time.
 */
export const systemClock: Clock = {
  now: () => setTimeout === realSetTimeout ? realTime() : replacedTime(),
  setTimeout: (fn, timeoutMs) =>
    setTimeout === realSetTimeout ? setTimeout(fn, timeoutMs) : setReplacedTimeout(fn, timeoutMs),
  clearTimeout: (id) => clearTimeout(id as number),
};

/** The machine's own time whatever is faked, in milliseconds since the epoch. */
export function realTime(): number {
  // Nobody fakes when an event happens.
  return timeOrigin + (wasFaked ? new Event("now").timeStamp : importedNow.call(performance));
}

/**
 * The wall clock, in milliseconds since the epoch: what other machines compare
 * with their own, for instance in a signature. Unlike the time of
 * {@linkcode systemClock} it is right again after a suspend, and never good for
 * measuring how long something takes.
 */
export function wallTime(): number {
  return Date.now();
}

/** What `setTimeout` is now, where it is not the one that was there at import. */
let replacement: typeof setTimeout | undefined;
/** How far the timers of `replacement` are ahead of what its time was seen to be, in milliseconds. */
let aheadMs = 0;

/** The time of whoever replaced `setTimeout`, be it to fake it or only to wrap it. */
function replacedTime(): number {
  const { Date, performance, setTimeout } = globalThis;
  if (setTimeout !== replacement) {
    replacement = setTimeout;
    aheadMs = 0;
  }
  const isDateFaked = wasFaked ? isFake(Date) : Date !== importedDate;
  return (isDateFaked ? Date.now() : timeOrigin + performance.now()) + aheadMs;
}

/**
 * Sets a timer that takes time with it: where timers are faked but neither
 * `Date` nor `performance` is, a timer that fires is the only sign that time has
 * passed. Real timers that are only wrapped are early by a rounding error at most.
 */
function setReplacedTimeout(fn: (...args: unknown[]) => void, timeoutMs: number): unknown {
  const dueMs = replacedTime() + timeoutMs;
  const owner = replacement;
  return setTimeout(() => {
    const earlyMs = dueMs - replacedTime();
    if (owner === replacement && earlyMs > timeoutMs / 2) aheadMs += earlyMs;
    fn();
  }, timeoutMs);
}

/** Whether a `Date` is marked as a test runner's, or is at least not the language's. */
function isFake(date: DateConstructor): boolean {
  return "isFake" in date || !Function.prototype.toString.call(date).includes("[native code]");
}

/** The machine's own clock, fetch (looked up at each call) and randomness. */
export const systemServices: Services = {
  fetch: (input, init) => fetch(input, init),
  clock: systemClock,
  random: () => Math.random(),
};

/** Where an error goes that nobody else wants to hear of. */
export function printError(error: unknown): void {
  console.error("Error in @lro/machines:", error);
}

/** A connection of its own for one request. */
export interface FreshConnection {
  /** To be merged into what `fetch` takes. */
  readonly init: object;
  /** To be called when the request is over. */
  close(): void;
}

interface DenoHttp {
  createHttpClient?(options: { poolMaxIdlePerHost: number }): { close(): void };
}

/**
 * A connection that nobody used before, where the platform has such a thing.
 *
 * Deno's fetch sends a request again by itself, POST included, when a reused
 * connection closes before the answer (denoland/deno#35610); on a fresh one it
 * does not. A fetch that does not know the option ignores it.
 */
export function freshConnection(): FreshConnection | undefined {
  const { Deno: deno } = globalThis as { Deno?: DenoHttp };
  const client = deno?.createHttpClient?.({ poolMaxIdlePerHost: 0 });
  return client && { init: { client }, close: () => client.close() };
}

/**
 * Lets everything that is ready run: promises first, then whatever the event
 * loop has waiting. It does so too while a test runner fakes `setImmediate`.
 *
 * @returns A promise that is kept in a later turn of the event loop.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (importedSetImmediate && !wasFaked) return void importedSetImmediate(resolve);
    turns ??= createTurns();
    turns.waiting.push(resolve);
    turns.receiver.ref?.();
    turns.sender.postMessage(undefined);
  });
}

/** In Node a port that listens keeps the program running unless it says that it need not. */
interface Receiver extends MessagePort {
  ref?(): void;
  unref?(): void;
}

/** Turns of a browser's event loop; it has no `setImmediate`, and its timers take 4 ms. */
interface Turns {
  /** Every message from it is a turn. */
  readonly sender: MessagePort;
  readonly receiver: Receiver;
  /** Who waits for one, in order. */
  readonly waiting: (() => void)[];
}

let turns: Turns | undefined;

/** One channel for all: to open one for each turn takes far longer than the turn. */
function createTurns(): Turns {
  const { port1: receiver, port2: sender }: { port1: Receiver; port2: MessagePort } =
    new MessageChannel();
  const waiting: (() => void)[] = [];
  receiver.onmessage = () => {
    waiting.shift()?.();
    if (waiting.length === 0) receiver.unref?.();
  };
  return { sender, receiver, waiting };
}
