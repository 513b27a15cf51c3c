/**
 * One listener on a signal, however many follow it: `addEventListener` looks
 * through all that are there, which makes it quadratic for a signal that stops
 * thousands of operations, and Node warns of a leak after ten.
 *
 * @module
 */

/** Somebody who follows a signal. */
export interface AbortListener {
  /** The signal aborts. */
  aborted(): void;
}

/** Those who follow one signal, and our one listener on it. */
interface Followers {
  readonly listeners: Set<AbortListener>;
  readonly tell: () => void;
}

const followersOf = new WeakMap<AbortSignal, Followers>();

/**
 * Listens to a signal that is not aborted yet.
 *
 * @param listener Told once, when the signal aborts.
 */
export function addAbortListener(signal: AbortSignal, listener: AbortListener): void {
  const followers = followersOf.get(signal) ?? follow(signal);
  followers.listeners.add(listener);
}

/** Stops listening; with the last listener nothing of ours is left on the signal. */
export function removeAbortListener(signal: AbortSignal, listener: AbortListener): void {
  const followers = followersOf.get(signal);
  if (!followers?.listeners.delete(listener) || followers.listeners.size > 0) return;
  followersOf.delete(signal);
  signal.removeEventListener("abort", followers.tell);
}

function follow(signal: AbortSignal): Followers {
  const listeners = new Set<AbortListener>();
  const tell = (): void => {
    for (const listener of listeners) listener.aborted(); // which may remove others
    followersOf.delete(signal);
  };
  const followers = { listeners, tell };
  followersOf.set(signal, followers);
  signal.addEventListener("abort", tell, { once: true });
  return followers;
}
