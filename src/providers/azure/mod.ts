/**
 * Azure: wait for long-running operations of Azure Resource Manager and of
 * data-plane services.
 *
 * @module
 */
import { createOperation } from "../../model/kind.ts";
import type { Operation } from "../../model/message.ts";
import type { AzureMonitorOptions, AzureOptions } from "./input.ts";
import { operationKind } from "./operation_kind.ts";

export { operationKind };

export { from, type FromOptions, type SdkRequest, type SdkResponse } from "./from.ts";
export type {
  Algorithm,
  AzureInput,
  AzureMonitorOptions,
  AzureOptions,
  FinalStateVia,
  InitialReply,
} from "./input.ts";
export type { AzureMemory, Started, Vanished } from "./state.ts";
export type { StatusWords } from "./status_words.ts";

/**
 * Starts an Azure operation and waits for its result: by the monitor
 * (`Operation-Location`, `Azure-AsyncOperation`), by `Location`, by the resource
 * itself, or by the status alone, whichever the first reply offers.
 *
 * The first poll is sent at once, or when `Retry-After` says; then every 30 s.
 * There is no deadline unless one is given.
 *
 * An operation that runs already is joined by its `monitor`, or by a GET on
 * whatever URL tells of it; see {@linkcode from} for the replies of an SDK.
 *
 * @example Join one that somebody else has started
 * ```ts
 * import { azure } from "@lro/machines";
 * import { assertEquals } from "@std/assert";
 *
 * const monitor = "https://management.azure.com/operations/1?api-version=2024-03-01";
 * const operation = azure.operation({ monitor });
 * assertEquals(operation.kind, "azure.operation");
 * ```
 *
 * @example Create a resource
 * ```ts
 * import { azure } from "@lro/machines";
 * import { assertEquals } from "@std/assert";
 *
 * const operation = azure.operation<{ id: string }>({
 *   request: {
 *     method: "PUT",
 *     url: "https://management.azure.com/subscriptions/s/resourceGroups/g?api-version=2024-03-01",
 *     body: { location: "westeurope" },
 *   },
 * });
 * assertEquals(operation.kind, "azure.operation");
 * ```
 *
 * @typeParam T The type of the result.
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type, or two that contradict.
 * @throws {RangeError} If a number is out of bounds.
 */
export function operation<T = unknown>(
  options: AzureOptions | AzureMonitorOptions,
): Operation<T> {
  return createOperation<T>(operationKind, options);
}
