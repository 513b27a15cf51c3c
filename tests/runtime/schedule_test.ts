import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { exponential, fixed, plan, type Schedule } from "@lro/machines";
import { checkSchedule, pauseMs } from "../../src/model/schedule.ts";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, outcomeOf, PENDING } from "./_world.ts";

const half = () => 0.5;

Deno.test("exponential() refuses an option that it does not know, and takes a schedule for its options", () => {
  const options = { initial: 1 } as object;
  assertThrows(() => exponential(options), TypeError, "unknown field options.initial, expected");
  const { initialMs, maxMs } = exponential({ ...exponential({ initialMs: 7 }), maxMs: 9 });
  assertEquals([initialMs, maxMs], [7, 9]);
});

Deno.test("fixed() pauses the same each time", () => {
  assertEquals([0, 1, 99].map((index) => pauseMs(fixed(250), index, half)), [250, 250, 250]);
});

Deno.test("exponential() grows to its cap and stays there", () => {
  const schedule = exponential({ initialMs: 100, factor: 3, maxMs: 1_000 });
  assertEquals([0, 1, 2, 3, 5_000].map((index) => pauseMs(schedule, index, half)), [
    100,
    300,
    900,
    1_000,
    1_000,
  ]);
});

Deno.test("exponential() has the documented defaults", () => {
  assertEquals(exponential(), {
    kind: "exponential",
    initialMs: 1_000,
    factor: 2,
    maxMs: 30_000,
    jitter: 0,
  });
});

Deno.test("jitter takes away the share that chance says, and never adds", () => {
  const schedule = exponential({ initialMs: 1_000, factor: 1, maxMs: 1_000, jitter: 0.2 });
  assertEquals([0, 0.5, 1 - 1e-9].map((chance) => Math.round(pauseMs(schedule, 0, () => chance))), [
    1_000,
    900,
    800,
  ]);
});

Deno.test("chance is asked only where there is jitter", () => {
  const never = () => {
    throw new Error("asked");
  };
  pauseMs(fixed(1), 0, never);
  pauseMs(exponential(), 0, never);
});

const wrongs: [what: string, schedule: unknown, error: typeof RangeError | typeof TypeError][] = [
  ["nothing", undefined, TypeError],
  ["null", null, TypeError],
  ["a number", 1_000, TypeError],
  ["a function", () => 1_000, TypeError],
  ["another kind", { kind: "cron" }, TypeError],
  ["no interval", { kind: "fixed" }, RangeError],
  ["an interval of 0", { kind: "fixed", intervalMs: 0 }, RangeError],
  ["an interval that is text", { kind: "fixed", intervalMs: "5" }, RangeError],
  ["an endless interval", { kind: "fixed", intervalMs: Infinity }, RangeError],
  ["an interval that is no number", { kind: "fixed", intervalMs: NaN }, RangeError],
  ["a factor below 1", { ...exponential(), factor: 0.5 }, RangeError],
  ["a factor without end", { ...exponential(), factor: Infinity }, RangeError],
  ["a jitter above 1", { ...exponential(), jitter: 1.1 }, RangeError],
  ["a jitter below 0", { ...exponential(), jitter: -0.1 }, RangeError],
  ["a first pause of 0", { ...exponential(), initialMs: 0 }, RangeError],
  ["no cap", { ...exponential(), maxMs: Infinity }, RangeError],
  ["a field from the prototype only", Object.create(fixed(5)), RangeError],
];

for (const [what, schedule, error] of wrongs) {
  Deno.test(`a schedule with ${what} is refused where it comes in`, async () => {
    assertThrows(() => checkSchedule(schedule), error, "Cannot read schedule");
    if (schedule === undefined) return;
    await using world = createWorld([]);
    const options = { schedule: schedule as Schedule };
    assertThrows(() => world.runtime.start(jobs.always(), options), error, "schedule");
    assertEquals([[...world.runtime.list()].length, world.fetch.requests.length], [0, 0]);
  });
}

Deno.test("a schedule like the one before is the same one, which nobody can change", () => {
  assertStrictEquals(fixed(250), fixed(250));
  assertEquals([fixed(251), fixed(250)].map(({ intervalMs }) => intervalMs), [251, 250]);
  const options = { initialMs: 1, factor: 3, maxMs: 9, jitter: 0.5 };
  const schedule = exponential(options);
  assertStrictEquals(exponential({ ...options }), schedule);
  for (const other of [{ initialMs: 2 }, { factor: 4 }, { maxMs: 8 }, { jitter: 1 }]) {
    assertEquals(exponential({ ...options, ...other }), { ...schedule, ...other });
  }
  assert(Object.isFrozen(schedule));
});

Deno.test("fixed() and exponential() refuse what makes no sense", () => {
  assertThrows(() => fixed(0), RangeError, "intervalMs is out of range: 0");
  assertThrows(() => fixed(-5), RangeError);
  assertThrows(() => exponential({ factor: NaN }), RangeError, "factor is out of range: NaN");
});

Deno.test("plan() is what a runtime does", async () => {
  const schedules = [
    fixed(700),
    exponential({ initialMs: 300, factor: 1.5, maxMs: 2_000 }),
    exponential({ initialMs: 900, factor: 2, maxMs: 4_000, jitter: 0.3 }),
  ];
  for (const schedule of schedules) {
    await using world = createWorld([ACCEPTED], { thenRepeat: PENDING });
    await outcomeOf(world, world.runtime.start(jobs.unsent(), { schedule, deadlineMs: 20_000 }));
    const planned = plan(schedule, { deadlineMs: 20_000, random: half });
    assertEquals(world.times().slice(1), planned.map(Math.ceil));
    assert(planned.length > 5);
  }
});

Deno.test("plan() can begin at another time than one pause", () => {
  assertEquals(plan(fixed(10), { deadlineMs: 25, firstPollMs: 0 }), [0, 10, 20]);
});

Deno.test("plan() refuses what has no end", () => {
  for (const deadlineMs of [Infinity, NaN, 0, -1]) {
    assertThrows(() => plan(fixed(1), { deadlineMs }), RangeError, "deadlineMs must be positive");
  }
  assertThrows(() => plan(fixed(1), { deadlineMs: 2_000_000 }), RangeError, "more than a million");
});

Deno.test("pollNow polls at once, and the schedule goes on from there", async () => {
  await using world = createWorld([ACCEPTED, PENDING, DONE]);
  const handle = world.runtime.start(jobs.unsent(), { schedule: fixed(60_000) });
  await world.clock.advance(5_000);
  handle.send({ type: "pollNow" });
  handle.send({ type: "pollNow" }); // it is being asked already
  await outcomeOf(world, handle);
  assertEquals(world.times(), [0, 5_000, 65_000]);
});

Deno.test("pollNow before the first answer means nothing", async () => {
  await using world = createWorld([{ ...ACCEPTED, latencyMs: 100 }, DONE]);
  const handle = world.runtime.start(jobs.unsent());
  handle.send({ type: "pollNow" });
  await outcomeOf(world, handle);
  assertEquals(world.times(), [0, 1_100]);
});
