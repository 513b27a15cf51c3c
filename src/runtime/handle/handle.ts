/**
 * What a caller holds for one running operation. Inside the runtime ends are
 * data; only here may they be thrown.
 *
 * @module
 */
import type { AnyLroError } from "../../model/errors.ts";
import type { CallerEvent } from "../../model/protocol.ts";
import type { OperationSnapshot, Outcome } from "../../model/outcome.ts";
import { type AbortListener, AbortListeners, isAborted } from "../abort_listeners.ts";
import type { Actor } from "../engine/actor.ts";
import type { ActorWatcher } from "../engine/context.ts";
import type {
  OperationHandle,
  ResultOptions,
  SnapshotObserver,
  Subscription,
} from "../../model/handle.ts";
import { checkResultOptions } from "./result_options.ts";
import { followSnapshots } from "./follow_snapshots.ts";
import type { HandleExtras } from "./handle_extras.ts";
import { ObserverEntry } from "./observer_entry.ts";
import { sendEvent } from "./send_event.ts";
import { takeSnapshot } from "../engine/snapshot.ts";
import type { ResumeToken } from "../../model/token.ts";
import {
  itself,
  promiseValue,
  type Reject,
  type Resolve,
  settleFirst,
  valueOf,
  Wait,
  type Waiter,
} from "./waiters.ts";
import { type WaitOptions, waitWith } from "./wait_with.ts";

/** The handle of one actor. */
export class Handle<T> implements OperationHandle<T>, ActorWatcher, AbortListener {
  readonly #actor: Actor;
  readonly #onAbort: "leave" | "cancel";
  /** The first who waits, where that is for the value and nothing else. */
  #resolve: Resolve | undefined;
  #reject: Reject | undefined;
  /** All others; mostly there is none. */
  #waiters: Waiter[] | undefined;
  /** Of the signal that stops the operation. */
  #following: AbortListeners | undefined;
  /** Thousands of handles have none of it. */
  #extras: HandleExtras<T> | undefined;
  earlier: AbortListener | undefined;
  later: AbortListener | undefined;
  /** Neighbours in the runtime's list. */
  previous: Handle<unknown> | undefined;
  /** Neighbours in the runtime's list. */
  next: Handle<unknown> | undefined;

  /** Follows `actor` from now on. */
  constructor(actor: Actor, onAbort: "leave" | "cancel") {
    this.#actor = actor;
    this.#onAbort = onAbort;
    actor.watcher = this;
  }

  get id(): string {
    return this.#actor.id;
  }

  /** By what its runtime keeps it. */
  get key(): string | number {
    return this.#actor.key;
  }

