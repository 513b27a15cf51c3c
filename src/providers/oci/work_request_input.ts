/**
 * What `oci.workRequest` and `oci.actAndWaitForWorkRequest` take, and the check
 * of it.
 *
 * @module
 */
import { checkBaseUrl, checkMs, checkRecord, checkText } from "../../model/check_input.ts";
import type { Call } from "../../model/message.ts";
import { originOf } from "../../model/url.ts";
import {
  checkAction,
  checkStates,
  checkWait,
  COMMON,
  type WaitInput,
  type WaitOptions,
} from "./input.ts";
import { checkWorkRequestUrl, needsNamespace, type WorkRequestPlace } from "./work_request_url.ts";

/** What `oci.workRequest` takes. */
export interface WorkRequestOptions extends WaitOptions, WorkRequestPlace {
  /** The work request's id. */
  readonly workRequestId: string;
  /**
   * Statuses that end the wait, in any case. `FAILED` and `CANCELED` always end
   * it, as the failure that they are. `COMPLETED` is Object Storage's good end.
   *
   * @default {["SUCCEEDED", "COMPLETED", "FAILED", "CANCELED"]}
   */
  readonly states?: readonly string[] | undefined;
}

/** What `oci.actAndWaitForWorkRequest` takes. */
export interface ActAndWaitForWorkRequestOptions extends Omit<WorkRequestOptions, "workRequestId"> {
  /** The request that starts the work: POST, PUT, PATCH or DELETE. */
  readonly action: Call;
  /**
   * Statuses that end the wait, in any case; an empty list for no wait. `FAILED`
   * and `CANCELED` always end it, as the failure that they are.
   *
   * @default {["SUCCEEDED", "COMPLETED", "FAILED", "CANCELED"]}
   */
  readonly states?: readonly string[] | undefined;
  /**
   * For how long, in milliseconds from the first look, a 404 is "not yet" for the
   * work request that the action has just started.
   *
   * @default {60000}
   */
  readonly notFoundGraceMs?: number | undefined;
}

/** The input of `oci.workRequest`, complete. */
export type WorkRequestInput = WorkRequestOptions & WaitInput & {
  readonly states: readonly string[];
};

/** The input of `oci.actAndWaitForWorkRequest`, complete. */
export type ActAndWaitForWorkRequestInput =
  & ActAndWaitForWorkRequestOptions
  & WaitInput
  & { readonly states: readonly string[]; readonly notFoundGraceMs: number };

const ENDS = ["SUCCEEDED", "COMPLETED", "FAILED", "CANCELED"];

const PLACE: readonly string[] = ["baseUrl", "workRequestUrl"];

/**
 * Checks the input of `oci.workRequest`.
 *
 * @throws {TypeError} Naming the field.
 * @throws {RangeError} If a number is out of bounds.
 */
export function checkWorkRequestInput(value: unknown): WorkRequestInput {
  const doing = "make oci.workRequest";
  const input = checkRecord(value, doing, "input", [
    "workRequestId",
    ...PLACE,
    "states",
    ...COMMON,
  ]);
  const { workRequestId, states = ENDS } = input;
  const words = checkStates(states, doing, "states");
  if (words.length === 0) {
    throw new TypeError(`Cannot ${doing}: states must name a status to wait for, got none`);
  }
  return {
    workRequestId: checkText(workRequestId, doing, "workRequestId"),
    ...checkPlace(input, doing),
    states: words,
    ...checkWait(input, doing),
  };
}

/**
 * Checks the input of `oci.actAndWaitForWorkRequest`.
 *
 * @throws {TypeError} Naming the field.
 * @throws {RangeError} If a number is out of bounds.
 */
export function checkActAndWaitForWorkRequestInput(value: unknown): ActAndWaitForWorkRequestInput {
  const doing = "make oci.actAndWaitForWorkRequest";
  const input = checkRecord(value, doing, "input", [
    "action",
    ...PLACE,
    "states",
    "notFoundGraceMs",
    ...COMMON,
  ]);
  const { states = ENDS } = input;
  const action = checkAction(input["action"], doing);
  return {
    action,
    ...checkPlace(input, doing, action),
    states: checkStates(states, doing, "states"),
    notFoundGraceMs: checkMs(input["notFoundGraceMs"] ?? 60_000, doing, "notFoundGraceMs"),
    ...checkWait(input, doing),
  };
}

/** Where the work request is: `baseUrl`, `workRequestUrl`, or both of one origin. */
function checkPlace(
  input: Readonly<Record<string, unknown>>,
  doing: string,
  action?: Call,
): WorkRequestPlace {
  const { baseUrl, workRequestUrl } = input;
  if (workRequestUrl === undefined && baseUrl === undefined) {
    throw new TypeError(`Cannot ${doing}: expected baseUrl or workRequestUrl, got neither`);
  }
  const base = baseUrl === undefined ? undefined : checkBaseUrl(baseUrl, doing);
  if (workRequestUrl === undefined) {
    if (base !== undefined && needsNamespace(base, action)) {
      throw new TypeError(
        `Cannot ${doing}: work requests of Logging Analytics are within a namespace, which ` +
          "baseUrl does not tell: expected workRequestUrl",
      );
    }
    return { baseUrl: base! };
  }
  const template = checkWorkRequestUrl(workRequestUrl, doing);
  if (base !== undefined && originOf(base) !== originOf(template)) {
    throw new TypeError(
      `Cannot ${doing}: baseUrl and workRequestUrl must be of one origin, got ${
        originOf(base)
      } and ${originOf(template)}`,
    );
  }
  return { ...(base !== undefined && { baseUrl: base }), workRequestUrl: template };
}
