/**
 * One listener on a signal, however many follow it: `addEventListener` looks
 * through all that are there, which makes it quadratic for a signal that stops
 * thousands of operations, and Node warns of a leak after ten.
 *
 * Signals are touched by few and rarely called functions: in Node each has a
 * shape of its own, and V8 throws away whatever was compiled for one.
 *
 * @module
 */

/** Somebody who follows a signal: its own node in the list of all who do. */
export interface AbortListener {
  /** The signal aborts. */
  aborted(): void;
  /** The neighbour in the list; kept for the list. */
  earlier?: AbortListener | undefined;
  /** The neighbour in the list; kept for the list. */
  later?: AbortListener | undefined;
}

/** Those who follow one signal, and our one listener on it. */
export class AbortListeners {
  /** What they follow. */
  readonly signal: AbortSignal;
  #latest: AbortListener | undefined;

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
    const latest = this.#latest;
    if (latest) latest.later = listener;
    else this.#listen();
    listener.earlier = latest;
    this.#latest = listener;
  }

  /** One less; with the last one nothing of ours is left on the signal. */
  remove(listener: AbortListener): void {
    const { earlier, later } = listener;
    if (!later && this.#latest !== listener) return; // it is not there
    if (earlier) earlier.later = later;
    if (later) later.earlier = earlier;
    else this.#latest = earlier;
    listener.earlier = listener.later = undefined;
    if (!this.#latest) this.#listenNoMore();
  }

  #listen(): void {
    this.signal.addEventListener("abort", this.#tell, { once: true });
  }

  #listenNoMore(): void {
    this.signal.removeEventListener("abort", this.#tell);
  }

  readonly #tell = (): void => {
    const all: AbortListener[] = [];
    for (let each = this.#latest; each; each = each.earlier) all.push(each);
    // In the order in which they came; who was removed meanwhile is not told.
    for (const each of all.reverse()) {
      if (each.later || this.#latest === each) each.aborted();
    }
  };
}

/** Whether a signal is aborted. */
export function isAborted(signal: AbortSignal): boolean {
  return Reflect.get(signal, "aborted"); // as a property, it would be compiled for this very signal
}

const listenersOf = new WeakMap<AbortSignal, AbortListeners>();
