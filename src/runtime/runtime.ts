/**
 * Runs any number of operations on one clock, one fetch and one timer.
 *
 * @module
 */
import { parseLroError } from "../errors.ts";
import { findKind, type OperationKind } from "../kind.ts";
import type { Operation, Outcome } from "../operation.ts";
import { nextTurn, printError, systemServices } from "../services.ts";
import { Actor } from "./actor.ts";
import { Feeds } from "./feeds.ts";
import { Handle } from "./handle.ts";
import type { ActorHost } from "./host.ts";
import { makeObservable } from "./observer.ts";
import type { OperationHandle } from "./operation_handle.ts";
import {
  checkRestoreOptions,
  checkRuntimeOptions,
  checkStartOptions,
  type RestoreOptions,
  type RuntimeOptions,
  type StartOptions,
} from "./options.ts";
import { type CompleteRetryPolicy, completeRetryPolicy } from "./retry.ts";
import { checkSchedule } from "./schedule.ts";
import { createShadow } from "./shadow.ts";
import { TimerWheel } from "./timers.ts";
import { parseToken, type ResumeToken } from "./token.ts";
import { Transport } from "./transport.ts";
import { transitionTable } from "./transitions.ts";

/** Runs operations. `await using` it, or call `dispose()`. */
export interface Runtime extends AsyncDisposable {
  /**
   * Starts an operation at once.
   *
   * @throws {TypeError} If the operation, an option or the id is not fit.
   * @throws {RangeError} If a number is out of bounds.
   */
  start<T>(operation: Operation<T>, options?: StartOptions): OperationHandle<T>;
  /**
   * Takes up an operation where its token says it stands: at its step and due
   * time, never repeating a start. A deadline that is still ahead is kept; one
   * that has passed begins anew.
   *
   * @param token The object, its JSON, or what `encodeToken` wrote.
   * @throws {TypeError} If the token is malformed, of another version, or of an unknown kind.
   */
  restore<T>(token: ResumeToken | string, options?: RestoreOptions): OperationHandle<T>;
  /** An operation that has not ended, by its id. */
  get(id: string): OperationHandle<unknown> | undefined;
  /** Every operation that has not ended. */
  list(): Iterable<OperationHandle<unknown>>;
  /** Stops everything: waits reject with an `AbortError`, and no timer, socket or listener is left. */
  dispose(): Promise<void>;
}

/**
 * Creates a runtime.
 *
 * @example Many operations at once
 * ```ts
 * import { createRuntime, elasticio } from "@lro/machines";
 * import { createElasticioEmulator, createVirtualClock } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = createVirtualClock();
 * const emulator = createElasticioEmulator({ clock, plan: { durationMs: 5_000, result: 42 } });
 * await using runtime = createRuntime({ clock, fetch: emulator.fetch });
 * const execution = {
 *   execution_type: "get_meta_model", component: "c", action_or_trigger: "a", account_id: "1",
 * } as const;
 * const handles = [1, 2, 3].map(() => runtime.start(elasticio.execution({ execution })));
 * const values = await clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
 * assertEquals(values, [42, 42, 42]);
 * ```
 *
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If a number is out of bounds.
 */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  checkRuntimeOptions(options);
  return new LocalRuntime(options);
}

class LocalRuntime implements Runtime {
  readonly #options: RuntimeOptions;
  readonly #host: ActorHost;
  readonly #handles = new Map<string, Handle<unknown>>();
  #saving: Promise<void> = Promise.resolve();
  readonly #finishing = new Set<Promise<void>>();
  #idPrefix: string | undefined;
  #count = 0;
  readonly #retries = new Map<OperationKind, CompleteRetryPolicy>();
  #isDisposed = false;

