import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { OperationCanceledError } from "@lro/machines";
import { jobs } from "./_job.ts";
import {
  ACCEPTED,
  createWorld,
  DONE,
  endOf,
  errorOf,
  outcomeOf,
  PENDING,
  stateOf,
  type World,
} from "./_world.ts";

const SLOW = { ...PENDING, latencyMs: 60_000 };

const moments: [when: string, afterMs: number, responses: Parameters<typeof createWorld>[0]][] = [
  ["while the start is in flight", 0, [{ ...ACCEPTED, latencyMs: 60_000 }]],
  ["asleep", 500, [ACCEPTED]],
  ["while a poll is in flight", 1_500, [ACCEPTED, SLOW]],
  ["in the pause before a retry", 1_500, [ACCEPTED, {
    status: 503,
    headers: { "retry-after": "60" },
  }]],
];

for (const [when, afterMs, responses] of moments) {
  Deno.test(`cancel() ${when} ends the waiting at once where the machine has no step for it`, async () => {
    await using world = createWorld(responses);
    const handle = world.runtime.start(jobs.unsent());
    await world.clock.advance(afterMs);
    const outcome = await handle.cancel();
    const error = errorOf(outcome) as OperationCanceledError;
    assertEquals([outcome.kind, error.code, error.confirmed], [
      "canceled",
      "operation-canceled",
      false,
    ]);
    assertEquals([error.elapsedMs, world.clock.timers], [afterMs, 0]);
    assertMatch(error.message, /only the waiting ended.*it may still run/);
    assertEquals([...world.runtime.list()], []);
  });
}

Deno.test("cancel() of what has ended tells how it ended", async () => {
  await using world = createWorld([ACCEPTED, DONE]);
  const handle = world.runtime.start(jobs.unsent());
  await outcomeOf(world, handle);
  assertEquals(endOf(await handle.cancel()), "succeeded");
  assertEquals(handle.snapshot.state, "succeeded");
});

Deno.test("an answer after cancel() changes nothing: the first end counts", async () => {
  await using world = createWorld([ACCEPTED, { ...DONE, latencyMs: 100 }]);
  const handle = world.runtime.start(jobs.unsent());
  await world.clock.advance(1_050);
  const [outcome] = await Promise.all([handle.cancel(), world.clock.advance(1_000)]);
  assertEquals([endOf(outcome), handle.snapshot.state], ["operation-canceled", "canceled"]);
  assertEquals(await handle.outcome(), outcome);
  assertEquals(await stateOf(handle.result()), "rejected");
});

Deno.test("cancel() twice is canceled once", async () => {
  await using world = createWorld([{ hang: true }]);
  const handle = world.runtime.start(jobs.unsent());
  const [a, b] = await Promise.all([handle.cancel(), handle.cancel()]);
  assertEquals(a, b);
});

const stops: [what: string, stop: (world: World) => ReturnType<World["runtime"]["start"]>][] = [
  [
    "that was never sent",
    ({ runtime }) => runtime.start(jobs.unsent(), { signal: AbortSignal.abort("early") }),
  ],
  ["whose waiting was aborted", ({ runtime }) => {
    const controller = new AbortController();
    const handle = runtime.start(jobs.unsent());
    handle.result({ signal: controller.signal }).catch(() => {});
    controller.abort("enough");
    return handle;
  }],
];

for (const [what, stop] of stops) {
  Deno.test(`cancel() of an operation ${what} ends it and sends nothing more`, async () => {
    await using world = createWorld([], { thenRepeat: { hang: true } });
    const handle = stop(world);
    const sent = world.fetch.requests.length;
    assertEquals(handle.snapshot.status, "stopped");
    assertEquals(endOf(await handle.cancel()), "operation-canceled");
    assertEquals([world.fetch.requests.length, world.clock.timers], [sent, 0]);
    assertEquals([...world.runtime.list()], []);
  });
}

Deno.test("an event for a stopped operation is heard when it goes on", async () => {
  await using world = createWorld([ACCEPTED], { thenRepeat: { hang: true } });
  const controller = new AbortController();
  const handle = world.runtime.start(jobs.unsent(), { signal: controller.signal });
  await world.clock.advance(500);
  controller.abort("enough");
  await handle.outcome().catch(() => {});
  handle.send({ type: "cancel" });
  assertEquals(handle.snapshot.status, "stopped");
  assertEquals(endOf(await outcomeOf(world, handle)), "operation-canceled");
  assertEquals(world.times(), [0]);
});

Deno.test("the end of one operation disturbs no other", async () => {
  await using world = createWorld([ACCEPTED, ACCEPTED, ACCEPTED], {
    thenRepeat: { ...DONE, latencyMs: 10 },
  });
  const [a, b, c] = [1, 2, 3].map(() => world.runtime.start(jobs.unsent()));
  const outcomes = [a!, b!, c!].map((handle) => handle.outcome());
  await world.clock.advance(500);
  b!.cancel();
  const ends = await world.clock.runUntil(Promise.all(outcomes));
  assertEquals(ends.map(endOf), ["succeeded", "operation-canceled", "succeeded"]);
});

const wrongs = [undefined, null, {}, { type: 5 }, { type: "" }, { type: "accepted" }, {
  type: "deadline",
}, {
  type: "xstate.stop",
}, "cancel"];

for (const event of wrongs) {
  Deno.test(`send(${JSON.stringify(event)}) is a mistake of type, and says what is expected`, async () => {
    await using world = createWorld([{ hang: true }]);
    const handle = world.runtime.start(jobs.unsent());
    assertThrows(() => handle.send(event as never), TypeError, "expected cancel or pollNow");
    assertEquals(handle.snapshot.status, "active");
  });
}
