/** A store that never answers: what waits for it, and for how long. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { OperationStore, ResumeToken } from "@lro/machines";
import { createMemoryStore } from "@lro/machines/store/memory";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, endOf, errorOf, outcomeOf, stateOf } from "./_world.ts";

/** A store whose `save` never settles for some tokens. */
function createHangingStore(hangs: (token: ResumeToken) => boolean): OperationStore {
  const store = createMemoryStore();
  return {
    ...store,
    save: (token) => hangs(token) ? new Promise(() => {}) : store.save(token),
  };
}

Deno.test("a store that hangs before a start: nothing is sent, and the error says why in ten seconds", async () => {
  await using world = createWorld([], { store: createHangingStore(() => true) });
  const error = errorOf(await outcomeOf(world, world.runtime.start(jobs.unsent(), { id: "a" })));
  assertMatch(error.message, /nothing was sent: .*"a": the store was not done within 10000 ms/);
  assertEquals([error.code, error.token?.uncertain], ["transport", undefined]);
  assert(world.reported.length > 0);
});

Deno.test("a store that hangs does not keep a deadline", async () => {
  const store = createHangingStore(() => true);
  await using world = createWorld([], { store });
  const handle = world.runtime.start(jobs.unsent(), { deadlineMs: 3_000 });
  const outcome = await outcomeOf(world, handle);
  assertEquals([endOf(outcome), outcome.elapsedMs], ["deadline-exceeded", 3_000]);
});

Deno.test("a store that hangs at the end: the end is told at the deadline, or at the store's limit", async () => {
  for (const [deadlineMs, toldAtMs] of [[1_500, 1_500], [60_000, 4_000]] as const) {
    const store = createHangingStore(({ outcome }) => outcome !== undefined);
    await using world = createWorld([ACCEPTED, DONE], { store, storeTimeoutMs: 3_000 });
    const handle = world.runtime.start(jobs.unsent(), { deadlineMs });
    const outcome = await outcomeOf(world, handle);
    assertEquals(endOf(outcome), "succeeded");
    assertEquals(world.clock.now() - world.clock.startMs, toldAtMs);
  }
});

Deno.test("a store that hangs does not keep dispose, and leaves no timer", async () => {
  for (const hangs of [() => true, ({ outcome }: ResumeToken) => outcome !== undefined]) {
    const world = createWorld([ACCEPTED, DONE], { store: createHangingStore(hangs) });
    const handle = world.runtime.start(jobs.unsent(), { deadlineMs: 60_000 });
    handle.outcome().catch(() => {});
    await world.clock.advance(1_000);
    await world.runtime.dispose();
    assertEquals(world.clock.timers, 0);
    assertMatch(String(world.reported.at(-1)), /not done when the runtime was disposed/);
  }
});

Deno.test("a store that hangs for one operation keeps no other", async () => {
  const store = createHangingStore(({ id }) => id === "a");
  await using world = createWorld([ACCEPTED, DONE], { store });
  const stuck = world.runtime.start(jobs.unsent(), { id: "a" }).outcome();
  stuck.catch(() => {});
  const handle = world.runtime.start(jobs.unsent(), { id: "b" });
  await world.clock.advance(1_000);
  assertEquals(handle.snapshot.outcome?.kind, "succeeded");
  assertEquals(await stateOf(stuck), "pending");
});

Deno.test("with removeEnded the store forgets what is over, and keeps what may go on", async () => {
  const store = createMemoryStore();
  const options = { store, removeEnded: true, retry: false } as const;
  await using world = createWorld([ACCEPTED, DONE, ACCEPTED, { drop: true }], options);
  const { clock, runtime } = world;
  await clock.runUntil(runtime.start(jobs.unsent(), { id: "over" }).outcome());
  await clock.runUntil(runtime.start(jobs.unsent(), { id: "cut off" }).outcome());
  await clock.advance(1);
  assertEquals(store.list().map(({ id }) => id), ["cut off"]);
});
