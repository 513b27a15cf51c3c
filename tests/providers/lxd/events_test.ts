/** lxd.operation on the event websocket: one for all, and never needed. */
import { assert, assertEquals } from "@std/assert";
import { endOf, outcomeOf } from "../../runtime/_world.ts";
import { beginElsewhere, createLxdWorld, importing, joining, times } from "./_play.ts";

const plan = { durationMs: 10_000 } as const;

Deno.test("one socket serves all waiters, with one request each while it tells of them", async () => {
  await using world = createLxdWorld({ plan: { durationMs: 10_000, progress: "p_progress" } });
  const handles = Array.from({ length: 20 }, () => world.runtime.start(importing()));
  await world.clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
  assertEquals(world.clock.now() - world.clock.startMs, 10_000);
  assertEquals([world.emulator.count("events"), world.emulator.count("start")], [1, 20]);
  assertEquals(world.emulator.log.length, 21);
});

Deno.test("the socket closes with the last waiter, and nothing is left", async () => {
  await using world = createLxdWorld({ plan: (_, index) => ({ durationMs: 5_000 * (index + 1) }) });
  const [first, second] = [1, 2].map(() => world.runtime.start(importing()));
  await outcomeOf(world, first!);
  assertEquals(world.emulator.sockets, 1);
  await outcomeOf(world, second!);
  assertEquals([world.emulator.sockets, world.clock.timers], [0, 0]);
});

Deno.test("an abort closes the socket at once", async () => {
  await using world = createLxdWorld({ plan });
  const controller = new AbortController();
  const handle = world.runtime.start(importing());
  const waiting = handle.result({ signal: controller.signal }).catch((reason) => reason);
  await world.clock.advance(1_000);
  controller.abort("enough");
  assertEquals(await waiting, "enough");
  await world.clock.advance(0);
  assertEquals([world.emulator.sockets, world.clock.timers], [0, 0]);
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
});

Deno.test("an operation that ends before its start is answered is not missed", async () => {
  await using world = createLxdWorld({ plan: { durationMs: 0 } });
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(importing()))), "succeeded");
  assertEquals(times(world), ["0 events", "0 start"]);
});

Deno.test("whoever joins asks once, and once more where the socket is new, and then listens", async () => {
  await using world = createLxdWorld({ plan });
  const id = await beginElsewhere(world);
  await outcomeOf(world, world.runtime.start(joining({ operation: id })));
  assertEquals(times(world), [
    "0 start",
    "0 events",
    "0 get",
    "1000 get",
    "5000 get",
    "9000 get",
  ]);
});

Deno.test("progress comes by events", async () => {
  await using world = createLxdWorld({ plan: { ...plan, progress: "download_progress" } });
  const handle = world.runtime.start(importing());
  const percents = new Set<number | undefined>();
  handle.subscribe(({ progress }) => percents.add(progress?.percent));
  await outcomeOf(world, handle);
  assertEquals([...percents], [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  assertEquals(times(world), ["0 events", "0 start"]);
});

Deno.test("without a socket there are long polls, from the first moment on", async () => {
  await using world = createLxdWorld({ plan });
  world.emulator.allowSockets(false);
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(importing()))), "succeeded");
  assertEquals(world.clock.now() - world.clock.startMs, 10_000);
  assertEquals(world.emulator.count("wait"), 1);
});

Deno.test("a socket that is lost makes room for long polls, and comes back with one look each", async () => {
  await using world = createLxdWorld({ plan: { durationMs: 40_000 } });
  const handles = [1, 2, 3].map(() => world.runtime.start(importing()));
  await world.clock.advance(5_000);
  world.emulator.allowSockets(false);
  await world.clock.advance(100);
  assertEquals([world.emulator.sockets, world.emulator.count("wait")], [0, 3]);
  world.emulator.allowSockets(true);
  await world.clock.advance(10_000);
  const gets = world.emulator.log.filter(({ kind }) => kind === "get").map(({ atMs }) => atMs);
  // Before it is lost they look once at 4 s, and once more as soon as it is back and settled.
  assertEquals([world.emulator.sockets, gets.slice(0, 3)], [1, [4_000, 4_000, 4_000]]);
  assertEquals(new Set(gets.slice(3, 6)).size, 1);
  assert(gets[3]! > 5_100 && gets[3]! < 8_000, String(gets));
  await world.clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
  assertEquals(world.clock.now() - world.clock.startMs, 40_000);
  assertEquals(world.emulator.count("wait"), 3);
});

Deno.test("an end that comes while there is no socket is seen when it comes", async () => {
  await using world = createLxdWorld({ plan });
  const handle = world.runtime.start(importing());
  await world.clock.advance(9_900);
  world.emulator.allowSockets(false);
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
  assertEquals(world.clock.now() - world.clock.startMs, 10_000);
});

Deno.test("a socket that does not come back is tried less and less often", async () => {
  await using world = createLxdWorld({ plan: { durationMs: 600_000 } });
  world.emulator.allowSockets(false);
  const handle = world.runtime.start(importing());
  await outcomeOf(world, handle);
  const tries = world.emulator.log.filter(({ kind }) => kind === "events").map(({ atMs }) => atMs);
  assert(tries.length > 20 && tries.length < 60, `${tries.length} tries`);
  assert(tries.at(-1)! - tries.at(-2)! === 15_000, "half of 30 s by this chance");
});

Deno.test("a listener of whom nothing is said looks for itself every 4 s", async () => {
  await using world = createLxdWorld({ plan: { durationMs: 14_000 } });
  await outcomeOf(world, world.runtime.start(importing()));
  assertEquals(times(world), ["0 events", "0 start", "4000 get", "8000 get", "12000 get"]);
});

Deno.test("no schedule of the caller's makes a look come later than 4 s, and a shorter one counts", async () => {
  for (const [intervalMs, gets] of [[60_000, 2], [1_000, 9]] as const) {
    await using world = createLxdWorld({ plan });
    const schedule = { kind: "fixed", intervalMs } as const;
    await outcomeOf(world, world.runtime.start(importing(), { schedule }));
    assertEquals(world.emulator.count("get"), gets);
  }
});

Deno.test("events: false listens to none", async () => {
  await using world = createLxdWorld({ plan });
  await outcomeOf(world, world.runtime.start(importing({ events: false })));
  assertEquals(times(world), ["0 start", "0 wait"]);
});

Deno.test("a token taken while it listens goes on with one look", async () => {
  await using world = createLxdWorld({ plan });
  const handle = world.runtime.start(importing());
  await world.clock.advance(3_000);
  const token = JSON.parse(JSON.stringify(handle.token()));
  await world.runtime.dispose();
  await using other = createLxdWorld();
  assertEquals(token.input.request, undefined);
  const again = other.runtime.restore(token);
  assertEquals(endOf(await outcomeOf(other, again)), "operation-expired"); // another server
});
