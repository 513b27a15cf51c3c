/** lxd.operation on servers that stop, forget, and lose their members. */
import { assert, assertEquals } from "@std/assert";
import type { LroError, ResumeToken } from "@lro/machines";
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

for (const hasSockets of [true, false]) {
  const by = hasSockets ? "events" : "long polls";

  Deno.test(`by ${by}: a server that was restarted does not know it, and nobody knows its end`, async () => {
    await using world = createLxdWorld({ hasSockets, plan: { durationMs: 60_000 } });
    const handle = world.runtime.start(importing());
    await world.clock.advance(5_000);
    world.emulator.restart({ downMs: 8_000, shuttingDownMs: 2_000 });
    assertEquals(endOf(await outcomeOf(world, handle)), "operation-expired");
    const atMs = world.clock.now() - world.clock.startMs;
    assert(atMs >= 15_000 && atMs < 20_000, `soon after it is back, not at ${atMs}`);
  });

  Deno.test(`by ${by}: a server that stays away ends as transport, with a token that goes on`, async () => {
    await using world = createLxdWorld({ hasSockets, plan: { durationMs: 60_000 } });
    const handle = world.runtime.start(importing());
    await world.clock.advance(5_000);
    world.emulator.restart({ downMs: 3_600_000 });
    const error = errorOf(await outcomeOf(world, handle)) as LroError & { token: ResumeToken };
    assertEquals(error.code, "transport");
    await world.clock.advance(3_600_000);
    const again = world.runtime.restore(error.token);
    assertEquals(endOf(await outcomeOf(world, again)), "operation-expired");
  });

  Deno.test(`by ${by}: the deadline holds while the server is away`, async () => {
    await using world = createLxdWorld({ hasSockets, plan: { durationMs: 60_000 } });
    const handle = world.runtime.start(importing(), { deadlineMs: 9_000 });
    await world.clock.advance(5_000);
    world.emulator.restart({ downMs: 3_600_000 });
    assertEquals(endOf(await outcomeOf(world, handle)), "deadline-exceeded");
    assertEquals(world.clock.now() - world.clock.startMs, 9_000);
  });
}

Deno.test("a lost cluster member is a matter of transport, not a failure", async () => {
  await using world = createLxdWorld({
    isCluster: true,
    hasSockets: false,
    plan: { durationMs: 60_000, location: "two" },
  });
  const handle = world.runtime.start(importing());
  await world.clock.advance(5_000);
  world.emulator.loseMember("two");
  assertEquals(endOf(await outcomeOf(world, handle)), "transport");
});

Deno.test("an operation that was over for more than 5 s is expired", async () => {
  await using world = createLxdWorld({ plan: { durationMs: 1_000 } });
  const id = await beginElsewhere(world);
  await world.clock.advance(5_999);
  const inTime = world.runtime.start(joining({ operation: id }));
  assertEquals(endOf(await outcomeOf(world, inTime)), "succeeded");
  await world.clock.advance(1);
  const tooLate = world.runtime.start(joining({ operation: id }));
  assertEquals(endOf(await outcomeOf(world, tooLate)), "operation-expired");
});

Deno.test("no pause between two attempts is as long as the server's memory", async () => {
  const down = refused(503, "LXD is shutting down");
  await using world = createWorld([
    accepted(),
    ...Array.from({ length: 39 }, () => down),
    shown(200),
  ]);
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(importing()))), "succeeded");
  const pauses = world.times().slice(2).map((atMs, index) => atMs - world.times()[index + 1]!);
  assert(Math.max(...pauses) < 5_000, String(pauses));
});

Deno.test("the first end counts: Cancelled that turns into Failure stays canceled", async () => {
  await using world = createWorld([accepted(), shown(401)], {
    thenRepeat: shown(400, { err: "context canceled" }),
  });
  assertEquals(
    endOf(await outcomeOf(world, world.runtime.start(importing()))),
    "operation-canceled",
  );
  assertEquals(world.fetch.requests.length, 2);
});

Deno.test("the events of a project are listened to", async () => {
  await using world = createLxdWorld({ plan: { durationMs: 1_000 } });
  const request = { method: "POST", url: "/1.0/images?project=blue" };
  await outcomeOf(world, world.runtime.start(importing({ request })));
  assertEquals(
    world.emulator.log.find(({ kind }) => kind === "events")?.path,
    "/1.0/events?type=operation&project=blue",
  );
  assertEquals(times(world), ["0 events", "0 start"]);
});
