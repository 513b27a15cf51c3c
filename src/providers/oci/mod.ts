/**
 * Oracle Cloud Infrastructure: wait for resources and work requests, act and
 * wait.
 *
 * @module
 */
import { createOperation, defineKind } from "../../model/kind.ts";
import type { Operation } from "../../model/message.ts";
import { exponential, type Schedule } from "../../model/schedule.ts";
import type { WaitInput } from "./input.ts";
import {
  actAndWaitForStateMachine,
  actAndWaitForWorkRequestMachine,
  waitUntilMachine,
  workRequestMachine,
} from "./machine.ts";
import { type ActAndWaitForStateOptions, checkActAndWaitForStateInput } from "./state_input.ts";
import { actAndWaitForStateProtocol } from "./state_protocol.ts";
import { checkWaitUntilInput, type WaitUntilOptions } from "./wait_until_input.ts";
import { waitUntilProtocol } from "./wait_until_protocol.ts";
import type { ActionResult, WorkRequest } from "./work_request.ts";
import {
  type ActAndWaitForWorkRequestOptions,
  checkActAndWaitForWorkRequestInput,
  checkWorkRequestInput,
  type WorkRequestOptions,
} from "./work_request_input.ts";
import { actAndWaitForWorkRequestProtocol, workRequestProtocol } from "./work_request_protocol.ts";

export type { WaitOptions } from "./input.ts";
export type { Predicate } from "./predicate.ts";
export { registerPredicate } from "./predicate.ts";
export type { ActAndWaitForStateOptions } from "./state_input.ts";
export type {
  PredicateTest,
  PropertyTest,
  PropertyValue,
  ReadByCall,
  ReadByFunction,
  WaitUntilOptions,
} from "./wait_until_input.ts";
export type { ActionResult, WorkRequest } from "./work_request.ts";
export type { ActAndWaitForWorkRequestOptions, WorkRequestOptions } from "./work_request_input.ts";
export type { WorkRequestPlace } from "./work_request_url.ts";

const defaults = {
  schedule: ({ maxIntervalMs }: WaitInput): Schedule =>
    exponential({ initialMs: 1_000, factor: 2, maxMs: maxIntervalMs }),
  deadlineMs: ({ maxWaitMs }: WaitInput): number => maxWaitMs,
  retry: { attempts: 8, baseMs: 1_000, maxMs: 30_000, jitter: "added" },
} as const;

const waitUntilKind = defineKind({
  name: "oci.waitUntil",
  machine: waitUntilMachine,
  protocol: waitUntilProtocol,
  check: checkWaitUntilInput,
  ...defaults,
});

const workRequestKind = defineKind({
  name: "oci.workRequest",
  machine: workRequestMachine,
  protocol: workRequestProtocol,
  check: checkWorkRequestInput,
  ...defaults,
});

const actAndWaitForWorkRequestKind = defineKind({
  name: "oci.actAndWaitForWorkRequest",
  machine: actAndWaitForWorkRequestMachine,
  protocol: actAndWaitForWorkRequestProtocol,
  check: checkActAndWaitForWorkRequestInput,
  ...defaults,
});

const actAndWaitForStateKind = defineKind({
  name: "oci.actAndWaitForState",
  machine: actAndWaitForStateMachine,
  protocol: actAndWaitForStateProtocol,
  check: checkActAndWaitForStateInput,
  ...defaults,
});

/**
 * Reads a resource until a property has a value, or a predicate holds.
 *
 * Checks at once, then after 1, 2, 4, 8, 16, 30, 30, ... seconds; the deadline
 * is 20 minutes.
 *
 * @example Wait for an instance
 * ```ts
 * import { oci } from "@lro/machines";
 * import { assertEquals } from "@std/assert";
 *
 * const operation = oci.waitUntil<{ lifecycleState: string }>({
 *   get: {
 *     method: "GET",
 *     url: "https://iaas.us-ashburn-1.oraclecloud.com/20160918/instances/ocid1.instance.1",
 *   },
 *   property: "lifecycleState",
 *   state: ["RUNNING", "STOPPED"],
 * });
 * assertEquals(operation.kind, "oci.waitUntil");
 * ```
 *
 * @typeParam T The type of the body; with `succeedOnNotFound` the value may also be `undefined`.
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type.
 * @throws {RangeError} If a number is out of bounds.
 */
export function waitUntil<T = unknown>(options: WaitUntilOptions<T>): Operation<T> {
  return createOperation<T>(waitUntilKind, options);
}

/**
 * Follows a work request to its end. If that is `FAILED` or `CANCELED`, its
 * error entries and log lines are in the `details` of the error.
 *
 * Asks at once, then after 1, 2, 4, 8, 16, 30, 30, ... seconds; the deadline is
 * 20 minutes.
 *
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type.
 * @throws {RangeError} If a number is out of bounds.
 */
export function workRequest(options: WorkRequestOptions): Operation<WorkRequest> {
  return createOperation<WorkRequest>(workRequestKind, options);
}

/**
 * Sends an action and follows the work request that it starts. An error of the
 * wait has the body of the action's reply as `partialResult`.
 *
 * A POST carries an `opc-retry-token`, so that sending it again cannot act twice.
 *
 * @typeParam T The type of the body of the reply to the action.
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type.
 * @throws {RangeError} If a number is out of bounds.
 */
export function actAndWaitForWorkRequest<T = unknown>(
  options: ActAndWaitForWorkRequestOptions,
): Operation<ActionResult<T>> {
  return createOperation<ActionResult<T>>(actAndWaitForWorkRequestKind, options);
}

/**
 * Sends an action and waits for a state of the resource that it is about. An
 * error of the wait has the body of the action's reply as `partialResult`.
 *
 * A POST carries an `opc-retry-token`, so that sending it again cannot act twice.
 *
 * @example Launch an instance
 * ```ts
 * import { oci } from "@lro/machines";
 * import { assertEquals } from "@std/assert";
 *
 * const url = "https://iaas.us-ashburn-1.oraclecloud.com/20160918/instances";
 * const operation = oci.actAndWaitForState<{ id: string }>({
 *   action: { method: "POST", url, body: { compartmentId: "c", shape: "s" } },
 *   get: `${url}/{id}`,
 *   states: ["RUNNING"],
 * });
 * assertEquals(operation.kind, "oci.actAndWaitForState");
 * ```
 *
 * @typeParam T The type of the resource; where it is gone, as after a DELETE, the value is `undefined`.
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type.
 * @throws {RangeError} If a number is out of bounds.
 */
export function actAndWaitForState<T = unknown>(options: ActAndWaitForStateOptions): Operation<T> {
  return createOperation<T>(actAndWaitForStateKind, options);
}
