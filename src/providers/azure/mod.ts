/**
 * Azure: wait for long-running operations of Azure Resource Manager and of
 * data-plane services.
 *
 * @module
 */
import { createOperation, defineKind, type OperationKind } from "../../kind.ts";
import type { Operation } from "../../operation.ts";
import { fixed } from "../../runtime/schedule.ts";
import { type AzureInput, type AzureOptions, checkAzureInput } from "./input.ts";
import { operationMachine } from "./machine.ts";
import { protocol } from "./protocol.ts";
import type { AzureMemory } from "./state.ts";

export type { Algorithm, AzureInput, AzureOptions, FinalStateVia, InitialReply } from "./input.ts";
export type { AzureMemory } from "./state.ts";

/** The kind behind {@linkcode operation}. */
export const operationKind: OperationKind<AzureInput, AzureMemory> = defineKind({
  name: "azure.operation",
  machine: operationMachine,
  protocol,
  check: checkAzureInput,
  schedule: ({ pollIntervalMs }) => fixed(pollIntervalMs),
  retry: { attempts: 5, baseMs: 800, maxMs: 30_000 },
});

/**
 * Starts an Azure operation and waits for its result: by the monitor
 * (`Operation-Location`, `Azure-AsyncOperation`), by `Location`, by the resource
 * itself, or by the status alone, whichever the first reply offers.
 *
 * The first poll is sent at once, or when `Retry-After` says; then every 30 s.
 * There is no deadline unless one is given.
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
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type.
 * @throws {RangeError} If a number is out of bounds.
 */
export function operation<T = unknown>(options: AzureOptions): Operation<T> {
  return createOperation<T>(operationKind, options);
}
