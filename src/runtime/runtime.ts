/**
 * Runs any number of operations on one clock, one fetch and one timer.
 *
 * @module
 */
import { checkHeaders } from "../model/check_input.ts";
import { parseLroError } from "../model/parse_lro_error.ts";
import { findKind, type OperationKind } from "../model/kind.ts";
import type { Outcome, UnsuccessfulOutcome } from "../model/outcome.ts";
import type { Operation } from "../model/message.ts";
import { type Clock, nextTurn } from "../services.ts";
import { Actor } from "./engine/actor.ts";
import type { ActorPlan } from "./engine/actor_plan.ts";
import { Handle } from "./handle/handle.ts";
import { LocalHost, makeObservable } from "./local_context.ts";
import type { OperationHandle } from "../model/handle.ts";
import {
  checkRestoreOptions,
  checkRuntimeOptions,
  checkStartOptions,
  type RestoreOptions,
  type RuntimeOptions,
  type StartOptions,
} from "./options.ts";
import { completeRetryPolicy } from "./http/retry.ts";
import type { CompleteRetryPolicy } from "../model/retry.ts";
import { checkSchedule, type Schedule } from "../model/schedule.ts";
import { createShadow } from "./engine/xstate_mirror.ts";
import { SPECIMEN_INITS, SPECIMEN_OPTIONS, specimenPlan, specimenReply } from "./specimen.ts";
import { parseToken } from "./engine/token.ts";
import type { ResumeToken } from "../model/token.ts";
import { startOnce, type StartOnceOptions } from "./start_once.ts";
import { transitionTable } from "./engine/edges.ts";

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
   * Starts an operation unless its id is known: then it joins the one that runs
   * here, restores the one that the store holds, or gives the known end. Calls at
   * once in one runtime start once. Without a store only what runs here is known;
   * with `removeEnded` an end is forgotten when it was told. Two processes that
   * share a store must not call it for the same id in the same moment.
   *
   * `options` count for whoever begins it; the secrets that a token leaves out
   * are taken from `operation`.
   *
   * @throws {TypeError} If the operation or an option is not fit, the id is of another kind, or its token cannot be read.
   * @throws {RangeError} If a number is out of bounds.
   * @throws What the store throws: nothing is started then.
   */
  startOnce<T>(operation: Operation<T>, options: StartOnceOptions): Promise<OperationHandle<T>>;
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

/** Kept for ever. */
let specimens: readonly unknown[] | undefined;

class LocalRuntime implements Runtime {
  readonly #options: RuntimeOptions;
  readonly #host: LocalHost;
  #lastPlan: ActorPlan | undefined;
  readonly #retries = new Map<OperationKind, CompleteRetryPolicy>();
  #isDisposed = false;
  /** Ids that are being looked for in the store. */
  readonly #starting = new Map<string, Promise<OperationHandle<unknown>>>();

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.#host = new LocalHost(options);
    makeObservable(this, this.#host);
  }

  /** A runtime with an operation that waits for ever. */
  static specimen(): Runtime {
    const runtime = new LocalRuntime(SPECIMEN_OPTIONS);
    const plan = specimenPlan(runtime.#host);
    const { signal } = new AbortController();
    for (const init of SPECIMEN_INITS) runtime.#run(new Actor(plan, init), { signal }).result();
    return runtime;
  }

  start<T>(operation: Operation<T>, options: StartOptions = {}): OperationHandle<T> {
    checkStartOptions(options);
    const { clock } = this.#host;
    const kind = findKind(operation?.kind);
    const input = kind.check(operation.input) as object;
    const { headers } = input as { headers?: unknown };
    if (headers !== undefined) checkHeaders(headers, `start ${kind.name}`);
    const { id, deadlineMs = untilMs(options, clock) ?? of(kind.deadlineMs, input) ?? Infinity } =
      options;
    const schedule = checkSchedule(options.schedule ?? of(kind.schedule, input));
    this.#assertFree(id);
    const startedAt = clock.now();
    const actor = new Actor(this.#planOf(kind, schedule, deadlineMs, options), {
      key: id ?? this.#host.handles.newKey(),
      input,
      startedAt,
      deadlineAt: startedAt + deadlineMs,
    });
    return this.#run<T>(actor, options, startedAt);
  }

