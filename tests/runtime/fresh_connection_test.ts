import { assertEquals } from "@std/assert";
import { createRuntime, elasticio } from "@lro/machines";
import { createElasticioEmulator, serveLoopback } from "@lro/machines/testing";

const execution = {
  execution_type: "get_meta_model",
  component: "c",
  action_or_trigger: "a",
  account_id: "1",
} as const;
const schedule = { kind: "fixed", intervalMs: 5 } as const;

Deno.test("a start whose connection breaks is on the wire once, on a kept-alive connection too", async () => {
  const emulator = createElasticioEmulator({
    plan: { durationMs: 0, result: 1 },
    faults: [{ on: "schedule", nth: 2, drop: "after" }],
  });
  await using server = await serveLoopback(emulator.handle);
  await using runtime = createRuntime();
  const operation = elasticio.execution({ baseUrl: server.url, execution });
  assertEquals(await runtime.start(operation, { schedule }).result(), 1);
  const outcome = await runtime.start(operation, { schedule }).outcome();
  assertEquals(outcome.kind === "failed" && outcome.error.code, "transport");
  assertEquals(emulator.count("schedule"), 2);
});

Deno.test("a result that can be read once is asked for twice when connections break, never more", async () => {
  const emulator = createElasticioEmulator({
    plan: {
      durationMs: 0,
      result: 1,
      faults: [{ on: "result", drop: "after" }],
    },
  });
  await using server = await serveLoopback(emulator.handle);
  await using runtime = createRuntime({ retry: { baseMs: 1 } });
  const operation = elasticio.execution({ baseUrl: server.url, execution });
  await runtime.start(operation, { schedule }).outcome();
  assertEquals(emulator.count("result"), 2);
});
