/** The machine's own clock, and what becomes of it while a test runner fakes timers. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { azure, createRuntime } from "@lro/machines";
import { createAzureEmulator, createVirtualClock } from "@lro/machines/testing";
import { nextTurn, realTime, systemClock } from "../src/services.ts";

const url = "https://management.azure.com/r?api-version=1";
const operation = azure.operation({ request: { method: "PUT", url, body: {} } });

/** Has something else for `setTimeout` for a while. */
async function withSetTimeout(
  replacement: typeof setTimeout,
  run: () => void | Promise<void>,
): Promise<void> {
  const { setTimeout } = globalThis;
  globalThis.setTimeout = replacement;
  try {
    await run();
  } finally {
    globalThis.setTimeout = setTimeout;
  }
}

Deno.test("systemClock is the time of day, whatever becomes of Date", () => {
  assertAlmostEquals(systemClock.now(), Date.now(), 1_000);
  const { Date: RealDate } = globalThis;
  try {
    globalThis.Date = class extends RealDate {
      static override now(): number {
        return 0;
      }
    } as DateConstructor;
    assertAlmostEquals(systemClock.now(), RealDate.now(), 1_000);
  } finally {
    globalThis.Date = RealDate;
  }
});

Deno.test("systemClock goes with faked timers, and realTime() does not", () => {
  using time = new FakeTime(5_000);
  const fired: number[] = [];
  systemClock.setTimeout(() => fired.push(systemClock.now()), 60_000);
  systemClock.clearTimeout(systemClock.setTimeout(() => fired.push(-1), 10));
  assertEquals(systemClock.now(), 5_000);
  time.tick(60_000);
  assertEquals(fired, [65_000]);
  assert(realTime() > 1_000_000_000_000);
});

Deno.test("systemClock takes time from timers that fire at once, where nothing else is faked", async () => {
  const atOnce = ((fn: () => void) => (fn(), 0)) as unknown as typeof setTimeout;
  await withSetTimeout(atOnce, () => {
    const before = systemClock.now();
    systemClock.setTimeout(() => {}, 3_600_000);
    assertAlmostEquals(systemClock.now() - before, 3_600_000, 1_000);
  });
  assertAlmostEquals(systemClock.now(), Date.now(), 1_000);
});

Deno.test("systemClock is as exact as ever where somebody only wraps timers", async () => {
  const { setTimeout } = globalThis;
  const wrapped =
    ((...args: Parameters<typeof setTimeout>) => setTimeout(...args)) as typeof setTimeout;
  await withSetTimeout(wrapped, async () => {
    for (let round = 0; round < 5; round++) {
      await new Promise<void>((resolve) => void systemClock.setTimeout(() => resolve(), 2));
    }
    assertAlmostEquals(systemClock.now(), realTime(), 1);
  });
});

Deno.test("a runtime under faked timers waits, meets its deadline and ends", async () => {
  using time = new FakeTime();
  const { fetch } = createAzureEmulator({ plan: { durationMs: 3_600_000 } });
  const runtime = createRuntime({ fetch });
  const handle = runtime.start(operation, { deadlineMs: 60_000 });
  while (handle.snapshot.status === "active") await time.tickAsync(500);
  const outcome = await handle.outcome();
  assertEquals([outcome.kind, outcome.elapsedMs], ["timedOut", 60_000]);
  await runtime.dispose();
});

Deno.test("the virtual clock and nextTurn() go on while timers and setImmediate are faked", async () => {
  const { setImmediate } = globalThis as { setImmediate?: unknown };
  using _time = new FakeTime();
  try {
    Object.assign(globalThis, { setImmediate: () => {} });
    await nextTurn();
    const clock = createVirtualClock();
    const { fetch } = createAzureEmulator({ clock, plan: { durationMs: 600_000 } });
    const runtime = createRuntime({ fetch, clock });
    await clock.runUntil(runtime.start(operation).result());
    assert(clock.now() >= 600_000);
    await runtime.dispose();
  } finally {
    Object.assign(globalThis, { setImmediate });
  }
});