  async startOnce<T>(
    operation: Operation<T>,
    options: StartOnceOptions,
  ): Promise<OperationHandle<T>> {
    checkStartOptions(options);
    const { id } = options;
    if (id === undefined) throw new TypeError("Cannot start operation once: id must be a text");
    findKind(operation?.kind).check(operation.input);
    const { clock, load } = this.#host;
    const earlier = this.#starting.get(id);
    const services = { runtime: this, now: () => clock.now(), load };
    const begin = () => startOnce(operation, options, services);
    const handle = earlier ? earlier.then(begin, begin) : begin();
    this.#starting.set(id, handle);
    try {
      return await handle;
    } finally {
      if (this.#starting.get(id) === handle) this.#starting.delete(id);
    }
  }

  restore<T>(token: ResumeToken | string, options: RestoreOptions = {}): OperationHandle<T> {
    checkRestoreOptions(options);
    const saved = parseToken(token);
    const { clock, handles } = this.#host;
    const kind = findKind(saved.kind);
    const table = transitionTable(kind.machine);
    const { headers, deadlineMs = untilMs(options, clock) ?? saved.deadlineMs ?? Infinity } =
      options;
    const isKept = options.deadlineMs === undefined && options.deadlineAt === undefined &&
      saved.deadlineAt !== undefined &&
      saved.deadlineAt > clock.now();
    const state = table.state(saved.value);
    const stopped = handles.get(saved.id);
    if (stopped?.snapshot.status !== "stopped") this.#assertFree(saved.id);
    // Whatever is still to be started must be as whole as a factory would have it.
    if (state === table.start.to && !saved.uncertain && !saved.outcome) kind.check(saved.input);
    if (!saved.outcome) assertRestorable(kind, saved, options.allowedOrigins);
    const schedule = checkSchedule(options.schedule ?? saved.schedule);
    const actor = new Actor(this.#planOf(kind, schedule, deadlineMs, options), {
      key: saved.id,
      input: headers
        ? {
          ...saved.input,
          headers: { ...(saved.input as { headers?: object }).headers, ...headers },
        }
        : saved.input,
      startedAt: saved.startedAt,
      deadlineAt: isKept ? saved.deadlineAt! : clock.now() + deadlineMs,
    });
    if (stopped) {
      stopped.dispose(stopReason("the operation was restored and goes on elsewhere"));
      handles.delete(stopped);
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
    return this.#host.handles.get(id);
  }

  list(): Iterable<OperationHandle<unknown>> {
    return this.#host.handles.list();
  }

  async dispose(): Promise<void> {
    const { handles } = this.#host;
    if (!this.#isDisposed) {
      this.#isDisposed = true;
      const reason = stopReason("the runtime was disposed; restore the operation's token to go on");
      for (const handle of handles.list()) {
        handle.dispose(reason);
        handles.delete(handle);
      }
    }
    await this.#host.finished(); // providers are being asked to cancel
    await nextTurn(); // aborted requests let go of their sockets
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #run<T>(actor: Actor, options: RestoreOptions, nowMs?: number): OperationHandle<T> {
    const { inspect, actor: isActorMode, store } = this.#options;
    const token = store && actor.token();
    const handle = new Handle<T>(actor, options.onAbort ?? "leave");
    this.#host.handles.add(handle as Handle<unknown>);
    if (inspect || isActorMode) actor.more.shadow = createShadow(actor, inspect);
    if (token) this.#host.save(token).catch(this.#host.report);
    const isStopped = options.signal !== undefined && handle.follow(options.signal);
    if (!isStopped) actor.begin(nowMs);
    return handle;
  }

  /** Those that are started alike share one plan. */
  #planOf(
    kind: OperationKind,
    schedule: Schedule,
    deadlineMs: number,
    { onDeadline, allowedOrigins: origins }: RestoreOptions,
  ): ActorPlan {
    const last = this.#lastPlan;
    const cancelsOnDeadline = onDeadline === "cancel";
    const isSame = last?.kind === kind && last.schedule === schedule &&
      last.deadlineMs === deadlineMs && last.cancelsOnDeadline === cancelsOnDeadline &&
      !last.allowedOrigins && !origins;
    if (isSame) {
      specimens ??= [LocalRuntime.specimen(), specimenReply()]; // a program that waits once does without
      return last;
    }
    return this.#lastPlan = {
      host: this.#host,
      kind,
      table: transitionTable(kind.machine),
      schedule,
      retry: this.#retryOf(kind),
      deadlineMs,
      cancelsOnDeadline,
      allowedOrigins: origins?.map((origin) => new URL(origin).origin),
    };
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
    if (id !== undefined && this.#host.handles.get(id)) {
      throw new TypeError(`Cannot run operation: one with id "${id}" is running`);
    }
  }
}

/** How long it is until `deadlineAt`, in milliseconds. */
function untilMs({ deadlineAt }: RestoreOptions, clock: Clock): number | undefined {
  return deadlineAt === undefined ? undefined : Math.max(0, deadlineAt - clock.now());
}

function stopReason(why: string): DOMException {
  return new DOMException(`Waiting stopped: ${why}`, "AbortError");
}

/** A default of a kind, which may depend on the input. */
function of<V>(value: V | ((input: unknown) => V), input: unknown): V {
  return typeof value === "function" ? (value as (input: unknown) => V)(input) : value;
}

/** Whether a token's input has what its kind cannot do without, and leads where it may. */
function assertRestorable(
  { name, protocol }: OperationKind,
  { input }: ResumeToken,
  allowedOrigins: readonly string[] | undefined,
): void {
  let origin: string;
  try {
    protocol.begin(input, () => "0");
    origin = protocol.origin(input);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`Cannot restore ${name}: the input of the token does not fit: ${reason}`, {
      cause,
    });
  }
  const isAllowed = !allowedOrigins ||
    allowedOrigins.some((allowed) => new URL(allowed).origin === origin);
  if (isAllowed) return;
  throw new TypeError(
    `Cannot restore ${name}: its token leads to ${origin}, allowedOrigins has ${
      allowedOrigins.join(", ")
    }`,
  );
}

function reviveOutcome(
  outcome: NonNullable<ResumeToken["outcome"]>,
  counts: { readonly polls: number; readonly requests: number },
): Outcome {
  const { elapsedMs } = outcome;
  if (outcome.kind === "succeeded") {
    return { kind: outcome.kind, value: outcome.value, ...counts, elapsedMs };
  }
  const { kind } = outcome;
  const error = parseLroError(outcome.error);
  return { kind, error, ...counts, elapsedMs } as UnsuccessfulOutcome;
}
