/**
 * Operations inside a user's own statechart: `invoke` or `spawn` them as any
 * other XState actor.
 *
 * @module
 */
import { type ActorLogic, type ActorSystem, type EventObject, toLogic } from "../xstate/mod.ts";
import type { CallerEvent } from "../model/protocol.ts";
import type { OperationSnapshot } from "../model/outcome.ts";
import type { Operation } from "../model/message.ts";
import type { OperationHandle } from "../model/handle.ts";
import type { StartOptions } from "./options.ts";
import type { Runtime } from "./runtime.ts";
import type { ResumeToken } from "../model/token.ts";

/** The snapshot of an operation that runs as an XState actor. */
export type OperationActorSnapshot<T, Input = unknown> =
  & {
    /** What the actor was given. */
    readonly input: Input;
    /** Where the operation stands; absent before the actor is started. */
    readonly operation: OperationSnapshot<T> | undefined;
    /** The running operation; absent in persisted snapshots. */
    readonly handle: OperationHandle<T> | undefined;
    /** Restores the operation; only in persisted snapshots. */
    readonly token: ResumeToken | undefined;
  }
  & (
    | {
      readonly status: "active" | "stopped";
      readonly output: undefined;
      readonly error: undefined;
    }
    | { readonly status: "done"; readonly output: T; readonly error: undefined }
    | { readonly status: "error"; readonly output: undefined; readonly error: unknown }
  );

/** What such an actor receives: events for the operation, and our own news of it. */
export type OperationActorEvent = EventObject & { readonly [field: string]: unknown };

/** Actor logic for `invoke`, `spawn` and `createActor`. */
export type OperationActorLogic<T, Input = unknown> = ActorLogic<
  OperationActorSnapshot<T, Input>,
  OperationActorEvent,
  Input,
  // deno-lint-ignore no-explicit-any -- as in XState's own logic types
  ActorSystem<any>
>;

/** Options for {@linkcode toActorLogic}: those of a start, less what the actor decides itself. */
export type ToActorLogicOptions = Omit<StartOptions, "id" | "signal">;

/**
 * Makes an operation fit for an XState machine. Its value is the actor's output,
 * any other end its error; every change is a snapshot; leaving the invoking state
 * stops the waiting (and, with `onAbort: "cancel"`, asks the provider to cancel).
 * Events sent to the actor go to the operation. A persisted snapshot holds the
 * operation's token, and restoring it goes on from there.
 *
 * @example Invoke
 * ```ts
 * import { createRuntime, elasticio, toActorLogic } from "@lro/machines";
 * import { createElasticioEmulator, createVirtualClock } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 * import { createActor, setup, toPromise } from "xstate";
 *
 * const clock = createVirtualClock();
 * const emulator = createElasticioEmulator({ clock, plan: { durationMs: 3_000, result: 7 } });
 * await using runtime = createRuntime({ clock, fetch: emulator.fetch });
 * const execution = toActorLogic(
 *   elasticio.execution<number>({
 *     execution: {
 *       execution_type: "get_meta_model", component: "c", action_or_trigger: "a", account_id: "1",
 *     },
 *   }),
 *   runtime,
 * );
 * const machine = setup({ actors: { execution } }).createMachine({
 *   initial: "running",
 *   states: {
 *     running: { invoke: { src: "execution", onDone: "ready", onError: "broken" } },
 *     ready: { type: "final" },
 *     broken: { type: "final" },
 *   },
 * });
 * const actor = createActor(machine).start();
 * await clock.runUntil(toPromise(actor));
 * assertEquals(actor.getSnapshot().value, "ready");
 * ```
 *
 * @param operation What to wait for, or a function that makes it of the actor's input.
 * @param runtime Who runs it.
 * @param options How.
 */
export function toActorLogic<T, Input = unknown>(
  operation: Operation<T> | ((input: Input) => Operation<T>),
  runtime: Pick<Runtime, "start" | "restore">,
  options: ToActorLogicOptions = {},
): OperationActorLogic<T, Input> {
  const controllers = new WeakMap<object, AbortController>();
  type State = OperationActorSnapshot<T, Input>;
  const logic = toLogic<State, OperationActorEvent>({
    begin: (input) => ({ ...IDLE, input: input as Input }),
    start: (state, self) => {
      if (state.status !== "active") return;
      const controller = new AbortController();
      const startOptions = { ...options, signal: controller.signal };
      const handle = state.token ? runtime.restore<T>(state.token, startOptions) : runtime.start(
        typeof operation === "function" ? operation(state.input) : operation,
        startOptions,
      );
      controllers.set(self, controller);
      const tell = (): void =>
        self.send({ type: CHANGED, handle, operation: handle.snapshot } as OperationActorEvent);
      handle.subscribe({ next: tell, complete: tell });
      if (handle.snapshot.status === "active") tell();
    },
    receive: (state, event) => {
      if (state.status !== "active") return state;
      if (event.type === CHANGED) return follow(state, event as unknown as Change<T>);
      state.handle?.send(event as CallerEvent);
      return state;
    },
    stop: (state, self) => {
      if (state.status !== "active") return state;
      controllers.get(self)?.abort(new DOMException("The actor was stopped", "AbortError"));
      return { ...state, status: "stopped" };
    },
    persist: (state) =>
      ({
        ...state,
        operation: undefined,
        handle: undefined,
        token: state.status === "active" ? state.handle?.token() ?? state.token : undefined,
      }) as State,
  });
  return logic as OperationActorLogic<T, Input>;
}

interface Change<T> {
  readonly handle: OperationHandle<T>;
  readonly operation: OperationSnapshot<T>;
}

const CHANGED = "lro.changed";

const IDLE = {
  operation: undefined,
  handle: undefined,
  token: undefined,
  status: "active",
  output: undefined,
  error: undefined,
} as const;

function follow<T, Input>(
  state: OperationActorSnapshot<T, Input>,
  { handle, operation }: Change<T>,
): OperationActorSnapshot<T, Input> {
  const { outcome } = operation;
  const next = { input: state.input, token: undefined, handle, operation };
  if (outcome?.kind === "succeeded") {
    return { ...next, status: "done", output: outcome.value, error: undefined };
  }
  if (outcome) return { ...next, status: "error", output: undefined, error: outcome.error };
  if (operation.status === "active") {
    return { ...next, status: "active", output: undefined, error: undefined };
  }
  // The runtime was disposed under it.
  const error = new DOMException("The operation's runtime stopped it", "AbortError");
  return { ...next, status: "error", output: undefined, error };
}
