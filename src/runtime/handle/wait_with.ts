/**
 * Waits that may end before the operation does: by a signal of their own, or
 * because what they wait for has come.
 *
 * @module
 */
import type { Outcome } from "../../model/outcome.ts";
import { type AbortListener, AbortListeners } from "../abort_listeners.ts";
import { Wait, type Waiter } from "./waiters.ts";

/** Where one waits. */
interface WaitPlace {
  /** How the operation ended, if it did. */
  outcome(): Outcome | undefined;
  /** One more waits. */
  join(waiter: Waiter): void;
  /** One less. */
  leave(waiter: Waiter): void;
  /** Somebody lost interest by his signal. */
  abandoned(reason: unknown): void;
}

/** What else may end a wait. */
export interface WaitOptions {
  /** Ends this wait; not aborted yet. */
  readonly signal?: AbortSignal | undefined;
  /** Whether what was waited for is there, asked after every change. */
  readonly isEnough?: (() => boolean) | undefined;
}

/**
 * Waits for the outcome, or for less.
 *
 * @param read Makes the result of the outcome; may throw.
 * @returns The result; `undefined` where it was enough before the outcome.
 */
export function waitWith<R>(
  read: (outcome: Outcome) => R,
  place: WaitPlace,
  { signal, isEnough }: WaitOptions,
): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    const wait = new Wait<R>(resolve, reject, read);
    const outcome = place.outcome();
    if (outcome) return wait.settle(outcome);
    const leave = (): void => {
      place.leave(waiter);
      if (signal) AbortListeners.of(signal).remove(listener);
    };
    const aborted = (): void => {
      leave();
      reject(signal!.reason);
      place.abandoned(signal!.reason);
    };
    const listener: AbortListener = { aborted };
    const waiter: Waiter = {
      settle: (outcome) => {
        leave();
        wait.settle(outcome);
      },
      reject: (reason) => {
        leave();
        reject(reason);
      },
      ...(isEnough && {
        changed: () => {
          if (!isEnough()) return;
          leave();
          resolve(undefined as R);
        },
      }),
    };
    if (signal) AbortListeners.of(signal).add(listener);
    place.join(waiter);
  });
}
