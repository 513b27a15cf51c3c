/**
 * What a caller holds for one running operation: the interface.
 *
 * @module
 */
import type { CallerEvent } from "./protocol.ts";
import type { OperationSnapshot, Outcome } from "./outcome.ts";
import type { ResumeToken } from "./token.ts";

/** Somebody who follows an operation: an XState-compatible observer. */
export interface SnapshotObserver<T> {
  /** Called after every change. */
  next?(snapshot: OperationSnapshot<T>): void;
  /** Never called: the end of an operation, good or bad, is data in the last snapshot. */
  error?(error: unknown): void;
  /** Called once, when no more changes can come. */
  complete?(): void;
}

/** Ends a subscription. */
export interface Subscription {
  /** No more calls from now on. */
  unsubscribe(): void;
}

/** Options for {@linkcode OperationHandle.result}. */
export interface ResultOptions {
  /** Ends this wait. When nobody else waits, the requests stop too, until somebody waits again. */
  readonly signal?: AbortSignal | undefined;
}

/** One running operation. */
export interface OperationHandle<T = unknown> extends AsyncIterable<OperationSnapshot<T>> {
  /** The operation's id in its runtime. */
  readonly id: string;
  /** Where it stands; the same object until something changes. */
  readonly snapshot: OperationSnapshot<T>;
  /**
   * Waits for the value.
   *
   * @throws {LroError} If it ends in any other way.
   * @throws The signal's reason, if that or the signal of `start` aborts; the handle can be waited on again.
   */
  result(options?: ResultOptions): Promise<T>;
  /**
   * Waits for the end, however it comes: never rejects for it.
   *
   * @throws The reason of the signal given to `start`, or an `AbortError` if the runtime is disposed.
   */
  outcome(): Promise<Outcome<T>>;
  /**
   * Waits until the machine is in a state, or returns at once if it has been in it.
   *
   * @param state A top-level word, a step's name, or a path with dots.
   * @throws {TypeError} If the machine has no such state.
   * @throws {LroError} If the operation ends first.
   */
  reached(state: string): Promise<void>;
  /**
   * Sends an event: `cancel`, `pollNow`, or one that the operation's kind takes.
   *
   * @throws {TypeError} If the kind takes no such event.
   */
  send(event: CallerEvent): void;
  /**
   * Asks the provider to cancel, where it can. Where it cannot, only the waiting
   * ends, and the outcome's error says so (`confirmed` is `false`).
   *
   * @throws {LroError} If the provider does not cancel this one, or not now: the waiting goes on.
   */
  cancel(): Promise<Outcome<T>>;
  /** Follows the changes from now on. What an observer throws is reported and contained. */
  subscribe(
    observer: SnapshotObserver<T> | ((snapshot: OperationSnapshot<T>) => void),
  ): Subscription;
  /**
   * The operation, written down: JSON-able, without credentials.
   *
   * @throws {TypeError} If its input holds a function, which JSON cannot.
   */
  token(): ResumeToken;
}