  constructor(options: RuntimeOptions) {
    const { store, onError = printError } = options;
    const services = {
      fetch: options.fetch as typeof fetch ?? systemServices.fetch,
      clock: options.clock ?? systemServices.clock,
      random: options.random ?? systemServices.random,
    };
    const report = (error: unknown): void => {
      try {
        onError(error);
      } catch {
        // somebody whose error handler throws does not want to know
      }
    };
    const wheel = new TimerWheel(services.clock, report);
    const transport = new Transport(services, wheel, {
      maxRequests: options.maxConcurrentRequests ?? 128,
      maxRequestsPerOrigin: options.maxConcurrentRequestsPerOrigin ?? 32,
      requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
      maxReplyBytes: options.maxReplyBytes ?? 2 ** 24,
    });
    this.#options = options;
    this.#host = {
      clock: services.clock,
      random: services.random,
      wheel,
      transport,
      feeds: new Feeds({ clock: services.clock, wheel, transport, report }),
      store,
      report,
      save: (token) => {
        const saved = this.#saving.then(() => store?.save(token));
        this.#saving = saved.catch(() => {});
        return saved;
      },
      finishing: (work) => {
        this.#finishing.add(work);
        work.finally(() => this.#finishing.delete(work));
      },
      ended: (actor) => void this.#handles.delete(actor.id),
      observer: undefined,
    };
    makeObservable(this, this.#host);
  }

  start<T>(operation: Operation<T>, options: StartOptions = {}): OperationHandle<T> {
    checkStartOptions(options);
    const { clock } = this.#host;
    const kind = findKind(operation?.kind);
    const input = kind.check(operation.input) as object;
    const { id = this.#newId(), deadlineMs = of(kind.deadlineMs, input) ?? Infinity } = options;
    const startedAt = clock.now();
    const schedule = checkSchedule(options.schedule ?? of(kind.schedule, input));
    this.#assertFree(options.id);
    const actor = new Actor(this.#host, {
      id,
      kind,
      table: transitionTable(kind.machine),
      input,
      schedule,
      retry: this.#retryOf(kind),
      startedAt,
      deadlineMs,
      deadlineAt: startedAt + deadlineMs,
      cancelsOnDeadline: options.onDeadline === "cancel",
    });
    return this.#run<T>(actor, options);
  }

  restore<T>(token: ResumeToken | string, options: RestoreOptions = {}): OperationHandle<T> {
    checkRestoreOptions(options);
    const saved = parseToken(token);
    const { clock } = this.#host;
    const kind = findKind(saved.kind);
    const table = transitionTable(kind.machine);
    const { headers, deadlineMs = saved.deadlineMs ?? Infinity } = options;
    const isKept = options.deadlineMs === undefined && saved.deadlineAt !== undefined &&
      saved.deadlineAt > clock.now();
    const state = table.state(saved.value);
    const stopped = this.#handles.get(saved.id);
    if (stopped?.snapshot.status !== "stopped") this.#assertFree(saved.id);
    // Whatever is still to be started must be as whole as a factory would have it.
    if (state === table.start.to && !saved.uncertain && !saved.outcome) kind.check(saved.input);
    const actor = new Actor(this.#host, {
      id: saved.id,
      kind,
      table,
      input: headers
        ? {
          ...saved.input,
          headers: { ...(saved.input as { headers?: object }).headers, ...headers },
        }
        : saved.input,
      schedule: checkSchedule(options.schedule ?? saved.schedule),
      retry: this.#retryOf(kind),
      startedAt: saved.startedAt,
      deadlineMs,
      deadlineAt: isKept ? saved.deadlineAt! : clock.now() + deadlineMs,
      cancelsOnDeadline: options.onDeadline === "cancel",
    });
    if (stopped) {
      stopped.dispose(stopReason("the operation was restored and goes on elsewhere"));
      this.#handles.delete(saved.id);
    }
    actor.state = state;
    actor.visited |= actor.state.bit;
    actor.memory = saved.memory;
    actor.pauses = saved.pauses;
    actor.polls = saved.polls;
    actor.requests = saved.requests;
    actor.nextPollAt = saved.nextPollAt ?? 0;
    actor.uncertain = saved.uncertain ?? false;
    if (saved.outcome) {
      const { polls, requests } = saved;
      actor.outcome = reviveOutcome(saved.outcome, { polls, requests });
      return new Handle<T>(actor, "leave");
    }
    return this.#run<T>(actor, options);
  }

  get(id: string): OperationHandle<unknown> | undefined {
    return this.#handles.get(id);
  }

  list(): Iterable<OperationHandle<unknown>> {
    return this.#handles.values();
  }

  async dispose(): Promise<void> {
    if (!this.#isDisposed) {
      this.#isDisposed = true;
      const reason = stopReason("the runtime was disposed; restore the operation's token to go on");
      for (const handle of [...this.#handles.values()]) handle.dispose(reason);
      this.#handles.clear();
    }
    await this.#saving;
    await Promise.all(this.#finishing); // providers are being asked to cancel
    await nextTurn(); // aborted requests let go of their sockets
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #run<T>(actor: Actor, options: RestoreOptions): OperationHandle<T> {
    const { inspect, actor: isActorMode, store } = this.#options;
    const token = store && actor.token();
    const handle = new Handle<T>(actor, options.onAbort ?? "leave");
    this.#handles.set(actor.id, handle as Handle<unknown>);
    if (inspect || isActorMode) actor.shadow = createShadow(actor, inspect);
    if (token) this.#host.save(token).catch(this.#host.report);
    if (!options.signal?.aborted) actor.begin();
    if (options.signal) handle.follow(options.signal);
    return handle;
  }

  /** An id that no other runtime makes up: when and by what chance this one was first asked, and a count. */
  #newId(): string {
    const { clock, random } = this.#host;
    this.#idPrefix ??= `${Math.floor(clock.now()).toString(36)}-${
      Math.floor(random() * 36 ** 6).toString(36).padStart(6, "0")
    }-`;
    // Joined, and not added: a sum remembers its parts.
    return [this.#idPrefix, (this.#count++).toString(36)].join("");
  }

  #retryOf(kind: OperationKind): CompleteRetryPolicy {
    let policy = this.#retries.get(kind);
    if (!policy) {
      policy = completeRetryPolicy(this.#options.retry, kind.retry);
      this.#retries.set(kind, policy);
    }
    return policy;
  }

  /** An id that we make up ourselves is free; `undefined` stands for one. */
  #assertFree(id: string | undefined): void {
    if (this.#isDisposed) {
      throw new TypeError("Cannot run operation: the runtime was disposed");
    }
    if (id !== undefined && this.#handles.has(id)) {
      throw new TypeError(`Cannot run operation: one with id "${id}" is running`);
    }
  }
}

function stopReason(why: string): DOMException {
  return new DOMException(`Waiting stopped: ${why}`, "AbortError");
}

/** A default of a kind, which may depend on the input. */
function of<V>(value: V | ((input: unknown) => V), input: unknown): V {
  return typeof value === "function" ? (value as (input: unknown) => V)(input) : value;
}

function reviveOutcome(
  outcome: NonNullable<ResumeToken["outcome"]>,
  counts: { readonly polls: number; readonly requests: number },
): Outcome {
  const { elapsedMs } = outcome;
  return outcome.kind === "succeeded"
    ? { kind: outcome.kind, value: outcome.value, ...counts, elapsedMs }
    : { kind: outcome.kind, error: parseLroError(outcome.error), ...counts, elapsedMs };
}
