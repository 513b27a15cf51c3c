/**
 * Requests that a wrapper around `fetch` still keeps back, because it waits for
 * credentials: whatever happens to one of them, the server never saw it.
 *
 * @module
 */

/** Signals of requests that were handed to `fetch` and are not sent yet. */
const keptBack = new WeakSet<AbortSignal>();

/**
 * Does something before a request is sent.
 *
 * @param signal The request's own signal; without one there is nothing to tell.
 * @param prepare What has to be done first.
 */
export async function keepBack<R>(
  signal: AbortSignal | null | undefined,
  prepare: () => Promise<R>,
): Promise<R> {
  if (!signal) return await prepare();
  keptBack.add(signal);
  try {
    return await prepare();
  } finally {
    keptBack.delete(signal); // signals are used again
  }
}

/** Whether the request with this signal is certainly not sent yet. */
export function isKeptBack(signal: AbortSignal): boolean {
  return keptBack.has(signal);
}
