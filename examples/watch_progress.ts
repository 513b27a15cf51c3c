/** Watch an operation while it runs: every change is a snapshot. */
import { assertEquals } from "@std/assert";
import { createRuntime, elasticio } from "@lro/machines";
import { createElasticioEmulator } from "@lro/machines/testing";

const emulator = createElasticioEmulator({ plan: { durationMs: 200, result: "done" } });
const runtime = createRuntime({ fetch: emulator.fetch });
const handle = runtime.start(
  elasticio.execution({
    execution: {
      execution_type: "verify_credentials",
      component: "mapper",
      account_data: { user: "u", password: "p" },
    },
  }),
  { schedule: { kind: "fixed", intervalMs: 100 } },
);

const states: string[] = [];
for await (const { state, value, polls, nextPollAt } of handle) {
  if (states.at(-1) !== state) states.push(state);
  console.log(JSON.stringify(value), { polls, waits: nextPollAt !== undefined });
}

assertEquals(states, ["initial", "polling", "succeeded"]);
await runtime.dispose();
