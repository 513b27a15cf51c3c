/**
 * What `oci.actAndWaitForState` takes, and the check of it.
 *
 * @module
 */
import { checkRecord, checkText } from "../../model/check_input.ts";
import type { Call } from "../../model/message.ts";
import {
  checkAction,
  checkFlag,
  checkGet,
  checkGrace,
  checkStates,
  checkWait,
  COMMON,
  isAmong,
  type WaitInput,
  type WaitOptions,
} from "./input.ts";

/** What `oci.actAndWaitForState` takes. */
export interface ActAndWaitForStateOptions extends WaitOptions {
  /**
   * The request that changes the resource: POST, PUT, PATCH or DELETE. What a
   * DELETE is for is read first, and 404 is its good end.
   */
  readonly action: Call;
  /**
   * How to read the resource: a GET, or its URL alone. `{id}`, or any other name
   * in braces, stands for that field of the reply to the action.
   */
  readonly get: Call | string;
  /** States that end the wait, in any case; an empty list for no wait. */
  readonly states: readonly string[];
  /**
   * States that end it as a failure, in any case; `CANCELED`, in either spelling,
   * as canceled.
   *
   * @default {["TERMINATED", "TERMINATING", "DELETED", "DELETING", "FAILED", "FAULTY", "CANCELED"]} Those
   * that `states` does not ask for; and neither `TERMINATING` nor `DELETING` on the way to what is asked for.
   */
  readonly failureStates?: readonly string[] | undefined;
  /**
   * The property that holds the state.
   *
   * @default {"lifecycleState"}
   */
  readonly property?: string | undefined;
  /**
   * Whether a 404, but for the first look after the action, is what was waited for.
   *
   * @default {false} For a DELETE `true`.
   */
  readonly succeedOnNotFound?: boolean | undefined;
  /**
   * For how long, in milliseconds from the first look, a 404 is "not yet" for
   * what a POST or PUT has just made: some services answer before others know.
   *
   * @default {60000}
   */
  readonly notFoundGraceMs?: number | undefined;
}

/** The input of `oci.actAndWaitForState`, complete. */
export interface ActAndWaitForStateInput extends WaitInput {
  readonly action: Call;
  readonly get: Call;
  readonly states: readonly string[];
  readonly failureStates: readonly string[];
  readonly property: string;
  readonly succeedOnNotFound: boolean;
  readonly notFoundGraceMs: number;
}

const FAILURES = [
  "TERMINATED",
  "TERMINATING",
  "DELETED",
  "DELETING",
  "FAILED",
  "FAULTY",
  "CANCELED",
];

/** States on the way to another one. */
const ON_THE_WAY: readonly (readonly [state: string, to: string])[] = [
  ["TERMINATING", "TERMINATED"],
  ["DELETING", "DELETED"],
];

const FIELDS = [
  "action",
  "get",
  "states",
  "failureStates",
  "property",
  "succeedOnNotFound",
  "notFoundGraceMs",
  ...COMMON,
];

/**
 * Checks the input of `oci.actAndWaitForState`.
 *
 * @throws {TypeError} Naming the field.
 * @throws {RangeError} If a number is out of bounds.
 */
export function checkActAndWaitForStateInput(value: unknown): ActAndWaitForStateInput {
  const doing = "make oci.actAndWaitForState";
  const input = checkRecord(value, doing, "input", FIELDS);
  const action = checkAction(input["action"], doing);
  const isDelete = action.method === "DELETE";
  const { get, property = "lifecycleState", succeedOnNotFound = isDelete } = input;
  const template = checkTemplate(get, doing);
  if (isDelete && placeholders(template.url).length > 0) {
    throw new TypeError(
      `Cannot ${doing}: get.url must be whole for a DELETE, got one with ${
        placeholders(template.url).join(", ")
      }`,
    );
  }
  const states = checkStates(input["states"], doing, "states");
  const { failureStates = usualFailures(states, isDelete) } = input;
  return {
    action,
    get: template,
    states,
    failureStates: checkStates(failureStates, doing, "failureStates"),
    property: checkText(property, doing, "property"),
    succeedOnNotFound: checkFlag(succeedOnNotFound, doing, "succeedOnNotFound"),
    notFoundGraceMs: checkGrace(input["notFoundGraceMs"], action, doing),
    ...checkWait(input, doing),
  };
}

function usualFailures(states: readonly string[], isDelete: boolean): readonly string[] {
  const awaited = ON_THE_WAY.flatMap(([state, to]) =>
    isDelete || isAmong(to, states) ? [state, ...(isDelete && to === "DELETED" ? [to] : [])] : []
  );
  return FAILURES.filter((word) => !isAmong(word, states) && !awaited.includes(word));
}

function checkTemplate(get: unknown, doing: string): Call {
  const call = checkGet(typeof get === "string" ? { method: "GET", url: get } : get, doing, "get");
  // `URL` writes braces in a path in its own way.
  return { ...call, url: call.url.replace(/%7B(\w+)%7D/gi, "{$1}") };
}

/** What stands in braces in a URL. */
export function placeholders(url: string): string[] {
  return url.match(/\{\w+\}/g) ?? [];
}

/**
 * Fills a template.
 *
 * @returns The URL, or the name of the field that is missing.
 */
export function fillTemplate(
  template: string,
  body: Readonly<Record<string, unknown>>,
): { readonly url: string } | { readonly missing: string } {
  let missing: string | undefined;
  const url = template.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    if (typeof value === "number" || (typeof value === "string" && value !== "")) {
      return encodeURIComponent(value);
    }
    missing ??= name;
    return placeholder;
  });
  return missing === undefined ? { url } : { missing };
}
