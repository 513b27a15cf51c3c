/**
 * Abort controllers that were not needed, to be used again: making a signal
 * costs as much as a whole poll in Node. A settled fetch ignores its signal.
 *
 * @module
 */

/** Some fetch implementations leave a listener behind until the next collection. */
const MAX_USES = 32;
const MAX_SPARE = 256;

/** A controller and how often it was lent. */
export interface PooledSignal {
  /** The controller. */
  readonly controller: AbortController;
  /** How many requests used it. */
  uses: number;
}

/** Spare controllers. */
export class SignalPool {
  readonly #spare: PooledSignal[] = [];

  /** A controller that nobody aborted and nobody else uses. */
  take(): PooledSignal {
    return this.#spare.pop() ?? { controller: new AbortController(), uses: 0 };
  }

  /** Takes a controller back whose fetch has settled. */
  give(pooled: PooledSignal): void {
    if (++pooled.uses < MAX_USES && this.#spare.length < MAX_SPARE) this.#spare.push(pooled);
  }
}
