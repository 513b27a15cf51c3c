/**
 * What `oci.waitUntil` takes, and the check of it.
 *
 * @module
 */
import { checkRecord, checkText, refuse } from "../../model/check_input.ts";
import type { FetchReply } from "../../model/protocol.ts";
import type { Call } from "../../model/message.ts";
import {
  checkFlag,
  checkFunction,
  checkGet,
  checkWait,
  COMMON,
  type WaitInput,
  type WaitOptions,
} from "./input.ts";
import { findPredicate, type Predicate } from "./predicate.ts";

/** A value that a property may have. */
export type PropertyValue = string | number | boolean | null;

/** Waits for the value of a property. */
export interface PropertyTest {
  /** The property's name in the body, e.g. `"lifecycleState"`. */
  readonly property: string;
  /** The value, or one of several; texts are compared as they are, case and all. */
  readonly state: PropertyValue | readonly PropertyValue[];
  /** Not together with `property`. */
  readonly evaluate?: never | undefined;
}

/** Waits until a predicate holds. */
export interface PredicateTest<T> {
  /**
   * Says whether it is as wanted: a function, or the name under which one was
   * registered. What it throws ends the operation.
   */
  readonly evaluate: string | Predicate<T>;
  /** Not together with `evaluate`. */
  readonly property?: never | undefined;
  /** Not together with `evaluate`. */
  readonly state?: never | undefined;
}

/** Reads by a request. */
export interface ReadByCall {
  /** The GET that reads the resource. */
  readonly get: Call;
  /** Gets the reply in place of `get`, e.g. page by page. */
  readonly fetchReply?: FetchReply | undefined;
}

/** Reads in the caller's own way. */
export interface ReadByFunction {
  /** Not needed. */
  readonly get?: never | undefined;
  /** Gets the reply, e.g. page by page. An operation with it cannot be written to a token. */
  readonly fetchReply: FetchReply;
}

/**
 * What `oci.waitUntil` takes.
 *
 * @typeParam T The type of the body.
 */
export type WaitUntilOptions<T = unknown> =
  & WaitOptions
  & (ReadByCall | ReadByFunction)
  & (PropertyTest | PredicateTest<T>)
  & {
    /**
     * Whether a 404, but for the first request, is what was waited for. The
     * value is `undefined` then and the outcome has `notFound`.
     *
     * @default {false}
     */
    readonly succeedOnNotFound?: boolean | undefined;
  };

/** The input of `oci.waitUntil`, complete. */
export interface WaitUntilInput extends WaitInput {
  readonly get?: Call | undefined;
  readonly fetchReply?: FetchReply | undefined;
  readonly property?: string | undefined;
  readonly state?: PropertyValue | readonly PropertyValue[] | undefined;
  readonly evaluate?: string | Predicate | undefined;
  readonly succeedOnNotFound: boolean;
}

const FIELDS = [
  "get",
  "fetchReply",
  "property",
  "state",
  "evaluate",
  "succeedOnNotFound",
  ...COMMON,
];

/**
 * Checks the input of `oci.waitUntil`.
 *
 * @throws {TypeError} Naming the field.
 * @throws {RangeError} If a number is out of bounds.
 */
export function checkWaitUntilInput(value: unknown): WaitUntilInput {
  const doing = "make oci.waitUntil";
  const input = checkRecord(value, doing, "input", FIELDS);
  const { get, fetchReply, property, state, evaluate, succeedOnNotFound = false } = input;
  if (get === undefined && fetchReply === undefined) {
    throw new TypeError(`Cannot ${doing}: expected get or fetchReply, got neither`);
  }
  if ((property === undefined) === (evaluate === undefined)) {
    throw new TypeError(
      `Cannot ${doing}: expected either property or evaluate, got ${
        property === undefined ? "neither" : "both"
      }`,
    );
  }
  if (evaluate !== undefined && state !== undefined) {
    throw new TypeError(`Cannot ${doing}: state belongs to property, and there is none`);
  }
  return {
    ...(get !== undefined && { get: checkGet(get, doing, "get") }),
    ...(fetchReply !== undefined && {
      fetchReply: checkFunction<FetchReply>(fetchReply, doing, "fetchReply"),
    }),
    ...(property !== undefined && {
      property: checkText(property, doing, "property"),
      state: checkState(state, doing),
    }),
    ...(evaluate !== undefined && { evaluate: checkPredicate(evaluate, doing) }),
    succeedOnNotFound: checkFlag(succeedOnNotFound, doing, "succeedOnNotFound"),
    ...checkWait(input, doing),
  };
}

function checkPredicate(value: unknown, doing: string): string | Predicate {
  if (typeof value === "string") findPredicate(value);
  else checkFunction(value, doing, "evaluate");
  return value as string | Predicate;
}

function checkState(value: unknown, doing: string): PropertyValue | readonly PropertyValue[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) refuse(doing, "state", "a value, or a list of some", value);
  for (const one of values) {
    const isValue = one === null || typeof one === "string" || typeof one === "boolean" ||
      Number.isFinite(one);
    if (!isValue) {
      refuse(doing, "state", "a text, a number, a boolean, null, or a list of them", one);
    }
  }
  return value as PropertyValue | readonly PropertyValue[];
}
