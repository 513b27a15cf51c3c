/** lxd.operation where long polls are cut, or not known at all. */
import { assert, assertEquals } from "@std/assert";
import { createWorld, endOf, errorOf, outcomeOf } from "../../runtime/_world.ts";
import {
  accepted,
  beginElsewhere,
  createLxdWorld,
  importing,
  joining,
  refused,
  shown,
  times,
} from "./_play.ts";

const noSockets = { hasSockets: false } as const;

for (const by of ["504", "drop"] as const) {
  for (const afterMs of [20_000, 12_000, 6_000, 3_000]) {
    Deno.test(`long polls that a proxy cuts after ${afterMs} ms by ${by} cost no success`, async () => {
      const plan = { durationMs: 2_400_000 };
      await using world = createLxdWorld({ ...noSockets, cutLongPolls: { afterMs, by }, plan });
      assertEquals(endOf(await outcomeOf(world, world.runtime.start(importing()))), "succeeded");
      const lagMs = world.clock.now() - world.clock.startMs - 2_400_000;
      assert(lagMs >= 0 && lagMs < 1_000, `${lagMs} ms after its end`);
    });
  }
}

Deno.test("a long poll that was cut is followed by one look, and by one half as long, down to 5 s", async () => {
  const plan = { durationMs: 60_000 };
  await using world = createLxdWorld({ ...noSockets, cutLongPolls: { afterMs: 3_000 }, plan });
  await outcomeOf(world, world.runtime.start(importing()));
  const asked = world.emulator.log.slice(1, 11).map(({ atMs, kind, path }) =>
    kind === "wait" ? `${atMs} wait ${path.split("=")[1]}` : `${atMs} ${kind}`
  );
  assertEquals(asked, [
    "0 wait 30",
    "3000 get",
    "3000 wait 15",
    "6000 get",
    "6000 wait 7",
    "9000 get",
    "9000 wait 5",
    "12000 get",
    "12000 wait 5",
    "15000 get",
  ]);
});

Deno.test("a longPollMs below 5 s stays as it is when it is cut", async () => {
  const plan = { durationMs: 4_000 };
  await using world = createLxdWorld({ ...noSockets, cutLongPolls: { afterMs: 900 }, plan });
  await outcomeOf(world, world.runtime.start(importing({ longPollMs: 2_000 })));
  const waits = world.emulator.log.filter(({ kind }) => kind === "wait");
  assertEquals(new Set(waits.map(({ path }) => path.split("=")[1])), new Set(["2"]));
});

Deno.test("a shorter long poll stays in the token", async () => {
  const plan = { durationMs: 60_000 };
  await using world = createLxdWorld({ ...noSockets, cutLongPolls: { afterMs: 10_000 }, plan });
  const handle = world.runtime.start(importing());
  await world.clock.advance(11_000);
  const { memory } = handle.token();
  assertEquals((memory as { longPollMs?: number }).longPollMs, 15_000);
  handle.cancel().catch(() => {});
});

Deno.test("a server that refuses to wait, and tells where it stands, is looked at once a second", async () => {
  const down = refused(503, "not now");
  const round = [down, shown(103)];
  await using world = createWorld([accepted(), ...round, ...round, ...round, down, shown(200)]);
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(importing()))), "succeeded");
  assertEquals(world.times(), [0, 0, 1_000, 1_000, 2_000, 2_000, 3_000, 3_000, 4_000]);
});

Deno.test("a server that is gone altogether ends as transport all the same, with a token", async () => {
  const cut = Array.from({ length: 41 }, () => ({ drop: true as const }));
  await using world = createWorld([accepted(), ...cut]);
  const error = errorOf(await outcomeOf(world, world.runtime.start(importing())));
  assertEquals([error.code, error.token !== undefined], ["transport", true]);
  world.fetch.assertDone();
});

for (const hasSockets of [true, false]) {
  for (const durationMs of [500, 12_345]) {
    const by = hasSockets ? "beside events" : "without events";
    Deno.test(`/wait that is 404 is no end while the operation runs, ${by}, ${durationMs} ms`, async () => {
      const plan = { durationMs };
      await using world = createLxdWorld({ hasSockets, isWaitUnknown: true, plan });
      const id = await beginElsewhere(world);
      const handle = world.runtime.start(joining({ operation: id }));
      assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
      assert(world.emulator.count("wait") <= 1, "it is not asked for again and again");
      assert(world.clock.now() - world.clock.startMs - durationMs <= 1_000);
    });
  }
}

Deno.test("/wait that is 404 after the operation was forgotten is expired after one look", async () => {
  const gone = refused(404, "Operation not found");
  await using world = createWorld([accepted(), gone, gone]);
  const error = errorOf(await outcomeOf(world, world.runtime.start(importing())));
  assertEquals([error.code, error.providerMessage], ["operation-expired", "Operation not found"]);
  world.fetch.assertDone();
});

Deno.test("a cluster's /wait that is 404 is left alone from then on", async () => {
  await using world = createLxdWorld({
    ...noSockets,
    isWaitUnknown: true,
    plan: { durationMs: 3_500 },
  });
  await outcomeOf(world, world.runtime.start(importing()));
  assertEquals(times(world), [
    "0 start",
    "0 wait",
    "0 get",
    "1000 get",
    "2000 get",
    "3000 get",
    "4000 get",
  ]);
});
