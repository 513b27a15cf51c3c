/** linode.event: which event is ours, and how it ends. */
import { assert, assertEquals } from "@std/assert";
import { linode } from "@lro/machines";
import { createWorld, endOf, errorOf } from "../../runtime/_world.ts";
import {
  addHistory,
  createLinodeWorld,
  eventOf,
  ID,
  listOf,
  one,
  pageOf,
  pull,
  shutdown,
  times,
  triggered,
} from "./_play.ts";

for (const [status, end] of [["finished", "succeeded"], ["notification", "succeeded"]] as const) {
  Deno.test(`an event ends well as ${status}, and is the value as the API gives it`, async () => {
    const event = eventOf(7, status, { username: "me", rate: "12 MB/s", unknown: { a: 1 } });
    const replies = [listOf(), listOf(eventOf(7, "started")), { status: 200, json: event }];
    await using world = createWorld(replies);
    const handle = world.runtime.start(shutdown());
    await pull(handle);
    const outcome = await world.clock.runUntil(handle.outcome());
    assertEquals(endOf(outcome), end);
    assertEquals<unknown>(outcome.kind === "succeeded" && outcome.value, event);
  });
}

for (const message of [null, ""]) {
  Deno.test(`an event that fails with message ${JSON.stringify(message)} says no more than that`, async () => {
    await using world = createWorld([
      listOf(),
      listOf(eventOf(7, "scheduled")),
      one(7, "failed", { message, rate: "0" }),
    ]);
    const handle = world.runtime.start(shutdown());
    await pull(handle);
    const error = errorOf(await world.clock.runUntil(handle.outcome()));
    assertEquals(error.code, "operation-failed");
    assertEquals(error.message, "Event 7 failed");
    assertEquals("providerMessage" in error ? error.providerMessage : undefined, undefined);
    const { details } = error as { details?: Record<string, unknown> };
    assertEquals([details?.["eventId"], details?.["rate"]], [7, "0"]);
  });
}

Deno.test("an event that vanishes is expired: how it ended is unknowable", async () => {
  await using world = createLinodeWorld({ plan: { durationMs: 60_000, forgottenAfterMs: 12_000 } });
  const outcome = await world.clock.runUntil(world.runtime.start(triggered()).outcome());
  assertEquals(endOf(outcome), "operation-expired");
  assertEquals(outcome.elapsedMs, 15_000);
});

Deno.test("progress tells percent, time and status", async () => {
  await using world = createWorld([
    listOf(),
    listOf(eventOf(7, "scheduled", { percent_complete: 0 })),
    one(7, "started", { percent_complete: 25, time_remaining: 90 }),
    one(7, "started", { percent_complete: 101, time_remaining: "01:02:03" }),
    one(7, "started", { percent_complete: null, time_remaining: "soon" }),
    one(7, "started", { percent_complete: "50", time_remaining: -1 }),
    one(7, "finished", { percent_complete: 100 }),
  ]);
  const handle = world.runtime.start(shutdown());
  const seen: unknown[] = [];
  handle.subscribe(({ progress }) => {
    if (JSON.stringify(progress) !== JSON.stringify(seen.at(-1))) seen.push(progress);
  });
  await pull(handle);
  await world.clock.runUntil(handle.result());
  assertEquals(seen.filter((each) => each !== undefined), [
    { percent: 0, text: "scheduled" },
    { percent: 25, remainingMs: 90_000, text: "started" },
    { percent: 100, remainingMs: 3_723_000, text: "started" },
    { text: "started" },
  ]);
});

Deno.test("events of other entities and actions, and old ones, are not ours", async () => {
  await using world = createLinodeWorld();
  const { emulator, clock, runtime } = world;
  addHistory(world, 3);
  const handle = runtime.start(shutdown());
  await pull(handle);
  await clock.advance(7_000);
  emulator.addEvent({ action: "linode_boot", entity: { type: "linode", id: ID } });
  emulator.addEvent({ action: "linode_shutdown", entity: { type: "linode", id: ID + 1 } });
  emulator.addEvent({ action: "linode_shutdown", entity: { type: "disk", id: ID } });
  await clock.advance(10_000);
  assertEquals(handle.snapshot.state, "polling");
  const id = emulator.addEvent({ action: "linode_shutdown", entity: { type: "linode", id: ID } });
  assertEquals((await clock.runUntil(handle.result())).id, id);
});

