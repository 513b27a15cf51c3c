/**
 * A service that has too much to do: what a client has to get over.
 *
 * @module
 */
import { operation } from "../../providers/azure/mod.ts";
import { createAzureEmulator } from "../../testing/mod.ts";
import type { DemoProvider, DemoScenario } from "./scenario.ts";

const tooMany = {
  error: { code: "TooManyRequests", message: "The limit of 12000 reads an hour is reached." },
};

/** Azure in its busiest hour. */
export const busyDemo: DemoProvider = {
  title: "Azure, busy",
  createHandler(clock) {
    return createAzureEmulator({
      clock,
      plan: { pollBy: "location", durationMs: 1_500, retryAfterSeconds: 1 },
      faults: [
        { on: "poll", nth: 1, status: 429, headers: { "retry-after": "2" }, body: tooMany },
        { on: "poll", nth: 2, status: 503 },
        { on: "poll", nth: 3, drop: "before" },
      ],
    }).handle;
  },
  scenarios(baseUrl): DemoScenario[] {
    const url = `${baseUrl}/virtualMachines/web/restart?api-version=2024-03-01`;
    return [{
      name: "429, 503, no answer",
      operation: operation({ request: { method: "POST", url }, pollIntervalMs: 500 }),
      expected: "succeeded",
    }];
  },
};
