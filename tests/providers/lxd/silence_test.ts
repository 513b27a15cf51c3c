/** lxd.operation on sockets that are open and prove nothing: mute, of another project, lost at once. */
import { assert, assertEquals } from "@std/assert";
import { createRuntime, lxd } from "@lro/machines";
import { endOf, outcomeOf } from "../../runtime/_world.ts";
import {
  beginElsewhere,
  createLxdWorld,
  importing,
  joining,
  type LxdWorld,
  times,
} from "./_play.ts";

/** Where sockets were opened. */
function sockets({ emulator }: LxdWorld): string[] {
  return emulator.log.filter(({ kind }) => kind === "events").map(({ path }) => path);
}

for (const durationMs of [100, 3_999, 4_000, 10_000, 33_333, 600_000]) {
  for (const flavor of ["lxd5", "lxd6", "incus"] as const) {
    Deno.test(`${flavor}, a mute socket: what ends after ${durationMs} ms is a success within 4 s`, async () => {
      await using world = createLxdWorld({ flavor, sockets: "mute", plan: { durationMs } });
      const handle = world.runtime.start(importing());
      assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
      const lagMs = world.clock.now() - world.clock.startMs - durationMs;
      assert(lagMs >= 0 && lagMs <= 4_000, `${lagMs} ms after its end`);
      assertEquals(world.emulator.count("events"), 1);
    });
  }
}

Deno.test("a socket that turns mute after it told something is relied on for 4 s and no longer", async () => {
  await using world = createLxdWorld({ plan: { durationMs: 60_000, progress: "p_progress" } });
  const handle = world.runtime.start(importing());
  await world.clock.advance(13_000); // told something at 6 s and at 12 s
  const { length } = world.emulator.log;
  await world.clock.advance(3_000);
  assertEquals(times(world).slice(length), ["16000 get"]);
  handle.cancel().catch(() => {});
});

Deno.test("who joins by URL or UUID hears of every project", async () => {
  for (const name of ["url", "id"] as const) {
    await using world = createLxdWorld({ plan: { durationMs: 3_500 } });
    const { clock, emulator } = world;
    const request = { method: "POST", url: "/1.0/images?project=blue" };
    const begun = await lxd.request({ request }, { clock, fetch: emulator.fetch });
    assert(begun.kind === "operation");
    assertEquals(begun.url.split("?")[1], "project=blue");
    const operation = name === "url" ? begun.url : begun.operation.id;
    assertEquals(
      endOf(await outcomeOf(world, world.runtime.start(joining({ operation })))),
      "succeeded",
    );
    assertEquals(sockets(world), ["/1.0/events?type=operation&all-projects=true"]);
    assertEquals(times(world), ["0 start", "0 events", "0 get", "1000 get"]); // the end was told
    assertEquals(clock.now() - clock.startMs, 3_500);
  }
});

Deno.test("who may not hear of all projects hears of the URL's", async () => {
  await using world = createLxdWorld({ isRestricted: true, plan: { durationMs: 7_500 } });
  const { clock, emulator } = world;
  const request = { method: "POST", url: "/1.0/images?project=blue" };
  const begun = await lxd.request({ request }, { clock, fetch: emulator.fetch });
  assert(begun.kind === "operation");
  const handle = world.runtime.start(joining({ operation: begun.url }));
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
  assertEquals(sockets(world), [
    "/1.0/events?type=operation&all-projects=true",
    "/1.0/events?type=operation&project=blue",
  ]);
  assertEquals(clock.now() - clock.startMs, 7_500);
});

Deno.test("a socket that tells of another project than the operation's costs no success", async () => {
  await using world = createLxdWorld({ isRestricted: true, plan: { durationMs: 20_000 } });
  const { clock, emulator } = world;
  const request = { method: "POST", url: "/1.0/images?project=blue" };
  const begun = await lxd.request({ request }, { clock, fetch: emulator.fetch });
  assert(begun.kind === "operation");
  const handle = world.runtime.start(joining({ operation: begun.operation.id })); // names no project
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
  const endedMs = clock.now() - clock.startMs;
  assert(endedMs >= 20_000 && endedMs <= 24_000, String(endedMs));
});

Deno.test("sockets that open and close at once are opened less and less often", async () => {
  await using world = createLxdWorld({ sockets: "closes", plan: { durationMs: 120_000 } });
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(importing()))), "succeeded");
  assertEquals(world.clock.now() - world.clock.startMs, 120_000);
  assert(sockets(world).length < 15, `${sockets(world).length} sockets in two minutes`);
});

Deno.test("a token taken beside a mute socket restores, and looks in time", async () => {
  await using world = createLxdWorld({ sockets: "mute", plan: { durationMs: 9_000 } });
  const id = await beginElsewhere(world);
  const handle = world.runtime.start(joining({ operation: id }));
  await world.clock.advance(2_000);
  const token = JSON.stringify(handle.token());
  await world.runtime.dispose();
  const { clock, emulator } = world;
  await using runtime = createRuntime({ clock, fetch: emulator.fetch });
  assertEquals(endOf(await clock.runUntil(runtime.restore(token).outcome())), "succeeded");
});
