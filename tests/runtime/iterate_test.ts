import { assertEquals, assertRejects } from "@std/assert";
import type { StateValue } from "xstate";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, endOf, outcomeOf, PENDING } from "./_world.ts";

const LIFE = [ACCEPTED, PENDING, DONE];
const VALUES: StateValue[] = [
  { initial: "sending" },
  { polling: "waiting" },
  { polling: "asking" },
  { polling: "waiting" },
  { polling: "asking" },
  "succeeded",
];

async function collect(snapshots: AsyncIterable<{ value: StateValue }>, values: StateValue[] = []) {
  for await (const { value } of snapshots) values.push(value);
  return values;
}

Deno.test("for await yields where it stands, every change, and the end", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  assertEquals(await world.clock.runUntil(collect(handle)), VALUES);
});

Deno.test("a slow reader misses nothing", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  const iterator = handle[Symbol.asyncIterator]();
  const { value: first } = await iterator.next();
  await outcomeOf(world, handle);
  const rest = await collect({ [Symbol.asyncIterator]: () => iterator });
  assertEquals([first!.value, ...rest], VALUES);
});

Deno.test("two readers each have it all", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  const both = await world.clock.runUntil(Promise.all([collect(handle), collect(handle)]));
  assertEquals(both, [VALUES, VALUES]);
});

Deno.test("a bad end is the last snapshot, not an error", async () => {
  await using world = createWorld([ACCEPTED, { status: 400, json: {} }]);
  const values = await world.clock.runUntil(collect(world.runtime.start(jobs.unsent())));
  assertEquals(values.at(-1), "failed");
});

Deno.test("after the end there is the end, once", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  await outcomeOf(world, handle);
  assertEquals(await collect(handle), ["succeeded"]);
});

Deno.test("break ends the reading, not the operation", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  for await (const _ of handle) break;
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
});

Deno.test("what the body of the loop throws ends the reading, not the operation", async () => {
  await using world = createWorld(LIFE);
  const handle = world.runtime.start(jobs.unsent());
  await assertRejects(async () => {
    for await (const _ of handle) throw new Error("ouch");
  }, "ouch");
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
});

Deno.test("an abort of the start's signal rejects the reading after all that came before", async () => {
  await using world = createWorld(LIFE);
  const controller = new AbortController();
  const handle = world.runtime.start(jobs.unsent(), { signal: controller.signal });
  const values: StateValue[] = [];
  const reading = collect(handle, values).catch((reason) => reason);
  await world.clock.advance(500);
  controller.abort("enough");
  assertEquals(await reading, "enough");
  assertEquals(values.slice(0, 2), VALUES.slice(0, 2));
});

Deno.test("reading takes a stopped operation up again", async () => {
  await using world = createWorld(LIFE);
  const controller = new AbortController();
  const handle = world.runtime.start(jobs.unsent(), { signal: controller.signal });
  const first = handle.result();
  await world.clock.advance(500);
  controller.abort("enough");
  await first.catch(() => {});
  const values = await world.clock.runUntil(collect(handle));
  assertEquals(values.at(-1), "succeeded");
  assertEquals(world.asked().filter((asked) => asked.startsWith("POST")).length, 1);
});

Deno.test("dispose() rejects the reading with an AbortError", async () => {
  const world = createWorld([{ hang: true }]);
  const reading = collect(world.runtime.start(jobs.unsent()));
  const rejected = assertRejects(() => reading, DOMException, "the runtime was disposed");
  await world.runtime.dispose();
  await rejected;
});
