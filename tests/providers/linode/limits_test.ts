/** Rate limits by header: nothing is sent before Reset, for anybody on that origin. */
import { assert, assertEquals } from "@std/assert";
import { linode } from "@lro/machines";
import { createWorld, endOf } from "../../runtime/_world.ts";
import {
  API,
  createLinodeWorld,
  eventOf,
  ID,
  listOf,
  one,
  pull,
  shutdown,
  triggered,
} from "./_play.ts";

/** Nothing is left until that many seconds after the start. */
const spent = (seconds: number) => ({
  "x-ratelimit-limit": "800",
  "x-ratelimit-remaining": "0",
  "x-ratelimit-reset": String(1_700_000_000 + seconds),
});

Deno.test("with no request left nothing is sent before Reset", async () => {
  await using world = createWorld([
    { ...listOf(), headers: spent(33) },
    { status: 200, headers: spent(40) }, // the trigger
    { ...listOf(eventOf(7, "started")), headers: spent(41) },
    { ...one(7, "started"), headers: spent(41) }, // Reset is no reason to be early
    one(7, "finished"),
  ]);
  const handle = world.runtime.start(triggered());
  assertEquals((await world.clock.runUntil(handle.result())).id, 7);
  assertEquals(world.times(), [0, 33_000, 40_000, 41_000, 46_000]);
});

Deno.test("everybody on that origin waits, and nobody else", async () => {
  await using world = createWorld([
    { ...listOf(), headers: spent(30) },
    listOf(),
    listOf(),
  ]);
  const { clock, runtime, fetch } = world;
  const free = (baseUrl: string) =>
    runtime.start(linode.entityFree({ entityType: "linode", entityId: ID, baseUrl }));
  await clock.runUntil(free(API).outcome());
  const same = free(`${API}beta`);
  const other = free("https://other.example/v4");
  await clock.runUntil(other.result());
  assertEquals(clock.now(), clock.startMs);
  await clock.runUntil(same.result());
  assertEquals(world.times(), [0, 0, 30_000]);
  fetch.assertDone();
});

Deno.test("a deadline does not wait for Reset", async () => {
  await using world = createWorld([{ ...listOf(), headers: spent(3_600) }]);
  const handle = world.runtime.start(triggered(), { deadlineMs: 10_000 });
  assertEquals(endOf(await world.clock.runUntil(handle.outcome())), "deadline-exceeded");
  assertEquals(world.clock.now() - world.clock.startMs, 10_000);
  assertEquals(world.clock.timers, 0);
});

for (const reset of ["soon", "-1", "0", ""]) {
  Deno.test(`a Reset of ${JSON.stringify(reset)} holds nothing up`, async () => {
    const headers = { ...spent(0), "x-ratelimit-reset": reset };
    await using world = createWorld([
      { ...listOf(), headers },
      listOf(eventOf(7, "started")),
      one(7, "finished"),
    ]);
    const handle = world.runtime.start(shutdown());
    await pull(handle);
    await world.clock.runUntil(handle.result());
    assertEquals(world.times(), [0, 0, 0]);
  });
}

Deno.test("a hundred waiters stay within an API's limit, and none is refused", async () => {
  const ids = Array.from({ length: 100 }, (_, index) => index + 1);
  await using world = createLinodeWorld({
    instances: ids,
    limit: { requests: 40, windowMs: 30_000 },
    plan: { durationMs: 12_000 },
  });
  const { clock, emulator, runtime } = world;
  const handles = ids.map((id) =>
    runtime.start(linode.event({
      entityType: "linode",
      entityId: id,
      action: "linode_boot",
      trigger: { method: "POST", url: `${API}/linode/instances/${id}/boot` },
    }))
  );
  const outcomes = await clock.runUntil(Promise.all(handles.map((each) => each.outcome())));
  assertEquals(new Set(outcomes.map(endOf)), new Set(["succeeded"]));
  const windows = new Map<number, number>();
  let start = -Infinity;
  for (const { atMs } of emulator.log) {
    if (atMs >= start + 30_000) start = atMs;
    windows.set(start, (windows.get(start) ?? 0) + 1);
  }
  // Those that were on their way when the last one was used up may be too many.
  assert([...windows.values()].every((count) => count <= 40 + 32), JSON.stringify([...windows]));
});
