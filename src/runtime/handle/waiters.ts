/**
 * Those who wait for an operation's outcome. Thousands do, most of them for the
 * value and nothing else: of the first of these only the two functions are kept
 * that settle its promise.
 *
 * @module
 */
import type { Outcome } from "../../model/outcome.ts";

/** Somebody who waits for the outcome. */
export interface Waiter {
  /** The outcome is there. */
  settle(outcome: Outcome): void;
  /** It will not come to this wait. */
  reject(reason: unknown): void;
  /** Something changed; absent for those who do not care. */
  changed?: () => void;
}

/** Keeps a promise of a value. */
export type Resolve = (value: unknown) => void;

/** Breaks a promise. */
export type Reject = (reason: unknown) => void;

let keep: Resolve | undefined;
let fail: Reject | undefined;

/** No closure: there is one for every promise otherwise. */
function lay(resolve: Resolve, reject: Reject): void {
  keep = resolve;
  fail = reject;
}

/**
 * A promise of an operation's value.
 *
 * @param hand Takes what settles it, before this returns.
 */
export function promiseValue<T>(
  hand: { wait(resolve: Resolve, reject: Reject): void },
): Promise<T> {
  const promise = new Promise<unknown>(lay) as Promise<T>;
  const resolve = keep!;
  const reject = fail!;
  keep = fail = undefined; // they hold the promise, and it its value
  hand.wait(resolve, reject);
  return promise;
}

/** The value of an operation that has succeeded. */
export function valueOf<T>(outcome: Outcome): T {
  if (outcome.kind === "succeeded") return outcome.value as T;
  throw outcome.error;
}

/** The outcome as it is. */
export function itself<T>(outcome: Outcome): Outcome<T> {
  return outcome as Outcome<T>;
}

/** Tells the first who waits. */
export function settleFirst(outcome: Outcome, resolve: Resolve, reject: Reject): void {
  if (outcome.kind === "succeeded") resolve(outcome.value);
  else reject(outcome.error);
}

/** One promise of what can be read from the outcome. */
export class Wait<R> implements Waiter {
  readonly #resolve: (value: R) => void;
  readonly #read: (outcome: Outcome) => R;
  readonly reject: Reject;

  constructor(resolve: (value: R) => void, reject: Reject, read: (outcome: Outcome) => R) {
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
