/**
 * One subscription of one observer, whose throwing disturbs nobody.
 *
 * @module
 */
import type { OperationSnapshot } from "../../model/outcome.ts";
import { containCallback } from "../../model/contain.ts";
import type { SnapshotObserver } from "../../model/handle.ts";

/** One subscription; an observer may have several. */
export class ObserverEntry<T> {
  readonly #observer: SnapshotObserver<T>;
  readonly #report: (error: unknown) => void;

  /**
   * Subscribes nobody yet.
   *
   * @param observer Who is told, or what is called after every change.
   * @param report Told what it throws.
   * @throws {TypeError} If it is neither.
   */
  constructor(
    observer: SnapshotObserver<T> | ((snapshot: OperationSnapshot<T>) => void),
    report: (error: unknown) => void,
  ) {
    if (typeof observer !== "function" && (typeof observer !== "object" || observer === null)) {
      throw new TypeError(`Cannot subscribe: expected an observer, got ${String(observer)}`);
    }
    this.#observer = typeof observer === "function" ? { next: observer } : observer;
    this.#report = report;
  }

  /** Something changed. */
  next(snapshot: OperationSnapshot<T>): void {
    containCallback(() => this.#observer.next?.(snapshot), this.#report);
  }

  /** There will be no more. */
  complete(): void {
    containCallback(() => this.#observer.complete?.(), this.#report);
  }
}
