/**
 * What a caller holds for one running operation. Inside the runtime ends are
 * data; only here may they be thrown.
 *
 * @module
 */
import type { CallerEvent } from "../kind.ts";
import type { OperationSnapshot, Outcome } from "../operation.ts";
import { addAbortListener, removeAbortListener } from "./abort_listeners.ts";
import type { Actor } from "./actor.ts";
import type { ActorWatcher } from "./host.ts";
import type {
  OperationHandle,
  ResultOptions,
  SnapshotObserver,
  Subscription,
} from "./operation_handle.ts";
import { checkResultOptions } from "./options.ts";
import { takeSnapshot } from "./snapshot.ts";
import type { ResumeToken } from "./token.ts";
import { transitionTable } from "./transitions.ts";

/** Somebody who waits for the outcome. */
interface Waiter {
  /** The outcome is there. */
  settle(outcome: Outcome): void;
  /** It will not come to this wait. */
  reject(reason: unknown): void;
  /** Something changed; absent for those who do not care. */
  readonly changed?: () => void;
}

/** The handle of one actor. */
export class Handle<T> implements OperationHandle<T>, ActorWatcher {
  readonly #actor: Actor;
  readonly #onAbort: "leave" | "cancel";
  #observers: Set<SnapshotObserver<T>> | undefined;
  /** A list, not a set: mostly there is one. */
  #waiters: Waiter[] | undefined;
  #snapshot: OperationSnapshot<T> | undefined;
  #revision = -1;
  /** Why it stopped, while nobody has been told. */
  #untold: { readonly reason: unknown } | undefined;
  /** Why it can never go on. */
  #disposed: { readonly reason: unknown } | undefined;
  #unlisten: (() => void) | undefined;

  /** Follows `actor` from now on. */
  constructor(actor: Actor, onAbort: "leave" | "cancel") {
    this.#actor = actor;
    this.#onAbort = onAbort;
    actor.watcher = this;
  }

  get id(): string {
    return this.#actor.id;
  }

  get snapshot(): OperationSnapshot<T> {
    const actor = this.#actor;
    if (this.#snapshot === undefined || this.#revision !== actor.revision) {
      this.#revision = actor.revision;
      this.#snapshot = takeSnapshot(actor) as OperationSnapshot<T>;
    }
    return this.#snapshot;
  }

  result(options?: ResultOptions): Promise<T> {
    if (options !== undefined) {
      try {
        checkResultOptions(options);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return this.#wait(options?.signal, (outcome) => {
      if (outcome.kind === "succeeded") return outcome.value as T;
      throw outcome.error;
    });
  }

  outcome(): Promise<Outcome<T>> {
    return this.#wait(undefined, (outcome) => outcome as Outcome<T>);
  }

