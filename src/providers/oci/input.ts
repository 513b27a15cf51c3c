/**
 * What every Oracle Cloud operation takes, and the check of it.
 *
 * @module
 */
import { checkCall, checkHeaders, checkMs, checkText, refuse } from "../../model/check_input.ts";
import type { Call, Given } from "../../model/message.ts";

/** What every Oracle Cloud operation takes. */
export interface WaitOptions {
  /**
   * The longest pause between two checks, in milliseconds. Pauses are 1 s, 2 s,
   * 4 s and so on up to it.
   *
   * @default {30000}
   */
  readonly maxIntervalMs?: number | undefined;
  /**
   * The longest wait in all, in milliseconds; `deadlineMs` of the start comes first.
   *
   * @default {1200000}
   */
  readonly maxWaitMs?: number | undefined;
  /**
   * Called after each check that found it unfinished, but not after the first.
   * What it throws is reported and contained. An operation with it cannot be
   * written to a token.
   *
   * @param timesChecked How often it was checked again, from 1.
   * @param body The body that was found.
   */
  readonly onWait?: ((timesChecked: number, body: unknown) => void) | undefined;
  /** Request headers for every call to the operation's own origin. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The same, complete. */
export type WaitInput = WaitOptions & Given<WaitOptions, "maxIntervalMs" | "maxWaitMs">;

/** Names of what every operation takes. */
export const COMMON: readonly string[] = ["maxIntervalMs", "maxWaitMs", "onWait", "headers"];

/**
 * Checks what every operation takes.
 *
 * @throws {TypeError} Naming the field.
 * @throws {RangeError} If a number is out of bounds.
 */
export function checkWait(
  input: Readonly<Record<string, unknown>>,
  doing: string,
): WaitInput {
  const { maxIntervalMs = 30_000, maxWaitMs = 1_200_000, onWait, headers } = input;
  const intervalMs = checkMs(maxIntervalMs, doing, "maxIntervalMs");
  if (intervalMs === 0) {
    throw new RangeError(`Cannot ${doing}: maxIntervalMs must be more than 0`);
  }
  return {
    maxIntervalMs: intervalMs,
    maxWaitMs: checkMs(maxWaitMs, doing, "maxWaitMs"),
    ...(onWait !== undefined && {
      onWait: checkFunction<NonNullable<WaitOptions["onWait"]>>(onWait, doing, "onWait"),
    }),
    ...(headers !== undefined && { headers: checkHeaders(headers, doing) }),
  };
}

/**
 * A function.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkFunction<F>(value: unknown, doing: string, field: string): F {
  return typeof value === "function" ? value as F : refuse(doing, field, "a function", value);
}

/**
 * `true` or `false`.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkFlag(value: unknown, doing: string, field: string): boolean {
  return typeof value === "boolean" ? value : refuse(doing, field, "true or false", value);
}

/**
 * A list of state words.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkStates(value: unknown, doing: string, field: string): readonly string[] {
  if (!Array.isArray(value)) return refuse(doing, field, "a list", value);
  return value.map((word) => checkText(word, doing, field));
}

/**
 * A GET without a body.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkGet(value: unknown, doing: string, field: string): Call {
  const call = checkCall(value, doing, field);
  if (call.method !== "GET") {
    throw new TypeError(
      `Cannot ${doing}: ${field}.method must be GET, got ${call.method}: only reading can be repeated`,
    );
  }
  if (call.body !== undefined) refuse(doing, `${field}.body`, "absent", call.body);
  return call;
}

/** Methods of actions. */
const ACTIONS = ["POST", "PUT", "PATCH", "DELETE"];

/**
 * A request that changes something.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkAction(value: unknown, doing: string): Call {
  const action = checkCall(value, doing, "action");
  if (ACTIONS.includes(action.method)) return action;
  throw new TypeError(
    `Cannot ${doing}: action.method must be ${ACTIONS.join(", ")}, got ${action.method}`,
  );
}

/** Whether a word is in a list, in any case; `CANCELLED` is `CANCELED`, as services write both. */
export function isAmong(word: string, words: readonly string[]): boolean {
  const plain = plainWord(word);
  return words.some((other) => plainWord(other) === plain);
}

function plainWord(word: string): string {
  const lower = word.toLowerCase();
  return lower === "cancelled" ? "canceled" : lower;
}

/**
 * For how long a 404 after an accepted action is "not yet", in milliseconds: only
 * what makes something can be answered before that is to be seen.
 *
 * @throws {TypeError} If it is no number, or is given where the action makes nothing.
 * @throws {RangeError} If it is out of bounds.
 */
export function checkGrace(value: unknown, { method }: Call, doing: string): number {
  const creates = method === "POST" || method === "PUT";
  if (value === undefined) return creates ? 60_000 : 0;
  const graceMs = checkMs(value, doing, "notFoundGraceMs");
  if (creates || graceMs === 0) return graceMs;
  throw new TypeError(
    `Cannot ${doing}: notFoundGraceMs is for what a POST or PUT makes, but action.method is ${method}`,
  );
}
