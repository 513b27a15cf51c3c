/** Starting by id, deadlines by the clock, and progress that never goes backwards. */
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { createMemoryStore } from "@lro/machines/store/memory";
import { defineJob, jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, endOf, errorOf, outcomeOf, PENDING } from "./_world.ts";

Deno.test("startOnce() starts, joins, restores, and gives the known end, by id", async () => {
  const store = createMemoryStore();
  const operation = jobs.unsent();
  const first = createWorld([ACCEPTED, PENDING], { store });
  const both = await Promise.all([
    first.runtime.startOnce(operation, { id: "a" }),
    first.runtime.startOnce(operation, { id: "a" }),
  ]);
  assertStrictEquals(both[0], both[1]);
  await first.clock.advance(1_500);
  assertStrictEquals(await first.runtime.startOnce(operation, { id: "a" }), both[0]);
  assertEquals(first.asked(), ["POST /jobs", "GET /jobs/1"]);
  await first.runtime.dispose();

  await using second = createWorld([DONE], { store, startMs: first.clock.now() });
  const restored = await second.runtime.startOnce(operation, { id: "a", deadlineMs: 60_000 });
  assertEquals(endOf(await outcomeOf(second, restored)), "succeeded");
  assertEquals(second.asked(), ["GET /jobs/1"]);
  const ended = await second.runtime.startOnce(operation, { id: "a" });
  assertEquals([ended.snapshot.status, await ended.result()], ["done", "value"]);
  assertEquals(second.fetch.requests.length, 1);
});

Deno.test("startOnce() starts nothing where the store does not say what it knows", async () => {
  const failing = { ...createMemoryStore(), load: () => Promise.reject(new Error("no disk")) };
  await using world = createWorld([], { store: failing });
  await assertRejects(() => world.runtime.startOnce(jobs.unsent(), { id: "a" }), Error, "no disk");
  const hanging = { ...createMemoryStore(), load: () => new Promise<undefined>(() => {}) };
  await using other = createWorld([], { store: hanging });
  const pending = other.runtime.startOnce(jobs.unsent(), { id: "a" });
  await assertRejects(() => other.clock.runUntil(pending), DOMException, "within 10000 ms");
  assertEquals([world.fetch.requests.length, other.fetch.requests.length], [0, 0]);
});

Deno.test("startOnce() refuses an id of another kind, and one that is not there", async () => {
  await using world = createWorld([ACCEPTED]);
  await world.runtime.startOnce(jobs.unsent(), { id: "a" });
  await assertRejects(() => world.runtime.startOnce(jobs.once(), { id: "a" }), TypeError, "kind");
  await assertRejects(() => world.runtime.startOnce(jobs.once(), {} as { id: string }), TypeError);
});

Deno.test("deadlineAt ends the wait at that time, and at once where it has passed", async () => {
  await using world = createWorld([ACCEPTED], { thenRepeat: PENDING });
  const { clock, runtime } = world;
  const deadlineAt = clock.now() + 2_500;
  const outcome = await outcomeOf(world, runtime.start(jobs.unsent(), { deadlineAt }));
  assertEquals([endOf(outcome), clock.now()], ["deadline-exceeded", deadlineAt]);
  const sent = world.fetch.requests.length;
  for (const passed of [deadlineAt, 0, -1, -Infinity]) {
    const late = await outcomeOf(world, runtime.start(jobs.unsent(), { deadlineAt: passed }));
    assertEquals([endOf(late), late.requests], ["deadline-exceeded", 0]);
  }
  assertEquals(world.fetch.requests.length, sent);
});

Deno.test("deadlineAt and deadlineMs are refused together, by name", async () => {
  await using world = createWorld([]);
  const both = { deadlineAt: 1, deadlineMs: 1 };
  const token = world.runtime.start(jobs.unsent(), { signal: AbortSignal.abort() }).token();
  const text = "expected deadlineMs or deadlineAt, got both";
  assertThrows(() => world.runtime.start(jobs.unsent(), both), TypeError, text);
  assertThrows(() => world.runtime.restore(token, both), TypeError, text);
  assertThrows(() => world.runtime.start(jobs.unsent(), { deadlineAt: NaN }), RangeError);
});

