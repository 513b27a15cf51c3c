import { assert, assertEquals } from "@std/assert";
import { createInspector } from "@lro/machines/inspector";
import { createVirtualClock } from "@lro/machines/testing";
import { jobs } from "../runtime/_job.ts";
import { ACCEPTED, createWorld, PENDING } from "../runtime/_world.ts";
import { createStage } from "./_stage.ts";

Deno.test("a stream begins with everything, machines whole, and goes on with what changes", async () => {
  await using stage = await createStage([ACCEPTED, ACCEPTED], { thenRepeat: PENDING });
  const { clock, runtime } = stage.world;
  runtime.start(jobs.unsent(), { id: "a" });
  await clock.advance(1);
  await using stream = await stage.stream();
  const hello = await stream.next();
  assertEquals(hello.event, "hello");
  assertEquals(hello.data.rows.map(({ id }) => id), ["a"]);
  assertEquals(hello.data.machines.map(({ name }) => name), ["job.unsent"]);
  assertEquals(JSON.parse(hello.data.machines[0]!.definition).id, "job.unsent");
  assert(hello.data.machines[0]!.layout.nodes.length > 5);
  runtime.start(jobs.always(), { id: "b" });
  await clock.advance(1);
  const changes = await stream.next();
  assertEquals(changes.event, "changes");
  assertEquals(changes.data.rows.map(({ id }) => id), ["b"]);
  assertEquals(changes.data.machines.map(({ name }) => name), ["job.always"]);
});

Deno.test("a page that comes again hears only what it missed", async () => {
  await using stage = await createStage([ACCEPTED, ACCEPTED], { thenRepeat: PENDING });
  const { clock, runtime } = stage.world;
  runtime.start(jobs.unsent(), { id: "a" });
  await clock.advance(1);
  const first = await stage.stream();
  const { id } = await first.next();
  await first[Symbol.asyncDispose]();
  runtime.start(jobs.unsent(), { id: "b" });
  await clock.advance(1);
  await using second = await stage.stream(id);
  const { event, data } = await second.next();
  assertEquals([event, data.rows.map((row) => row.id), data.machines], [
    "changes",
    ["b"],
    undefined,
  ]);
});

for (const id of ["nonsense", "000000000000.1", "1", "a.b.c", ""]) {
  Deno.test(`a page that comes with the event id ${JSON.stringify(id)} hears everything`, async () => {
    await using stage = await createStage([ACCEPTED], { thenRepeat: PENDING });
    stage.world.runtime.start(jobs.unsent(), { id: "a" });
    await using stream = await stage.stream(id);
    assertEquals((await stream.next()).event, "hello");
  });
}

Deno.test("with the same port and secret a page survives a restart and hears everything anew", async () => {
  const secret = "k".repeat(40);
  const first = await createStage([], { inspector: { secret } });
  const { cookie } = first;
  const port = Number(new URL(first.inspector.origin).port);
  await using before = await first.stream();
  const { id, data } = await before.next();
  await first[Symbol.asyncDispose]();
  await using world = createWorld([]);
  await using inspector = await createInspector(world.runtime, { secret, port });
  const response = await fetch(`${inspector.origin}/events?since=${id}`, { headers: { cookie } });
  const reader = response.body!.getReader();
  const text = new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
  assert(text.startsWith("event: hello\n"));
  assert(!text.includes(data.epoch));
});

Deno.test("changes are gathered, so that many of them are few events", async () => {
  const clock = createVirtualClock();
  await using stage = await createStage([ACCEPTED], {
    thenRepeat: PENDING,
    inspector: { clock },
  });
  await using stream = await stage.stream();
  const hello = stream.next();
  await stage.world.clock.advance(0);
  stage.world.runtime.start(jobs.unsent(), { id: "a" });
  await hello;
  for (let poll = 0; poll < 20; poll++) await stage.world.clock.advance(1_000);
  const next = stream.next();
  await clock.advance(200);
  const { data } = await next;
  assertEquals(data.rows.map(({ polls }) => polls), [20]);
});

Deno.test("a closed inspector ends its streams", async () => {
  const stage = await createStage([]);
  const stream = await stage.stream();
  await stream.next();
  const ended = stream.next().then(() => "more", () => "ended");
  await stage[Symbol.asyncDispose]();
  assertEquals(await ended, "ended");
  await stream[Symbol.asyncDispose]();
});
