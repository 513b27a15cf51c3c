/**
 * Azure's part of the demo.
 *
 * @module
 */
import type { Operation } from "../../model/message.ts";
import { operation } from "../../providers/azure/mod.ts";
import { type AzureBehaviour, createAzureEmulator } from "../../testing/mod.ts";
import type { DemoProvider, DemoScenario } from "./scenario.ts";

/** What becomes of an operation on each resource. */
const BEHAVIOURS: Readonly<Record<string, AzureBehaviour>> = {
  "/virtualMachines/web": { durationMs: 4_000 },
  "/virtualMachines/web/restart": {
    pollBy: "location",
    durationMs: 3_000,
    retryAfterSeconds: 1,
    result: { restarted: "web" },
  },
  "/virtualMachines/huge": {
    durationMs: 2_000,
    end: "fails",
    error: {
      code: "OperationNotAllowed",
      message: "The operation exceeds the quota.",
      innererror: { code: "QuotaExceeded" },
    },
  },
};

/** Azure's part of the demo. */
export const azureDemo: DemoProvider = {
  title: "Azure",
  createHandler(clock) {
    const plan = ({ path }: { readonly path: string }): AzureBehaviour => BEHAVIOURS[path] ?? {};
    return createAzureEmulator({ clock, plan }).handle;
  },
  scenarios(baseUrl): DemoScenario[] {
    const of = (method: string, path: string): Operation =>
      operation({
        request: {
          method,
          url: `${baseUrl}${path}?api-version=2024-03-01`,
          ...(method === "PUT" && { body: { location: "westeurope" } }),
        },
        pollIntervalMs: 500,
      });
    return [
      {
        name: "PUT, monitor",
        operation: of("PUT", "/virtualMachines/web"),
        expected: "succeeded",
      },
      {
        name: "POST, Location",
        operation: of("POST", "/virtualMachines/web/restart"),
        expected: "succeeded",
      },
      {
        name: "over the quota",
        operation: of("PUT", "/virtualMachines/huge"),
        expected: "failed",
        expectedCode: "operation-failed",
      },
    ];
  },
};
