/**
 * The front door: one operation, one promise.
 *
 * @module
 */
import type { Operation } from "../model/message.ts";
import { isRuntimeOption, type RuntimeOptions, type StartOptions } from "./options.ts";
import { createRuntime, type Runtime } from "./runtime.ts";

/** For everybody who wants nothing special, so that they share one timer. */
let shared: Runtime | undefined;

/**
 * Starts an operation and waits for its value.
 *
 * @example Usage
 * ```ts
 * import { elasticio, wait } from "@lro/machines";
 * import { createElasticioEmulator } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const emulator = createElasticioEmulator({ plan: { durationMs: 0, result: { ok: true } } });
 * const value = await wait(
 *   elasticio.execution<{ ok: boolean }>({
 *     execution: {
 *       execution_type: "get_meta_model", component: "c", action_or_trigger: "a", account_id: "1",
 *     },
 *   }),
 *   { fetch: emulator.fetch, deadlineMs: 60_000, schedule: { kind: "fixed", intervalMs: 1 } },
 * );
 * assertEquals(value, { ok: true });
 * ```
 *
 * @typeParam T What the operation yields.
 * @param operation What to wait for.
 * @param options Those of a runtime and those of a start, together.
 * @returns The operation's value.
 * @throws {LroError} If it ends in any other way.
 * @throws The signal's reason, if it aborts.
 * @throws {TypeError} If the operation or an option is not fit.
 * @throws {RangeError} If a number is out of bounds.
 */
export async function wait<T>(
  operation: Operation<T>,
  options: RuntimeOptions & StartOptions = {},
): Promise<T> {
  const entries = Object.entries(options);
  const forRuntime = entries.filter(([name]) => isRuntimeOption(name));
  const forStart = entries.filter(([name]) => !isRuntimeOption(name));
  if (forRuntime.length === 0) {
    return await (shared ??= createRuntime()).start(operation, Object.fromEntries(forStart))
      .result();
  }
  const runtime = createRuntime(Object.fromEntries(forRuntime));
  try {
    return await runtime.start(operation, Object.fromEntries(forStart)).result();
  } finally {
    runtime.dispose(); // not waited for: an abort is told in the same turn
  }
}
