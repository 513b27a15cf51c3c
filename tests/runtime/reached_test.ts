import { assertEquals, assertRejects } from "@std/assert";
import { createMemoryStore } from "@lro/machines/store/memory";
import type { LroError, ResumeToken } from "@lro/machines";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, outcomeOf, PENDING, stateOf } from "./_world.ts";

const LIFE = [ACCEPTED, PENDING, DONE];

for (const state of ["initial", "sending", "initial.sending"]) {
  Deno.test(`reached("${state}") is kept at once: it is the present`, async () => {
    await using world = createWorld([{ hang: true }]);
    await world.runtime.start(jobs.unsent()).reached(state);
  });
}

const times: [state: string, atMs: number][] = [
  ["polling", 0],
  ["waiting", 0],
  ["polling.waiting", 0],
  ["asking", 1_000],
  ["polling.asking", 1_000],
  ["succeeded", 2_000],
];

for (const [state, atMs] of times) {
  Deno.test(`reached("${state}") is kept when it comes, and ever after`, async () => {
    await using world = createWorld(LIFE);
    const handle = world.runtime.start(jobs.unsent());
    await world.clock.runUntil(handle.reached(state));
    assertEquals(world.clock.now() - world.clock.startMs, atMs);
    await outcomeOf(world, handle);
    await handle.reached(state);
  });
}

for (
  const state of ["", ".", "poll", "polling.", "sending.initial", "toString", "__proto__", "*"]
) {
  Deno.test(`reached("${state}") is a mistake of type: there is no such state`, async () => {
    await using world = createWorld([{ hang: true }]);
    const handle = world.runtime.start(jobs.unsent());
    await assertRejects(
      () => handle.reached(state),
      TypeError,
      `job.unsent has no state "${state}"`,
    );
  });
}

Deno.test("reached() rejects with the error of an end that came first, then and later", async () => {
  await using world = createWorld([{ status: 400, json: {} }]);
  const handle = world.runtime.start(jobs.unsent());
  for (const state of ["polling", "succeeded", "expired"]) {
    const error = await assertRejects(() => world.clock.runUntil(handle.reached(state)));
    assertEquals((error as LroError).code, "request-rejected");
  }
  await handle.reached("failed");
});

Deno.test("reached() rejects when the operation succeeds without it", async () => {
  await using world = createWorld([{ status: 200, json: 1 }]);
  const handle = world.runtime.start(jobs.unsent());
  const waiting = world.clock.runUntil(handle.reached("polling"));
  await assertRejects(
    () => waiting,
    Error,
    'Cannot reach "polling": the operation succeeded without it',
  );
});

Deno.test("reached() rejects when the waiting is aborted, and goes on when it is asked again", async () => {
  await using world = createWorld([{ ...ACCEPTED, headers: { "retry-after": "5" } }, DONE]);
  const controller = new AbortController();
  const handle = world.runtime.start(jobs.unsent(), { signal: controller.signal });
  const waiting = handle.reached("asking").catch((reason) => reason);
  await world.clock.advance(1_000);
  controller.abort("enough");
  assertEquals(await waiting, "enough");
  await world.clock.runUntil(handle.reached("asking"));
  assertEquals(world.times(), [0, 5_000]);
});

Deno.test("a restored operation has been where its token says, and nowhere else for sure", async () => {
  await using world = createWorld([ACCEPTED]);
  const handle = world.runtime.start(jobs.unsent());
  await world.clock.advance(500);
  const token = handle.token();
  await using other = createWorld([DONE], { startMs: world.clock.now() });
  const again = other.runtime.restore(token);
  await again.reached("polling");
  await other.clock.runUntil(again.reached("succeeded"));
});

Deno.test("nobody hears of an end before the store has it", async () => {
  const store = createMemoryStore();
  let write = (): void => {};
  const save = (token: ResumeToken) =>
    token.outcome ? new Promise<void>((resolve) => write = resolve) : store.save(token);
  await using world = createWorld([{ status: 200, json: 1 }], { store: { ...store, save } });
  const handle = world.runtime.start(jobs.unsent());
  const reached = handle.reached("succeeded");
  const states: string[] = [];
  handle.subscribe(({ state }) => void states.push(state));
  await world.clock.advance(0);
  assertEquals([await stateOf(reached), await stateOf(handle.reached("succeeded"))], [
    "pending",
    "pending",
  ]);
  assertEquals([handle.snapshot.state, states], ["initial", []]);
  write();
  await reached;
  assertEquals([handle.snapshot.state, states], ["succeeded", ["succeeded"]]);
});
