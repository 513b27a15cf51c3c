/**
 * The changes of an operation, one after the other, for `for await`.
 *
 * @module
 */
import type { OperationSnapshot } from "../../model/outcome.ts";
import type { Waiter } from "./waiters.ts";

/** Whose changes they are. */
export interface SnapshotSource<T> {
  /** Where it stands. */
  snapshot(): OperationSnapshot<T>;
  /** Whether there will be no more. */
  hasEnded(): boolean;
  /** Tells somebody of every change, and of the end. */
  join(waiter: Waiter): void;
  /** Tells somebody no more. */
  leave(waiter: Waiter): void;
}

/**
 * Yields where it stands, and then every change up to the last.
 *
 * @throws Why it stopped, if it does not end.
 */
export async function* followSnapshots<T>(
  source: SnapshotSource<T>,
): AsyncGenerator<OperationSnapshot<T>, void, void> {
  const queue: OperationSnapshot<T>[] = [];
  let end: { readonly reason?: unknown } | undefined;
  let wake = (): void => {};
  const push = (): void => {
    queue.push(source.snapshot());
    wake();
  };
  const waiter: Waiter = {
    changed: push,
    settle: () => {
      end = {};
      push();
    },
    reject: (reason) => {
      end = { reason };
      wake();
    },
  };
  push();
  if (source.hasEnded()) end = {};
  else source.join(waiter);
  try {
    for (;;) {
      const snapshot = queue.shift();
      if (snapshot) {
        yield snapshot;
      } else if (end) {
        if ("reason" in end) throw end.reason;
        return;
      } else {
        await new Promise<void>((resolve) => wake = resolve);
      }
    }
  } finally {
    source.leave(waiter);
  }
}
