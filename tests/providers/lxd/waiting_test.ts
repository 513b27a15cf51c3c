/** How lxd.operation waits: long polls, their time, what they cost. */
import { assert, assertEquals } from "@std/assert";
import type { ScriptedResponse } from "@lro/machines/testing";
import { createWorld, endOf, outcomeOf } from "../../runtime/_world.ts";
import {
  accepted,
  beginElsewhere,
  createLxdWorld,
  importing,
  joining,
  shown,
  times,
} from "./_play.ts";

const noSockets = { hasSockets: false } as const;

Deno.test("a long poll waits at the server, so that the end is seen when it comes", async () => {
  await using world = createLxdWorld({ ...noSockets, plan: { durationMs: 12_345 } });
  await outcomeOf(world, world.runtime.start(importing()));
  assertEquals(times(world), ["0 start", "0 wait"]);
  assertEquals(world.clock.now() - world.clock.startMs, 12_345);
});

Deno.test("one long poll follows the other", async () => {
  await using world = createLxdWorld({ ...noSockets, plan: { durationMs: 100_000 } });
  await outcomeOf(world, world.runtime.start(importing()));
  assertEquals(times(world), ["0 start", "0 wait", "30000 wait", "60000 wait", "90000 wait"]);
});

Deno.test("a newer server says what it is after a long poll in vain", async () => {
  const plan = { durationMs: 40_000 };
  await using world = createLxdWorld({ ...noSockets, flavor: "lxd6", plan });
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(importing()))), "succeeded");
  assertEquals(times(world), ["0 start", "0 wait", "30000 get", "30000 wait"]);
});

Deno.test("longPollMs says how long one waits", async () => {
  await using world = createLxdWorld({ ...noSockets, plan: { durationMs: 9_000 } });
  await outcomeOf(world, world.runtime.start(importing({ longPollMs: 5_500 })));
  assertEquals(times(world), ["0 start", "0 wait", "5000 wait"]);
});

Deno.test("no long poll outlives the deadline", async () => {
  await using world = createLxdWorld({ ...noSockets, plan: { class: "token" } });
  const handle = world.runtime.start(importing(), { deadlineMs: 47_600 });
  assertEquals(endOf(await outcomeOf(world, handle)), "deadline-exceeded");
  assertEquals(world.clock.now() - world.clock.startMs, 47_600);
  for (const { kind, atMs, path } of world.emulator.log) {
    const seconds = Number(new URLSearchParams(path.split("?")[1]).get("timeout"));
    if (kind === "wait") assert(atMs + seconds * 1_000 <= 47_600, `${atMs} ${path}`);
  }
  assertEquals(times(world).slice(0, 4), ["0 start", "0 wait", "30000 wait", "47250 get"]);
});

Deno.test("a server that does not wait is asked once a second", async () => {
  const soon: ScriptedResponse[] = Array.from({ length: 6 }, () => shown(103));
  await using world = createWorld([accepted(), ...soon, shown(200)]);
  await outcomeOf(world, world.runtime.start(importing()));
  assertEquals(world.times(), [0, 0, 1_000, 1_000, 2_000, 2_000, 3_000, 3_000]);
});

Deno.test("long polls take no place among the requests at once", async () => {
  await using world = createLxdWorld({
    ...noSockets,
    plan: (_, index) => ({ durationMs: index < 50 ? 20_000 : 1_000 }),
  }, { maxConcurrentRequests: 2 });
  const long = Array.from({ length: 50 }, () => world.runtime.start(importing()));
  const short = world.runtime.start(importing());
  await outcomeOf(world, short);
  assertEquals(world.clock.now() - world.clock.startMs, 1_000);
  await world.clock.runUntil(Promise.all(long.map((handle) => handle.result())));
});

Deno.test("two who wait for one operation share one long poll", async () => {
  await using world = createLxdWorld({ ...noSockets, plan: { durationMs: 10_000 } });
  const id = await beginElsewhere(world);
  const handles = [1, 2].map(() => world.runtime.start(joining({ operation: id })));
  await world.clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
  assertEquals(times(world), ["0 start", "0 get", "0 wait"]);
});
