/**
 * LXD and Incus: wait for operations, list, look at and cancel them.
 *
 * @module
 */
import { createOperation, defineKind, type OperationKind } from "../../model/kind.ts";
import type { Operation } from "../../model/message.ts";
import { fixed } from "../../model/schedule.ts";
import { checkOperationInput, type LxdOperationInput, type OperationInput } from "./input.ts";
import { operationMachine } from "./machine.ts";
import type { LxdOperation } from "./operation.ts";
import type { LxdMemory } from "./memory.ts";
import { protocol } from "./protocol.ts";

export type { LxdCommonInput, LxdOperationInput, OperationInput } from "./input.ts";
export { cancelOperation, getOperation, operations, request } from "./one_shot.ts";
export type { LxdListInput, LxdOneInput, LxdReply, LxdRequestInput } from "./one_shot.ts";
export type { CancelState, LxdOperation } from "./operation.ts";
export type { LxdMemory } from "./memory.ts";

/** The kind behind {@linkcode operation}. */
export const operationKind: OperationKind<OperationInput, LxdMemory> = defineKind({
  name: "lxd.operation",
  machine: operationMachine,
  protocol,
  check: checkOperationInput,
  // Looks while the event stream is listened to; its `quietMs` makes it no longer than this.
  schedule: fixed(4_000),
  // A server that is started anew is back within a minute; pauses stay below the 5 s of its memory.
  retry: { attempts: 40, baseMs: 250, maxMs: 3_000 },
});

/**
 * Starts an operation of LXD or Incus and waits for its end, or waits for one
 * that is under way. Where the request turns out to be answered at once, its
 * answer's `metadata` is the value; else it is the operation itself.
 *
 * It has no deadline unless `start` gives one. A token operation never ends by
 * itself.
 *
 * @example Usage
 * ```ts
 * import { lxd } from "@lro/machines";
 * import { assertEquals } from "@std/assert";
 *
 * const operation = lxd.operation({
 *   request: { method: "PUT", url: "/1.0/instances/c1/state", body: { action: "start" } },
 * });
 * assertEquals(operation.kind, "lxd.operation");
 * ```
 *
 * @typeParam T The type of the value.
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type.
 * @throws {RangeError} If `longPollMs` is out of bounds.
 */
export function operation<T = LxdOperation>(input: LxdOperationInput): Operation<T> {
  return createOperation<T>(operationKind, input);
}
