/** A thousand operations on one runtime: one timer, one place that fetches. */
import { assertEquals } from "@std/assert";
import { createRuntime, elasticio, type Outcome } from "@lro/machines";
import { createElasticioEmulator, createVirtualClock } from "@lro/machines/testing";

const clock = createVirtualClock(); // so that the example need not take a minute
const emulator = createElasticioEmulator({
  clock,
  plan: (_execution, index) => ({ durationMs: index * 50, result: index }),
});
const runtime = createRuntime({ clock, fetch: emulator.fetch, maxConcurrentRequests: 100 });

const handles = Array.from({ length: 1_000 }, () =>
  runtime.start(elasticio.execution<number>({
    execution: {
      execution_type: "get_meta_model",
      component: "mapper",
      action_or_trigger: "put",
      account_id: "540492e623773659c5000001",
    },
  })));
const outcomes: Outcome<number>[] = await clock.runUntil(
  Promise.all(handles.map((handle) => handle.outcome())),
);

assertEquals(outcomes.filter(({ kind }) => kind === "succeeded").length, 1_000);
assertEquals([...runtime.list()], []); // a runtime keeps nothing of what has ended
await runtime.dispose();
console.log(`1000 operations in ${clock.now() / 1_000} virtual seconds`);
