/**
 * What the conformance claims have to know of a kind of operation, and the check
 * of it.
 *
 * @module
 */
import { describe, isRecord, refuse } from "../../model/check_input.ts";
import type { Operation } from "../../model/message.ts";
import type { ScriptedResponse } from "../fetch/scripted_fetch.ts";

/** One kind of operation, and a life of it. */
export interface ConformanceRow<T = unknown> {
  /** Makes the operation anew. */
  readonly operation: () => Operation<T>;
  /** The replies of a life that ends well, in order; one of them at least says "not yet". */
  readonly replies: readonly ScriptedResponse[];
  /** What it yields then; compared as JSON. */
  readonly value: T;
  /** Replies of a life that ends with `operation-failed`. */
  readonly failingReplies: readonly ScriptedResponse[];
  /** Which of `replies` answer requests that must never be sent twice, e.g. `[0]` for a start. */
  readonly unrepeatable: readonly number[];
  /**
   * Which of `replies` answers the request that starts something; `null` for a
   * kind that starts nothing.
   *
   * @default {undefined} That to the first request whose method is not GET, if there is one.
   */
  readonly start?: number | null;
  /**
   * What every error after an accepted start has as its `partialResult`, so that
   * whoever started something knows what; compared as JSON. Not checked where it
   * is absent.
   */
  readonly partialResult?: unknown;
  /**
   * Where any JSON with a success status, or no body at all, may be the result:
   * everywhere, or in the place of those of `replies`. A page or any other text
   * never is.
   *
   * @default {false}
   */
  readonly anyJson?: boolean | readonly number[];
  /**
   * What is answered from `handle.cancel()` on, in order, for a kind that asks
   * its provider to cancel: the answer to that request, and to those that follow
   * it until the operation is canceled.
   *
   * @default {undefined} One answer of 404, which a kind that only stops waiting never asks for.
   */
  readonly cancelReplies?: readonly ScriptedResponse[];
}

/**
 * Checks a row, which may have been written without types.
 *
 * @throws {TypeError} Naming the field, what was expected and what was seen.
 */
export function checkRow(row: unknown): void {
  if (!isRecord(row)) refuse(DOING, "row", "an object", row);
  const { operation, replies, failingReplies, unrepeatable, start, anyJson, cancelReplies } = row;
  if (typeof operation !== "function") {
    refuse(DOING, "row.operation", "a function that makes an operation", operation);
  }
  const { length } = checkReplies("replies", replies);
  checkReplies("failingReplies", failingReplies);
  checkIndices("unrepeatable", unrepeatable, length);
  if (start !== undefined && start !== null) checkIndices("start", [start], length);
  if (anyJson !== undefined && typeof anyJson !== "boolean") {
    checkIndices("anyJson", anyJson, length);
  }
  if (cancelReplies !== undefined) checkReplies("cancelReplies", cancelReplies);
  if (!("value" in row)) {
    throw new TypeError(
      `Cannot ${DOING}: row.value must be what the operation yields, undefined too, got nothing`,
    );
  }
}

const DOING = "make conformance claims";

function checkReplies(field: string, replies: unknown): readonly unknown[] {
  if (!Array.isArray(replies)) refuse(DOING, `row.${field}`, "a list of responses", replies);
  if (replies.length === 0) {
    throw new TypeError(`Cannot ${DOING}: row.${field} must hold a response, got an empty list`);
  }
  replies.forEach((reply, index) => {
    if (!isRecord(reply)) refuse(DOING, `row.${field}[${index}]`, "a response", reply);
  });
  return replies;
}

function checkIndices(field: string, indices: unknown, length: number): void {
  const expected = `places in row.replies, from 0 to ${length - 1}`;
  if (!Array.isArray(indices)) refuse(DOING, `row.${field}`, `a list of ${expected}`, indices);
  for (const index of indices) {
    if (Number.isInteger(index) && index >= 0 && index < length) continue;
    throw new TypeError(
      `Cannot ${DOING}: row.${field} must name ${expected}, got ${describe(index)}`,
    );
  }
}
