/**
 * Plays scripts of replies, each in a world of its own, and says which claim is
 * not kept.
 *
 * @module
 */
import type { LroError } from "../../model/lro_error.ts";
import type { Outcome } from "../../model/outcome.ts";
import type { Operation } from "../../model/message.ts";
import type { OperationHandle } from "../../model/handle.ts";
import { createRuntime, type Runtime } from "../../runtime/runtime.ts";
import type { ConformanceRow } from "./conformance_row.ts";
import {
  createScriptedFetch,
  type Exchange,
  type ScriptedFetch,
  type ScriptedResponse,
} from "../fetch/scripted_fetch.ts";
import { createVirtualClock, type VirtualClock } from "../clock/virtual_clock.ts";

/** Where a script is played. */
interface World {
  readonly clock: VirtualClock;
  readonly fetch: ScriptedFetch;
  readonly runtime: Runtime;
}

/** How it is played. */
interface PlayOptions {
  readonly deadlineMs?: number;
  readonly requestTimeoutMs?: number;
  readonly thenRepeat?: ScriptedResponse;
  readonly onError?: (error: unknown) => void;
}

/** Plays a script in a world of its own and checks that nothing is left of it. */
export async function play(
  script: readonly ScriptedResponse[],
  act: (world: World) => Promise<void>,
  options: PlayOptions = {},
): Promise<void> {
  const { thenRepeat, onError, requestTimeoutMs } = options;
  const clock = createVirtualClock();
  const exchanges: Exchange[] = script.map((response) => ({
    response: response.status === undefined && !("drop" in response) &&
        !("refuse" in response) && !("hang" in response)
      ? { ...response, status: 200 }
      : response,
  }));
  const fetch = createScriptedFetch(exchanges, { clock, ...(thenRepeat && { thenRepeat }) });
  const runtime = createRuntime({
    clock,
    fetch,
    random: () => 0.5,
    ...(onError && { onError }),
    ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
  });
  try {
    await act({ clock, fetch, runtime });
  } finally {
    await runtime.dispose();
  }
  same(clock.timers, 0, "the timers left at the end");
}

/** Plays a script for an operation that was started. */
export function playHandle<T>(
  row: { readonly operation: () => Operation<T> },
  script: readonly ScriptedResponse[],
  act: (world: World & { readonly handle: OperationHandle<T> }) => Promise<void>,
  options: PlayOptions = {},
): Promise<void> {
  const { deadlineMs = Infinity } = options;
  return play(script, async (world) => {
    await act({ ...world, handle: world.runtime.start(row.operation(), { deadlineMs }) });
  }, options);
}

/** The request that starts something. */
export interface Start {
  /** Which request of the life it is, from 0. */
  readonly phase: number;
  /** Its method. */
  readonly method: string;
  /** Where it goes. */
  readonly url: string;
}

/** Finds the request that starts something, by playing the life that ends well. */
export async function findStart(
  row: Pick<ConformanceRow, "operation" | "replies" | "start">,
): Promise<Start | undefined> {
  let found: Start | undefined;
  if (row.start === null) return undefined;
  await playHandle(row, row.replies, async ({ handle, clock, fetch }) => {
    await clock.runUntil(handle.outcome());
    const phase = row.start ??
      fetch.requests.findIndex(({ method }) => method !== "GET" && method !== "HEAD");
    const request = fetch.requests[phase];
    if (request) found = { phase, method: request.method, url: request.url };
  });
  return found;
}

/** Moves time on, a second at a time, until something is so. */
export async function advanceUntil(clock: VirtualClock, isSo: () => boolean): Promise<void> {
  await clock.advance(0);
  for (let seconds = 0; !isSo(); seconds++) {
    check(seconds < 3_600, "it happens within an hour");
    await clock.advance(1_000);
  }
}

/** The value of what must have succeeded. */
export function valueOf(outcome: Outcome): unknown {
  if (outcome.kind === "succeeded") return outcome.value;
  throw new Error(`Not kept: it succeeds; it ended as ${outcome.kind}`, { cause: outcome.error });
}

/** The error of what must not have succeeded. */
export function errorOf(outcome: Outcome): LroError {
  if (outcome.kind !== "succeeded") return outcome.error;
  throw new Error("Not kept: it does not succeed");
}

/** Throws unless a claim is kept. */
export function check(isKept: boolean, claim: string): void {
  if (!isKept) throw new Error(`Not kept: ${claim}`);
}

/** Throws unless two values are the same as JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  if (actual === expected) return;
  const [seen, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (seen !== wanted || seen === undefined) {
    throw new Error(`Not kept: ${what} is ${wanted}, got ${seen}`);
  }
}
