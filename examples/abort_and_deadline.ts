/** Stop waiting: by a deadline, by a signal, for good or for a while. */
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { createRuntime, DeadlineExceededError, elasticio } from "@lro/machines";
import { createElasticioEmulator, createVirtualClock } from "@lro/machines/testing";

const clock = createVirtualClock();
const emulator = createElasticioEmulator({ clock, plan: { durationMs: 90_000, result: 42 } });
const runtime = createRuntime({ clock, fetch: emulator.fetch });
const operation = elasticio.execution<number>({
  execution: {
    execution_type: "get_meta_model",
    component: "mapper",
    action_or_trigger: "put",
    account_id: "540492e623773659c5000001",
  },
});

// A deadline is for the whole wait, and exact. The operation may still run:
// the error carries a token with which the waiting can be taken up again.
const outcome = await clock.runUntil(
  runtime.start(operation, { deadlineMs: 60_000 }).outcome(),
);
assertEquals(outcome.kind, "timedOut");
assertEquals(clock.now(), 60_000);
if (outcome.kind === "succeeded") throw new Error("it cannot have");
assertInstanceOf(outcome.error, DeadlineExceededError);
const resumed = runtime.restore<number>(outcome.error.token!);

// A signal ends a wait in the same turn. The handle can be waited on again.
const controller = new AbortController();
const waiting = resumed.result({ signal: controller.signal });
const rejected = assertRejects(() => waiting, Error, "not now");
controller.abort(new Error("not now"));
await rejected;
assertEquals(clock.timers, 0);

assertEquals(await clock.runUntil(resumed.result()), 42);
assertEquals(emulator.count("schedule"), 1);
await runtime.dispose();
console.log(`42 after ${clock.now() / 1_000} virtual seconds, scheduled once`);
