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

/** Looked up once: in Node the global is a getter that costs as much as the time itself. */
const { performance } = globalThis;
const { timeOrigin } = performance;

/**
 * The machine's own clock. `now()` is monotonic, so that a correction of the
 * wall clock can neither stretch a deadline nor fire it early.
 */
export const systemClock: Clock = {
  now: () => timeOrigin + performance.now(),
  setTimeout: (fn, timeoutMs) => setTimeout(fn, timeoutMs),
  clearTimeout: (id) => clearTimeout(id as number),
};

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
 * loop has waiting.
 *
 * @returns A promise that is kept in a later turn of the event loop.
 */
export function nextTurn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (fn: () => void) => unknown };
  return new Promise((resolve) => {
    if (setImmediate) return void setImmediate(resolve);
    turns ??= createTurns();
    turns.waiting.push(resolve);
    turns.port.postMessage(undefined);
  });
}

/** Turns of a browser's event loop; it has no `setImmediate`, and its timers take 4 ms. */
interface Turns {
  /** Every message to it is a turn. */
  readonly port: MessagePort;
  /** Who waits for one, in order. */
  readonly waiting: (() => void)[];
}

let turns: Turns | undefined;

/** One channel for all: to open one for each turn takes far longer than the turn. */
function createTurns(): Turns {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return { port: port2, waiting };
}
