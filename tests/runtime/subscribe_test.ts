import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { OperationHandle, OperationSnapshot } from "@lro/machines";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, endOf, outcomeOf, PENDING } from "./_world.ts";

const LIFE = [ACCEPTED, PENDING, DONE];
const VALUES = [
  { polling: "waiting" },
  { polling: "asking" },
  { polling: "waiting" },
  { polling: "asking" },
  "succeeded",
];

/** What an observer hears. */
function observe(handle: OperationHandle) {
  const heard: unknown[] = [];
  const subscription = handle.subscribe({
    next: ({ value }) => void heard.push(value),
    error: () => void heard.push("error"),
    complete: () => void heard.push("complete"),
  });
  return { heard, subscription };
}

Deno.test("an observer hears of every change, in order, and once that it is over", async () => {
  await using world = createWorld(LIFE);
  const { heard } = observe(world.runtime.start(jobs.unsent()));
  await world.clock.advance(10_000);
  assertEquals(heard, [...VALUES, "complete"]);
});

Deno.test("a bad end is data in the last snapshot, not an error", async () => {
  await using world = createWorld([ACCEPTED, { status: 400, json: {} }]);
  const handle = world.runtime.start(jobs.unsent());
  const { heard } = observe(handle);
  await outcomeOf(world, handle);
  assertEquals(heard.slice(-2), ["failed", "complete"]);
  assertEquals(handle.snapshot.outcome?.kind, "failed");
});

Deno.test("a function is an observer too", async () => {
  await using world = createWorld(LIFE);
  const values: unknown[] = [];
  world.runtime.start(jobs.unsent()).subscribe(({ value }) => void values.push(value));
  await world.clock.advance(10_000);
  assertEquals(values, VALUES);
});

Deno.test("who subscribes after the end hears only that it is over", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  await outcomeOf(world, handle);
  assertEquals(observe(handle).heard, ["complete"]);
});

Deno.test("unsubscribe() is the last word, also from inside an observer, also twice", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  const first = observe(handle);
  const heard: unknown[] = [];
  const second = handle.subscribe(({ value }) => {
    heard.push(value);
    second.unsubscribe();
    first.subscription.unsubscribe();
  });
  await world.clock.advance(1_000);
  first.subscription.unsubscribe();
  await world.clock.advance(10_000);
  assertEquals([first.heard, heard], [VALUES.slice(0, 1), VALUES.slice(0, 1)]);
});

Deno.test("one observer may subscribe twice, and leave once", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  let count = 0;
  const observer = { next: () => void count++ };
  handle.subscribe(observer);
  handle.subscribe(observer).unsubscribe();
  await world.clock.advance(10_000);
  assertEquals(count, VALUES.length);
});

Deno.test("what an observer throws is reported and reaches nobody else", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  handle.subscribe({
    next: () => {
      throw new Error("next");
    },
    complete: () => {
      throw new Error("complete");
    },
  });
  const { heard } = observe(handle);
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
  assertEquals(heard, [...VALUES, "complete"]);
  assertEquals(world.reported.map((error) => (error as Error).message), [
    ...VALUES.map(() => "next"),
    "complete",
  ]);
});

Deno.test("an error handler that throws is contained as well", async () => {
  await using world = createWorld(LIFE, {
    onError: () => {
      throw new Error("no way");
    },
  });
  const handle = world.runtime.start(jobs.unsent());
  handle.subscribe(() => {
    throw new Error("ouch");
  });
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
});

for (const observer of [undefined, null, 5, "next"]) {
  Deno.test(`subscribe(${observer}) is a mistake of type`, async () => {
    await using world = createWorld([{ hang: true }]);
    const handle = world.runtime.start(jobs.unsent());
    assertThrows(() => handle.subscribe(observer as never), TypeError, "Cannot subscribe");
  });
}

Deno.test("the snapshot is one object until something changes", async () => {
  await using world = createWorld([{ ...ACCEPTED, latencyMs: 10 }, PENDING, DONE]);
  const handle = world.runtime.start(jobs.unsent());
  const seen: OperationSnapshot[] = [];
  const look = () => {
    assertStrictEquals(handle.snapshot, handle.snapshot);
    if (seen.at(-1) !== handle.snapshot) seen.push(handle.snapshot);
  };
  look();
  for (const ms of [5, 4, 1, 500, 499, 1, 400, 600, 5_000]) {
    await world.clock.advance(ms);
    look();
  }
  assertEquals(seen.map(({ value }) => value), [
    { initial: "sending" },
    { polling: "waiting" },
    { polling: "waiting" },
    "succeeded",
  ]);
  assertEquals(new Set(seen.map((snapshot) => JSON.stringify(snapshot))).size, seen.length);
});

Deno.test("a snapshot that somebody holds does not change", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  const first = handle.snapshot;
  const text = JSON.stringify(first);
  await outcomeOf(world, handle);
  assertEquals(JSON.stringify(first), text);
  assert(handle.snapshot !== first);
});

Deno.test("a snapshot says where the operation stands", async () => {
  const progressing = { status: 200, json: { progress: { percent: 40 } } };
  await using world = createWorld([ACCEPTED, progressing, DONE]);
  const { startMs } = world.clock;
  const handle = world.runtime.start(jobs.unsent(), { id: "a", deadlineMs: 9_000 });
  const common = { id: "a", provider: "job", kind: "job.unsent", startedAt: startMs };
  assertEquals<unknown>(handle.snapshot, {
    ...common,
    status: "active",
    state: "initial",
    value: { initial: "sending" },
    step: "send",
    polls: 0,
    requests: 1,
    deadlineAt: startMs + 9_000,
  });
  await world.clock.advance(1_500);
  assertEquals<unknown>(handle.snapshot, {
    ...common,
    status: "active",
    state: "polling",
    value: { polling: "waiting" },
    polls: 1,
    requests: 2,
    progress: { percent: 40 },
    nextPollAt: startMs + 2_000,
    deadlineAt: startMs + 9_000,
  });
  await world.clock.advance(1_000);
  const { outcome, status, value, ...rest } = handle.snapshot;
  assertEquals<unknown>({ outcome, status, value }, {
    status: "done",
    value: "succeeded",
    outcome: { kind: "succeeded", value: "value", polls: 2, requests: 3, elapsedMs: 2_000 },
  });
  assert(!("nextPollAt" in rest) && !("step" in rest));
});

Deno.test("an async observer that rejects is reported, and disturbs nobody", async () => {
  await using world = createWorld([ACCEPTED, DONE]);
  const handle = world.runtime.start(jobs.unsent());
  handle.subscribe(() => Promise.reject(new Error("of next")));
  handle.subscribe({ complete: () => Promise.reject(new Error("of complete")) });
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
  await world.clock.advance(0);
  const messages = new Set(world.reported.map((error) => (error as Error).message));
  assertEquals(messages, new Set(["of next", "of complete"]));
});

Deno.test("an async error handler and an async inspector that reject disturb nobody", async () => {
  const reported: unknown[] = [];
  await using world = createWorld([ACCEPTED, DONE], {
    inspect: () => Promise.reject(new Error("of inspect")),
    onError: (error) => {
      reported.push(error);
      return Promise.reject(error);
    },
  });
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(jobs.unsent()))), "succeeded");
  await world.clock.advance(0);
  assertEquals([...new Set(reported.map(String))], ["Error: of inspect"]);
});