for (const count of [99, 100, 101, 150, 450]) {
  Deno.test(`with ${count} old events the new one is seen, at most one request later`, async () => {
    await using world = createLinodeWorld({ plan: { startsAfterMs: 1_000, durationMs: 1_000 } });
    addHistory(world, count);
    const event = await world.clock.runUntil(world.runtime.start(triggered()).result());
    assertEquals(event.id, count + 1);
    const lists = world.emulator.log.filter(({ kind }) => kind === "list");
    assertEquals(lists.length, count < 100 ? 2 : 3);
    assertEquals(world.clock.now(), world.clock.startMs + 5_000);
    if (count > 100) {
      assertEquals(lists[1]!.filter, {
        "+order": "desc",
        "+order_by": "id",
        "entity.id": ID,
        "entity.type": "linode",
        action: "linode_shutdown",
      });
      assertEquals((lists[2]!.filter as { id: unknown }).id, { "+gt": count });
    }
  });
}

Deno.test("what is created while old events are being read is old", async () => {
  await using world = createLinodeWorld({ faults: [{ on: "list", delayMs: 400 }] });
  addHistory(world, 150);
  const handle = world.runtime.start(shutdown());
  await world.clock.advance(500); // the first page is here, the second request is on its way
  const entity = { type: "linode", id: ID };
  world.emulator.addEvent({ action: "linode_shutdown", entity });
  await world.clock.runUntil(pull(handle));
  world.emulator.addEvent({ action: "linode_shutdown", entity });
  assertEquals((await world.clock.runUntil(handle.result())).id, 152);
});

Deno.test("a first page full of old events is read on from its newest", async () => {
  const old = Array.from({ length: 100 }, (_, index) => eventOf(index + 1, "finished"));
  await using world = createWorld([
    listOf(...old),
    pageOf(old, 1, 2),
    listOf(eventOf(101, "started")),
    one(101, "finished"),
  ]);
  const handle = world.runtime.start(shutdown());
  await pull(handle);
  assertEquals((await world.clock.runUntil(handle.result())).id, 101);
  assertEquals(world.times(), [0, 0, 0, 0]);
  const { id } = JSON.parse(world.fetch.requests[2]!.headers["x-filter"]!);
  assertEquals(id, { "+gt": 100 });
});

Deno.test("an event that was created and has finished between two polls is seen", async () => {
  await using world = createLinodeWorld();
  const handle = world.runtime.start(shutdown());
  await pull(handle);
  await world.clock.advance(6_000);
  world.emulator.addEvent({
    action: "linode_shutdown",
    entity: { type: "linode", id: ID },
    durationMs: 100,
  });
  assertEquals((await world.clock.runUntil(handle.result())).status, "finished");
});

Deno.test("until it appears: the value is the event in any status", async () => {
  await using world = createLinodeWorld({ plan: { durationMs: 60_000, end: "failed" } });
  const handle = world.runtime.start(triggered({ until: "appears" }));
  assertEquals((await world.clock.runUntil(handle.result())).status, "started");
});

Deno.test("the address, headers and names for ids are the caller's", async () => {
  await using world = createWorld([
    listOf(),
    listOf(eventOf(7, "notification")),
    one(7, "finished"),
  ]);
  const handle = world.runtime.start(linode.event({
    baseUrl: "https://linode.example/v4beta/",
    entityType: "firewall",
    entityId: "front-door",
    action: "firewall_update",
    headers: { "x-team": "net" },
  }));
  await pull(handle);
  await world.clock.runUntil(handle.result());
  const [first, , last] = world.fetch.requests;
  assertEquals(first!.url, "https://linode.example/v4beta/account/events");
  assertEquals(last!.url, "https://linode.example/v4beta/account/events/7");
  assertEquals(JSON.parse(first!.headers["x-filter"]!)["entity.id"], "front-door");
  assert(world.fetch.requests.every(({ headers }) => headers["x-team"] === "net"));
});

Deno.test("nobody can cancel an event: only the waiting ends, and the error says so", async () => {
  await using world = createLinodeWorld({ plan: { durationMs: 60_000 } });
  const handle = world.runtime.start(triggered());
  await world.clock.advance(12_000);
  const error = errorOf(await handle.cancel());
  assertEquals(error.code, "operation-canceled");
  assert(error.message.includes("Linode has no way to cancel an event"), error.message);
  assertEquals(times(world).length, 6);
  assertEquals(world.clock.timers, 0);
});

Deno.test("two waiters for the same entity and action each get the first after their own baseline", async () => {
  await using world = createLinodeWorld();
  const { clock, emulator, runtime } = world;
  const add = (): number =>
    emulator.addEvent({ action: "linode_shutdown", entity: { type: "linode", id: ID } });
  const first = runtime.start(shutdown());
  const twin = runtime.start(shutdown());
  await Promise.all([pull(first), pull(twin)]);
  await clock.advance(2_000);
  const one = add();
  const second = runtime.start(shutdown());
  await clock.runUntil(pull(second));
  await clock.advance(1_000);
  const two = add();
  const events = await clock.runUntil(
    Promise.all([first.result(), twin.result(), second.result()]),
  );
  assertEquals(events.map(({ id }) => id), [one, one, two]);
});
