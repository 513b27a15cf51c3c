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
export class AbortListeners {
  /** What they follow. */
  readonly signal: AbortSignal;
  readonly #listeners = new Set<AbortListener>();

  private constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** Those who follow a signal that is not aborted yet. */
  static of(signal: AbortSignal): AbortListeners {
    let listeners = listenersOf.get(signal);
    if (!listeners) listenersOf.set(signal, listeners = new AbortListeners(signal));
    return listeners;
  }

  /** One more, who is told once. */
  add(listener: AbortListener): void {
    if (this.#listeners.size === 0) {
      this.signal.addEventListener("abort", this.#tell, { once: true });
    }
    this.#listeners.add(listener);
  }

  /** One less; with the last one nothing of ours is left on the signal. */
  remove(listener: AbortListener): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    this.signal.removeEventListener("abort", this.#tell);
  }

  readonly #tell = (): void => {
    for (const listener of this.#listeners) listener.aborted(); // which may remove others
  };
}

const listenersOf = new WeakMap<AbortSignal, AbortListeners>();