Deno.test("progress never goes backwards, unless it starts anew, and is 100 % at the end", async () => {
  const news = [10, 84, 50, 90, 0, 20];
  await using world = createWorld([
    ACCEPTED,
    ...news.map((percent) => ({ status: 200, json: { progress: { percent } } })),
    DONE,
  ]);
  const seen: unknown[] = [];
  const handle = world.runtime.start(jobs.unsent());
  handle.subscribe(({ progress }) => void seen.push(progress?.percent));
  await outcomeOf(world, handle);
  const changes = seen.filter((percent, index) => percent !== seen[index - 1]);
  assertEquals(changes, [10, 84, 90, 0, 20, 100]);
});

Deno.test("a snapshot says that a request is repeated, and why, until there is an answer", async () => {
  await using world = createWorld([{ refuse: true }, { status: 503 }, ACCEPTED], {
    thenRepeat: PENDING,
  });
  const handle = world.runtime.start(jobs.answered());
  const seen: unknown[] = [];
  handle.subscribe(({ trouble }) => void seen.push(trouble));
  await world.clock.runUntil(handle.reached("polling"));
  const troubles = seen.filter((trouble) => trouble !== undefined) as { attempts: number }[];
  assertEquals(troubles.map(({ attempts }) => attempts), [1, 2]);
  assertEquals((troubles[1] as { reason?: string }).reason, "HTTP 503");
  assertEquals(handle.snapshot.trouble, undefined);
});

Deno.test("a header that cannot be sent is refused at the call, and never retried", async () => {
  await using world = createWorld([], {
    around: () => (_url, init) => {
      new Headers(init?.headers); // as every fetch does
      return Promise.reject(new Error("sent"));
    },
  });
  for (const headers of [{ "a b": "c" }, { a: "b\nc" }, { a: "\u{1f600}" }]) {
    assertThrows(() => world.runtime.start(jobs.unsent({ headers })), TypeError, "headers");
    const call = { method: "POST", url: "https://jobs.example/", headers };
    const outcome = await outcomeOf(world, world.runtime.start(jobs.always({ call })));
    assertEquals([endOf(outcome), outcome.requests], ["transport", 1]);
  }
});

Deno.test("an error says what was wanted, not what the step is called", async () => {
  await using world = createWorld([{ refuse: true }, ACCEPTED, { drop: true }], { retry: false });
  const messages: string[] = [];
  for (const _ of [1, 2]) {
    messages.push(errorOf(await outcomeOf(world, world.runtime.start(jobs.unsent()))).message);
  }
  assertEquals(messages.map((text) => text.split(":")[0]), [
    "Cannot start job.unsent",
    "Cannot wait for job.unsent",
  ]);
});

Deno.test("an origin is muted for an hour at most, and not at all by nonsense", async () => {
  const sentAfterMs = async (until: (nowMs: number) => number): Promise<number> => {
    await using world = createWorld([{ status: 429 }, ACCEPTED]);
    const { clock } = world;
    const held = defineJob("held", {
      repeat: "unsent",
      holdUntil: ({ status }) => status === 429 ? until(clock.now()) : undefined,
    });
    const handle = world.runtime.start(held());
    await clock.runUntil(handle.reached("polling"));
    return world.times()[1]!;
  };
  assertEquals(await sentAfterMs((now) => now + 60_000), 60_000);
  assertEquals(await sentAfterMs((now) => now + 2 * 3_600_000), 3_600_000);
  for (const nonsense of [(now: number) => now * 1_000, () => NaN, () => Infinity, () => 1]) {
    assertEquals(await sentAfterMs(nonsense) < 10_000, true);
  }
});