  get snapshot(): OperationSnapshot<T> {
    const { revision } = this.#actor;
    const extras = this.#more;
    if (extras.snapshot === undefined || extras.revision !== revision) {
      extras.revision = revision;
      extras.snapshot = takeSnapshot(this.#actor) as OperationSnapshot<T>;
    }
    return extras.snapshot;
  }

  result(options?: ResultOptions): Promise<T> {
    if (options !== undefined) {
      try {
        checkResultOptions(options);
      } catch (error) {
        return Promise.reject(error);
      }
      const { signal } = options;
      if (signal) return this.#wait<T>(valueOf, { signal });
    }
    const refusal = this.#refusal();
    return refusal ? Promise.reject(refusal.reason) : promiseValue<T>(this);
  }

  /** One more who waits for the value and nothing else. */
  wait(resolve: Resolve, reject: Reject): void {
    const { outcome } = this.#actor;
    if (outcome) return settleFirst(outcome, resolve, reject);
    if (this.#resolve || this.#waiters) return this.#join(new Wait(resolve, reject, valueOf));
    this.#resolve = resolve;
    this.#reject = reject;
    if (this.#actor.isStopped) this.#actor.begin();
  }

  outcome(): Promise<Outcome<T>> {
    return this.#wait<Outcome<T>>(itself);
  }

  async reached(state: string): Promise<void> {
    const bits = this.#actor.plan.table.bitsOf(state);
    const isReached = (): boolean => (this.#actor.visited & bits) !== 0;
    if (isReached()) return;
    await this.#wait((outcome) => {
      if (isReached()) return;
      if (outcome.kind !== "succeeded") throw outcome.error;
      throw new Error(`Cannot reach "${state}": the operation succeeded without it`);
    }, { isEnough: isReached });
  }

  send(event: CallerEvent): void {
    sendEvent(this.#actor, event);
  }

  cancel(): Promise<Outcome<T>> {
    if (this.#extras) this.#extras.untold = undefined;
    this.#actor.receive({ type: "cancel" }); // first, so that a stopped one sends nothing else
    const refusal = this.#refusal();
    if (refusal) return Promise.reject(refusal.reason);
    return this.#waitPlainly<Outcome<T>>(itself, this.#more.cancelers ??= []);
  }

  subscribe(
    observer: SnapshotObserver<T> | ((snapshot: OperationSnapshot<T>) => void),
  ): Subscription {
    const { host, outcome } = this.#actor;
    const entry = new ObserverEntry<T>(observer, host.report);
    if (outcome || this.#extras?.disposed) entry.complete();
    else {
      (this.#more.observers ??= new Set()).add(entry);
      this.#actor.isWatched = true;
    }
    return { unsubscribe: () => void this.#extras?.observers?.delete(entry) };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OperationSnapshot<T>, void, void> {
    const refusal = this.#refusal();
    if (refusal) throw refusal.reason;
    yield* followSnapshots<T>({
      snapshot: () => this.snapshot,
      hasEnded: () => this.#actor.outcome !== undefined,
      join: (waiter) => this.#join(waiter),
      leave: (waiter) => this.#leave(waiter),
    });
  }

  token(): ResumeToken {
    return this.#actor.token();
  }

  /**
   * Stops the operation when `signal` aborts.
   *
   * @returns Whether it is aborted already, and so the operation is stopped.
   */
  follow(signal: AbortSignal): boolean {
    if (isAborted(signal)) {
      this.#stop(signal.reason);
      return true;
    }
    this.#following = AbortListeners.of(signal);
    this.#following.add(this);
    return false;
  }

  aborted(): void {
    this.#stop(this.#following!.signal.reason);
  }

  /** Ends it for good, without an outcome. */
  dispose(reason: unknown): void {
    this.#more.disposed = { reason };
    this.#actor.stop(reason);
    this.#release();
    this.#actor.extras?.shadow?.stop();
  }

  changed(): void {
    const observers = this.#extras?.observers;
    if (observers) {
      const { snapshot } = this;
      [...observers].forEach((observer) => observer.next(snapshot));
    }
    this.#waiters?.forEach(({ changed }) => changed?.());
  }

  refused(error: AnyLroError): void {
    const cancelers = this.#extras?.cancelers;
    if (!cancelers) return;
    delete this.#extras!.cancelers;
    for (const canceler of cancelers) {
      this.#leave(canceler);
      canceler.reject(error);
    }
  }

  stopped(reason: unknown): void {
    const reject = this.#reject;
    const waiters = this.#waiters;
    this.#resolve = this.#reject = this.#waiters = undefined;
    if (!reject && !waiters) this.#more.untold = { reason };
    if (!this.#extras?.disposed) this.changed();
    reject?.(reason);
    waiters?.forEach((waiter) => waiter.reject(reason));
  }

  ended(): void {
    this.#actor.host.handles.delete(this as Handle<unknown>);
    const resolve = this.#resolve;
    const reject = this.#reject;
    const waiters = this.#waiters;
    this.#resolve = this.#reject = this.#waiters = undefined;
    if (this.#actor.isWatched) this.changed();
    this.#release();
    const outcome = this.#actor.outcome!;
    if (resolve) settleFirst(outcome, resolve, reject!);
    waiters?.forEach((waiter) => waiter.settle(outcome));
  }

  /** No more news: lets go of everybody who follows. */
  #release(): void {
    this.#following?.remove(this);
    this.#following = undefined;
    const observers = this.#extras?.observers;
    if (!observers) return;
    this.#extras!.observers = undefined;
    for (const observer of observers) observer.complete();
  }

  #stop(reason: unknown): void {
    const actor = this.#actor;
    if (actor.outcome || actor.isStopped) return;
    if (actor.isEnding) return this.stopped(reason); // only the store keeps it
    if (this.#onAbort === "cancel") actor.askToCancel();
    actor.stop(reason);
  }

  /** Waits for what can be read from the outcome, or as `options` say. */
  #wait<R>(read: (outcome: Outcome) => R, options: WaitOptions = {}): Promise<R> {
    const { signal } = options;
    const refusal = signal && isAborted(signal) ? signal : this.#refusal();
    if (refusal) return Promise.reject(refusal.reason);
    if (!signal && !options.isEnough) return this.#waitPlainly(read);
    return waitWith(read, {
      outcome: () => this.#actor.outcome,
      join: (waiter) => this.#join(waiter),
      leave: (waiter) => this.#leave(waiter),
      abandoned: (reason) => {
        if (!this.#resolve && !this.#waiters && !this.#extras?.observers?.size) this.#stop(reason);
        if (this.#extras) this.#extras.untold = undefined;
      },
    }, options);
  }

  /** Waits for the outcome and nothing else: many do, so nothing more than that is kept in memory. */
  #waitPlainly<R>(read: (outcome: Outcome) => R, group?: Waiter[]): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const wait = new Wait<R>(resolve, reject, read);
      group?.push(wait);
      if (this.#actor.outcome) wait.settle(this.#actor.outcome);
      else this.#join(wait);
    });
  }

  /** One more waits; a stopped operation goes on for it. */
  #join(waiter: Waiter): void {
    if (waiter.changed) this.#actor.isWatched = true;
    this.#waiters = [...this.#waiters ?? [], waiter]; // never in place: somebody may be going through them
    if (this.#actor.isStopped) this.#actor.begin();
  }

  /** One less. */
  #leave(waiter: Waiter): void {
    const others = this.#waiters?.filter((other) => other !== waiter);
    this.#waiters = others?.length ? others : undefined;
  }

  /** Why waiting makes no sense, told once. */
  #refusal(): { readonly reason: unknown } | undefined {
    if (this.#actor.outcome) return undefined;
    const extras = this.#extras;
    if (!extras || extras.disposed) return extras?.disposed;
    const { untold } = extras;
    extras.untold = undefined;
    return untold;
  }

  get #more(): HandleExtras<T> {
    return this.#extras ??= {};
  }
}
