/**
 * Those who wait for an operation's outcome. Thousands do, so that a wait is one
 * small object.
 *
 * @module
 */
import type { Outcome } from "../operation.ts";

/** Somebody who waits for the outcome. */
export interface Waiter {
  /** The outcome is there. */
  settle(outcome: Outcome): void;
  /** It will not come to this wait. */
  reject(reason: unknown): void;
  /** Something changed; absent for those who do not care. */
  changed?: () => void;
}

/** One promise of it, or of what can be read from it. */
export class Wait<R> implements Waiter {
  readonly #resolve: (value: R) => void;
  readonly #read: (outcome: Outcome) => R;
  readonly reject: (reason: unknown) => void;

  constructor(
    resolve: (value: R) => void,
    reject: (reason: unknown) => void,
    read: (outcome: Outcome) => R,
  ) {
    this.#resolve = resolve;
    this.#read = read;
    this.reject = reject;
  }

  settle(outcome: Outcome): void {
    try {
      this.#resolve(this.#read(outcome));
    } catch (error) {
      this.reject(error);
    }
  }
}
