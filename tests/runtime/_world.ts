/** A runtime with a clock that stands still and a server that plays a script. */
import {
  createRuntime,
  isLroError,
  type LroError,
  type OperationHandle,
  type Outcome,
  type RefreshableFetch,
  type Runtime,
  type RuntimeOptions,
} from "@lro/machines";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedFetch,
  type ScriptedResponse,
  type VirtualClock,
} from "@lro/machines/testing";

export interface World extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly fetch: ScriptedFetch;
  readonly runtime: Runtime;
  /** What was reported to `onError`. */
  readonly reported: unknown[];
  /** When requests arrived. */
  times(): number[];
  /** `METHOD /path` of every request. */
  asked(): string[];
}

/** A world whose server gives these answers, and the last one for ever where it is in `thenRepeat`. */
export function createWorld(
  responses: readonly (ScriptedResponse | Error)[],
  options: Omit<RuntimeOptions, "fetch" | "clock"> & {
    readonly thenRepeat?: ScriptedResponse | Error;
    readonly startMs?: number;
    /** Something around the scripted fetch. */
    readonly around?: (fetch: typeof globalThis.fetch, clock: VirtualClock) => RefreshableFetch;
  } = {},
): World {
  const { thenRepeat, startMs = 1_700_000_000_000, around, ...rest } = options;
  const clock = createVirtualClock({ startMs });
  const fetch = createScriptedFetch(
    responses.map((response) => ({ response })),
    {
      clock,
      ...(thenRepeat !== undefined && { thenRepeat }),
    },
  );
  const reported: unknown[] = [];
  const runtime = createRuntime({
    fetch: around?.(fetch, clock) ?? fetch,
    clock,
    random: () => 0.5,
    onError: (error) => void reported.push(error),
    ...rest,
  });
  return {
    clock,
    fetch,
    runtime,
    reported,
    times: () => fetch.requests.map(({ atMs }) => atMs),
    asked: () => fetch.requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`),
    [Symbol.asyncDispose]: () => runtime.dispose(),
  };
}

/** The error of an end that is not a good one. */
export function errorOf(outcome: Outcome): LroError {
  if (outcome.kind === "succeeded") throw new Error("It succeeded");
  if (!isLroError(outcome.error)) throw new Error("It is no error of ours");
  return outcome.error;
}

/** How it ended: `"succeeded"`, or the error's code. */
export function endOf(outcome: Outcome): string {
  return outcome.kind === "succeeded" ? outcome.kind : errorOf(outcome).code;
}

/** Waits for the end on the world's clock. */
export function outcomeOf<T>(
  world: Pick<World, "clock">,
  handle: OperationHandle<T>,
): Promise<Outcome<T>> {
  return world.clock.runUntil(handle.outcome());
}

/** How far a promise is by now, without waiting for it. */
export async function stateOf(
  promise: Promise<unknown>,
): Promise<"pending" | "kept" | "rejected"> {
  const pending = {};
  try {
    return await Promise.race([promise, Promise.resolve(pending)]) === pending ? "pending" : "kept";
  } catch {
    return "rejected";
  }
}

/** A signal that counts who listens. */
export function countingSignal(): {
  readonly controller: AbortController;
  readonly signal: AbortSignal;
  listeners(): number;
} {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (
    type: string,
    listener: unknown,
    options?: unknown,
  ) => {
    listeners.add(listener);
    add(type, listener as EventListener, options as AddEventListenerOptions);
  };
  signal.removeEventListener = (type: string, listener: unknown) => {
    listeners.delete(listener);
    remove(type, listener as EventListener);
  };
  add("abort", () => listeners.clear()); // all of ours are there for once
  return { controller, signal, listeners: () => listeners.size };
}

export const ACCEPTED: ScriptedResponse = { status: 202 };
export const PENDING: ScriptedResponse = { status: 200, json: {} };
export const DONE: ScriptedResponse = { status: 200, json: { done: "value" } };
