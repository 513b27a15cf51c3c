/**
 * The one kind of Azure's operations, made known to the runtime.
 *
 * @module
 */
import { defineKind, type OperationKind } from "../../model/kind.ts";
import { fixed } from "../../model/schedule.ts";
import { type AzureInput, checkAzureInput } from "./input.ts";
import { operationMachine } from "./machine.ts";
import { protocol } from "./protocol.ts";
import type { AzureMemory } from "./state.ts";

/** The kind behind `azure.operation`. */
export const operationKind: OperationKind<AzureInput, AzureMemory> = defineKind({
  name: "azure.operation",
  machine: operationMachine,
  protocol,
  check: checkAzureInput,
  schedule: ({ pollIntervalMs }) => fixed(pollIntervalMs),
  retry: { attempts: 5, baseMs: 800, maxMs: 30_000 },
});