  async reached(state: string): Promise<void> {
    const actor = this.#actor;
    const bits = transitionTable(actor.kind.machine).bitsOf(state);
    const isReached = (): boolean => (actor.visited & bits) !== 0;
    if (isReached()) return;
    await this.#wait(undefined, (outcome) => {
      if (isReached()) return;
      if (outcome.kind !== "succeeded") throw outcome.error;
      throw new Error(`Cannot reach "${state}": the operation succeeded without it`);
    }, isReached);
  }

  send(event: CallerEvent): void {
    const actor = this.#actor;
    const { name, events = [] } = actor.kind;
    const type: unknown = event?.type;
    if (type === "cancel") return actor.receive({ type });
    if (type === "pollNow") {
      if (actor.nextPollAt > 0) actor.receive({ type: "due" });
      return;
    }
    if (typeof type !== "string" || !events.includes(type)) {
      throw new TypeError(
        `Cannot send ${JSON.stringify(type)} to ${name}: expected ${
          ["cancel", "pollNow", ...events].join(" or ")
        }`,
      );
    }
    actor.receive(actor.kind.protocol.hear?.({ ...event, type }, actor) ?? { type });
  }

  cancel(): Promise<Outcome<T>> {
    this.#untold = undefined;
    this.#actor.receive({ type: "cancel" }); // first, so that a stopped one sends nothing else
    return this.outcome();
  }

  subscribe(
    observer: SnapshotObserver<T> | ((snapshot: OperationSnapshot<T>) => void),
  ): Subscription {
    if (typeof observer !== "function" && (typeof observer !== "object" || observer === null)) {
      throw new TypeError(`Cannot subscribe: expected an observer, got ${String(observer)}`);
    }
    // A wrapper, so that one observer may subscribe twice.
    const entry: SnapshotObserver<T> = typeof observer === "function" ? { next: observer } : {
      next: (snapshot) => observer.next?.(snapshot),
      complete: () => observer.complete?.(),
    };
    if (this.#actor.outcome || this.#disposed) this.#call(() => entry.complete?.());
    else (this.#observers ??= new Set()).add(entry);
    return { unsubscribe: () => void this.#observers?.delete(entry) };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OperationSnapshot<T>, void, void> {
    const queue: OperationSnapshot<T>[] = [];
    let end: { readonly reason?: unknown } | undefined;
    let wake = (): void => {};
    const push = (): void => {
      queue.push(this.snapshot);
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
    const refusal = this.#refusal();
    if (refusal) throw refusal.reason;
    push();
    if (this.#actor.outcome) end = {};
    else this.#join(waiter);
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
      this.#leave(waiter);
    }
  }

  token(): ResumeToken {
    return this.#actor.token();
  }

  /** Stops the operation when `signal` aborts. */
  follow(signal: AbortSignal): void {
    const onAbort = (): void => this.#stop(signal.reason);
    if (this.#actor.outcome) return;
    if (signal.aborted) return onAbort();
    addAbortListener(signal, onAbort);
    this.#unlisten = () => removeAbortListener(signal, onAbort);
  }

  /** Ends it for good, without an outcome. */
  dispose(reason: unknown): void {
    this.#disposed = { reason };
    this.#actor.stop(reason);
    this.#release();
    this.#actor.shadow?.stop();
  }

  changed(): void {
    if (this.#observers) {
      const { snapshot } = this;
      for (const observer of [...this.#observers]) this.#call(() => observer.next?.(snapshot));
    }
    const waiters = this.#waiters;
    if (waiters === undefined || (waiters.length === 1 && !waiters[0]!.changed)) return;
    for (const { changed } of waiters.slice()) changed?.();
  }

  stopped(reason: unknown): void {
    const waiters = this.#waiters;
    this.#waiters = undefined;
    if (!waiters?.length) this.#untold = { reason };
    if (!this.#disposed) this.changed();
    for (const waiter of waiters ?? []) waiter.reject(reason);
  }

  ended(): void {
    const waiters = this.#waiters;
    this.#waiters = undefined;
    this.changed();
    this.#release();
    for (const waiter of waiters ?? []) waiter.settle(this.#actor.outcome!);
  }

  /** No more news: lets go of everybody who follows. */
  #release(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
    const observers = this.#observers;
    this.#observers = undefined;
    for (const observer of observers ?? []) this.#call(() => observer.complete?.());
  }

  #stop(reason: unknown): void {
    const actor = this.#actor;
    if (actor.outcome || actor.isStopped) return;
    if (actor.isEnding) return this.stopped(reason); // only the store keeps it
    if (this.#onAbort === "cancel") actor.askToCancel();
    actor.stop(reason);
  }

  /**
   * Waits for the outcome, or until `isEnough`.
   *
   * @param read Makes the result of the outcome; may throw.
   */
  #wait<R>(
    signal: AbortSignal | undefined,
    read: (outcome: Outcome) => R,
    isEnough?: () => boolean,
  ): Promise<R> {
    const actor = this.#actor;
    const refusal = signal?.aborted ? signal : this.#refusal();
    if (refusal) return Promise.reject(refusal.reason);
    return new Promise<R>((resolve, reject) => {
      const settle = (outcome: Outcome): void => {
        try {
          resolve(read(outcome));
        } catch (error) {
          reject(error);
        }
      };
      if (actor.outcome) return settle(actor.outcome);
      if (!signal && !isEnough) return this.#join({ settle, reject });
      const leave = (): void => {
        this.#leave(waiter);
        if (signal) removeAbortListener(signal, onAbort);
      };
      const onAbort = (): void => {
        leave();
        reject(signal!.reason);
        const isAlone = !this.#waiters?.length && !this.#observers?.size;
        if (isAlone) this.#stop(signal!.reason);
        this.#untold = undefined;
      };
      const waiter: Waiter = {
        settle: (outcome) => {
          leave();
          settle(outcome);
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
      if (signal) addAbortListener(signal, onAbort);
      this.#join(waiter);
    });
  }

  /** One more waits; a stopped operation goes on for it. */
  #join(waiter: Waiter): void {
    if (this.#waiters) this.#waiters.push(waiter);
    else this.#waiters = [waiter];
    if (this.#actor.isStopped) this.#actor.begin();
  }

  /** One less. */
  #leave(waiter: Waiter): void {
    const place = this.#waiters?.indexOf(waiter) ?? -1;
    if (place >= 0) this.#waiters!.splice(place, 1);
  }

  /** Why waiting makes no sense, told once. */
  #refusal(): { readonly reason: unknown } | undefined {
    if (this.#actor.outcome) return undefined;
    if (this.#disposed) return this.#disposed;
    const untold = this.#untold;
    this.#untold = undefined;
    return untold;
  }

  #call(observe: () => void): void {
    try {
      observe();
    } catch (error) {
      this.#actor.host.report(error);
    }
  }
}
