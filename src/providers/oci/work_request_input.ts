/**
 * What `oci.workRequest` and `oci.actAndWaitForWorkRequest` take, and the check
 * of it.
 *
 * @module
 */
import { checkBaseUrl, checkRecord, checkText } from "../../check_input.ts";
import type { Call } from "../../operation.ts";
import {
  checkAction,
  checkStates,
  checkWait,
  COMMON,
  type WaitInput,
  type WaitOptions,
} from "./input.ts";

/** What `oci.workRequest` takes. */
export interface WorkRequestOptions extends WaitOptions {
  /** The work request's id. */
  readonly workRequestId: string;
  /** The address of the service's API, e.g. `"https://iaas.us-ashburn-1.oraclecloud.com"`. */
  readonly baseUrl: string;
  /**
   * Statuses that end the wait, in any case. `FAILED` and `CANCELED` always end
   * it, as the failure that they are.
   *
   * @default {["SUCCEEDED", "FAILED", "CANCELED"]}
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
   * @default {["SUCCEEDED", "FAILED", "CANCELED"]}
   */
  readonly states?: readonly string[] | undefined;
}

/** The input of `oci.workRequest`, complete. */
export type WorkRequestInput = WorkRequestOptions & WaitInput & {
  readonly states: readonly string[];
};

/** The input of `oci.actAndWaitForWorkRequest`, complete. */
export type ActAndWaitForWorkRequestInput =
  & ActAndWaitForWorkRequestOptions
  & WaitInput
  & { readonly states: readonly string[] };

const ENDS = ["SUCCEEDED", "FAILED", "CANCELED"];

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
    "baseUrl",
    "states",
    ...COMMON,
  ]);
  const { workRequestId, baseUrl, states = ENDS } = input;
  const words = checkStates(states, doing, "states");
  if (words.length === 0) {
    throw new TypeError(`Cannot ${doing}: states must name a status to wait for, got none`);
  }
  return {
    workRequestId: checkText(workRequestId, doing, "workRequestId"),
    baseUrl: checkBaseUrl(baseUrl, doing),
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
  const input = checkRecord(value, doing, "input", ["action", "baseUrl", "states", ...COMMON]);
  const { action, baseUrl, states = ENDS } = input;
  return {
    action: checkAction(action, doing),
    baseUrl: checkBaseUrl(baseUrl, doing),
    states: checkStates(states, doing, "states"),
    ...checkWait(input, doing),
  };
}
