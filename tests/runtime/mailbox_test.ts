import { assertEquals } from "@std/assert";
import type { OperationHandle } from "@lro/machines";
import { defineJob, jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, endOf, errorOf, outcomeOf, PENDING } from "./_world.ts";

const LIFE = [ACCEPTED, PENDING, DONE];

/** Every state that an observer sees, whatever else it does on the way. */
function watch(handle: OperationHandle, act: (value: string) => void): string[] {
  const seen: string[] = [];
  handle.subscribe(({ value }) => {
    const text = typeof value === "string" ? value : Object.entries(value).flat().join(".");
    seen.push(text);
    act(text);
  });
  return seen;
}

Deno.test("cancel from inside a subscriber comes after what is being told", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  const late: string[] = [];
  const seen = watch(handle, (value) => {
    if (value === "polling.waiting") handle.send({ type: "cancel" });
    late.push(String(handle.snapshot.state)); // still the state that is being told
  });
  assertEquals(endOf(await outcomeOf(world, handle)), "operation-canceled");
  assertEquals([seen, late], [["polling.waiting", "canceled"], ["polling", "canceled"]]);
});

Deno.test("events from inside a subscriber are processed in the order in which they came", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  const seen = watch(handle, (value) => {
    if (value !== "polling.waiting" || seen.length > 1) return;
    handle.send({ type: "pollNow" });
    handle.send({ type: "cancel" });
    handle.send({ type: "pollNow" });
  });
  await outcomeOf(world, handle);
  assertEquals(seen, ["polling.waiting", "polling.asking", "canceled"]);
});

Deno.test("pollNow from inside a subscriber, every time, is a loop of polls and not of calls", async () => {
  await using world = createWorld([ACCEPTED, ...Array(50).fill(PENDING), DONE]);
  const handle = world.runtime.start(jobs.unsent());
  watch(handle, () => handle.send({ type: "pollNow" }));
  const outcome = await outcomeOf(world, handle);
  assertEquals([endOf(outcome), outcome.polls, outcome.elapsedMs], ["succeeded", 51, 0]);
});

Deno.test("a mailbox may hold very many events", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  let isDone = false;
  watch(handle, () => {
    if (isDone) return;
    isDone = true;
    for (let i = 0; i < 10_000; i++) handle.send({ type: "pollNow" });
  });
  const outcome = await outcomeOf(world, handle);
  assertEquals([endOf(outcome), outcome.polls], ["succeeded", 2]);
});

Deno.test("a subscriber may start, cancel and wait for other operations", async () => {
  await using world = createWorld([ACCEPTED, ACCEPTED, DONE, DONE]);
  const first = world.runtime.start(jobs.unsent());
  let second: Promise<unknown> | undefined;
  watch(first, (value) => {
    if (value === "polling.waiting") second ??= world.runtime.start(jobs.unsent()).result();
  });
  await outcomeOf(world, first);
  assertEquals(await world.clock.runUntil(second!), "value");
});

Deno.test("a subscriber may dispose of the runtime", async () => {
  const world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  let disposed: Promise<void> | undefined;
  watch(handle, () => disposed ??= world.runtime.dispose());
  const waiting = handle.result().catch((error) => error.name);
  assertEquals(await world.clock.runUntil(waiting), "AbortError");
  await disposed;
  assertEquals(world.clock.timers, 0);
});

Deno.test("a subscriber that aborts stops the operation where it is", async () => {
  await using world = createWorld(LIFE);
  const controller = new AbortController();
  const handle = world.runtime.start(jobs.unsent(), { signal: controller.signal });
  watch(handle, (value) => {
    if (value === "polling.asking") controller.abort("enough");
  });
  const waiting = handle.result().catch((reason) => reason);
  assertEquals(await world.clock.runUntil(waiting), "enough");
  assertEquals([handle.snapshot.value, world.clock.timers], [{ polling: "asking" }, 0]);
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
});

Deno.test("a late event of the clock or the network finds the operation ended and changes nothing", async () => {
  await using world = createWorld([ACCEPTED, { ...DONE, latencyMs: 9_000 }]);
  const handle = world.runtime.start(jobs.unsent(), { deadlineMs: 5_000 });
  assertEquals(endOf(await outcomeOf(world, handle)), "deadline-exceeded");
  const { snapshot } = handle;
  await world.clock.advance(60_000);
  handle.send({ type: "cancel" });
  handle.send({ type: "pollNow" });
  assertEquals(handle.snapshot, snapshot);
});

// deno-lint-ignore no-explicit-any -- whatever a sixth provider may do
const brokenProtocols: [what: string, overrides: any][] = [
  ["whose read throws", { read: () => raise("ouch") }],
  ["whose read gives nothing", { read: () => undefined }],
  ["whose read gives a verdict without a type", { read: () => ({}) }],
  ["whose read gives a verdict that the machine has no way for", {
    read: () => ({ type: "surprise" }),
  }],
  ["whose read gives an event of the runtime's", { read: () => ({ type: "due" }) }],
  ["whose call throws", { call: () => raise("ouch") }],
  ["whose call gives nothing", { call: () => undefined }],
  ["whose call gives no URL", { call: () => ({ method: "GET" }) }],
  ["whose call gives a URL that is none", { call: () => ({ method: "GET", url: "jobs" }) }],
  ["whose origin throws", {
    origin: () => raise("ouch"),
    call: () => ({ method: "GET", url: "http://jobs.test/1" }),
  }],
  ["whose fault throws", { fault: () => raise("ouch"), read: () => raise("ouch") }],
  ["which knows something that is nothing", { known: () => ({}) }],
];

function raise(message: string): never {
  throw new Error(message);
}

brokenProtocols.forEach(([what, overrides], i) => {
  Deno.test(`a protocol ${what} ends its operation as protocol or transport error, and nothing else`, async () => {
    const broken = defineJob(`broken${i}`, { repeat: "unsent" }, overrides);
    await using world = createWorld([{ status: 200, json: 1 }, { status: 200, json: 1 }]);
    const handle = world.runtime.start(broken());
    const error = errorOf(await outcomeOf(world, handle));
    assertEquals(["protocol", "transport"].includes(error.code), true, error.code);
    assertEquals(endOf(await outcomeOf(world, world.runtime.start(jobs.unsent()))), "succeeded");
  });
});
