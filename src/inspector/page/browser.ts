/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The page's doors to the world. The rule that `src` reaches it only through
 * services is for the library; this runs in a browser and is bundled on its own.
 *
 * @module
 */

/** Asks our own server. */
export function ask(path: string, init?: RequestInit): Promise<Response> {
  // deno-lint-ignore lro/no-ambient-effects -- the page's own door
  return fetch(path, init);
}

/** Listens to server-sent events of our own server. */
export function listen(path: string): EventSource {
  // deno-lint-ignore lro/no-ambient-effects -- the page's own door
  return new EventSource(path);
}

/** The browser's time, in milliseconds since the epoch. */
export function browserNow(): number {
  // deno-lint-ignore lro/no-ambient-effects -- the page's own door
  return Date.now();
}

/** Runs something later. */
export function later(run: () => void, timeMs: number): void {
  // deno-lint-ignore lro/no-ambient-effects -- the page's own door
  setTimeout(run, timeMs);
}

/** Runs something again and again. */
export function every(timeMs: number, run: () => void): void {
  // deno-lint-ignore lro/no-ambient-effects -- the page's own door
  setInterval(run, timeMs);
}
