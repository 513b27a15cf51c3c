/** Silence is no proof: lists that are cut short, unfiltered, out of order or of another event. */
import { assert, assertEquals } from "@std/assert";
import { linode } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { createWorld, endOf, errorOf } from "../../runtime/_world.ts";
import {
  createLinodeWorld,
  eventOf,
  ID,
  listOf,
  one,
  pageOf,
  pull,
  refusal,
  shutdown,
  times,
  triggered,
} from "./_play.ts";

const free = linode.entityFree({ entityType: "linode", entityId: ID });
const other = { entity: { type: "linode", id: ID + 1 } };
const noFilter: ScriptedResponse = {
  status: 400,
  json: { errors: [{ field: "X-Filter", reason: "Cannot filter on entity.type" }] },
};
/** A list that says it has one more event than it has. */
const cut = (...events: readonly object[]): ScriptedResponse => ({
  status: 200,
  json: { data: events as never, page: 1, pages: 1, results: events.length + 1 },
});

Deno.test("a list that is cut short is asked for again at every step", async () => {
  await using world = createWorld([
    cut(),
    listOf(eventOf(3, "finished")),
    { status: 200 },
    cut(eventOf(3, "finished")),
    listOf(eventOf(3, "finished"), eventOf(7, "started")),
    one(7, "finished"),
  ]);
  const handle = world.runtime.start(triggered());
  assertEquals((await world.clock.runUntil(handle.result())).id, 7);
});

Deno.test("lists that stay cut short are no proof of anything: protocol", async () => {
  for (const operation of [free, shutdown()]) {
    await using world = createWorld([], { thenRepeat: cut(eventOf(3, "finished")) });
    const outcome = await world.clock.runUntil(world.runtime.start<unknown>(operation).outcome());
    const error = errorOf(outcome);
    assertEquals(error.code, "protocol");
    assert(error.message.includes("a list of 2 events, as it says, got 1"), error.message);
  }
});

Deno.test("what keeps an entity busy may lie on a later page", async () => {
  await using world = createLinodeWorld();
  const entity = { type: "linode", id: ID };
  world.emulator.addEvent({ action: "linode_migrate", entity, durationMs: 8_000 });
  for (let index = 0; index < 700; index++) {
    world.emulator.addEvent({ action: "linode_config_update", entity });
  }
  await world.clock.runUntil(world.runtime.start(free).result());
  assertEquals(world.clock.now() - world.clock.startMs, 10_000);
  assertEquals(times(world).slice(0, 3), ["0 list", "0 list", "0 list"]);
});

for (const status of ["in_progress", "queued", "", "FINISHED"]) {
  Deno.test(`entityFree: an event that is ${JSON.stringify(status)} goes on, for all we know`, async () => {
    await using world = createWorld([
      listOf(eventOf(7, status)),
      listOf(eventOf(7, "finished")),
    ]);
    await world.clock.runUntil(world.runtime.start(free).result());
    assertEquals(world.times(), [0, 5_000]);
  });
}

Deno.test("a proxy that drops X-Filter: events of others are passed over", async () => {
  const all = [eventOf(9, "started", other), eventOf(8, "finished"), eventOf(3, "finished")];
  await using world = createWorld([
    pageOf(all, 1, 3),
    listOf(...all),
    { status: 200 },
    pageOf([eventOf(10, "finished", other), ...all], 1, 3),
    pageOf([eventOf(11, "started"), eventOf(10, "finished", other), ...all], 1, 3),
    one(11, "finished"),
  ]);
  const handle = world.runtime.start(triggered());
  assertEquals((await world.clock.runUntil(handle.result())).id, 11);
});

Deno.test("another entity's event alone in the list is not ours", async () => {
  await using world = createWorld([
    listOf(),
    { status: 200 },
    listOf(eventOf(6, "finished", other)),
    listOf(eventOf(7, "started")),
    one(7, "finished"),
  ]);
  const handle = world.runtime.start(triggered());
  assertEquals((await world.clock.runUntil(handle.result())).id, 7);
});

Deno.test("an unfiltered list whose newest event is not first is no baseline", async () => {
  const mixed = [eventOf(3, "finished"), eventOf(9, "started", other)];
  await using world = createWorld([pageOf(mixed, 1, 3), pageOf(mixed, 1, 3)]);
  const handle = world.runtime.start(triggered());
  const error = errorOf(await world.clock.runUntil(handle.outcome()));
  assertEquals([error.code, world.fetch.requests.length], ["protocol", 2]);
  assert(error.message.includes("expected the newest event first"), error.message);
});

Deno.test("entityFree: events of others in an unfiltered list do not keep it busy", async () => {
  await using world = createWorld([
    listOf(eventOf(9, "started", other), eventOf(8, "finished")),
  ]);
  await world.clock.runUntil(world.runtime.start(free).result());
  world.fetch.assertDone();
});

Deno.test("an API that refuses the filter is asked for whole lists: linode-cli#500", async () => {
  await using world = createWorld([
    noFilter,
    listOf(eventOf(9, "finished"), eventOf(8, "started", other)),
    { status: 200 },
    listOf(eventOf(10, "finished", other)),
    listOf(eventOf(10, "finished", other), eventOf(11, "started")),
    one(11, "finished"),
  ]);
  const handle = world.runtime.start(triggered());
  assertEquals((await world.clock.runUntil(handle.result())).id, 11);
  const { requests } = world.fetch;
  const filters = [1, 3].map((index) => JSON.parse(requests[index]!.headers["x-filter"]!));
  assertEquals(filters, [
    { "+order": "desc", "+order_by": "id" },
    { "+order": "asc", "+order_by": "id", id: { "+gt": 9 } },
  ]);
});

Deno.test("a filter that is refused after the trigger: old events are still old", async () => {
  await using world = createWorld([
    listOf(eventOf(3, "finished")),
    { status: 200 },
    noFilter,
    pageOf([eventOf(2, "finished", other), eventOf(3, "finished")], 1, 2),
    listOf(eventOf(10, "started")),
    one(10, "finished"),
  ]);
  const handle = world.runtime.start(triggered());
  assertEquals((await world.clock.runUntil(handle.result())).id, 10);
});

Deno.test("entityFree: a filter that is refused is done here", async () => {
  await using world = createWorld([
    noFilter,
    pageOf([eventOf(9, "started", other), eventOf(8, "finished")], 1, 2),
    listOf(eventOf(7, "started")),
    pageOf([eventOf(9, "started", other), eventOf(8, "finished")], 1, 2),
    listOf(eventOf(7, "finished")),
  ]);
  await world.clock.runUntil(world.runtime.start(free).result());
  assertEquals(world.times(), [0, 0, 0, 5_000, 5_000]);
});

Deno.test("the answer is another event than the one asked for: nothing is guessed", async () => {
  await using world = createWorld([
    listOf(),
    { status: 200 },
    listOf(eventOf(7, "started")),
    one(6, "finished"),
  ]);
  const handle = world.runtime.start(triggered());
  const error = errorOf(await world.clock.runUntil(handle.outcome()));
  assertEquals(error.code, "protocol");
  assert(error.message.includes("expected an event with the id 7, got 6"), error.message);
});

for (const status of [401, 403]) {
  Deno.test(`a question that is refused with ${status} is transport with a token, at every step`, async () => {
    const steps = [[], [listOf(), { status: 200 }], [
      listOf(),
      { status: 200 },
      listOf(eventOf(7, "started")),
    ]];
    for (const before of steps) {
      await using world = createWorld([...before, refusal(status, "no")]);
      const handle = world.runtime.start(triggered());
      const error = errorOf(await world.clock.runUntil(handle.outcome()));
      assertEquals(error.code, "transport");
      assert((error as { token?: unknown }).token !== undefined);
    }
  });
}

Deno.test("a list that is not there is expired with a token: the event may still go on", async () => {
  await using world = createWorld([listOf(), refusal(404, "Not found")]);
  const handle = world.runtime.start(shutdown());
  await pull(handle);
  const outcome = await world.clock.runUntil(handle.outcome());
  assertEquals(endOf(outcome), "operation-expired");
});

Deno.test("a member of a feed whose list is cut short is not told that nothing happened", async () => {
  await using world = createLinodeWorld();
  let isCut = false;
  await using flaky = createLinodeWorld({}, {
    clock: world.clock,
    fetch: async (input, init) => {
      const response = await world.emulator.fetch(input, init);
      if (!isCut || !String(input).includes("page_size")) return response;
      isCut = false;
      const page = await response.json();
      return Response.json({ ...page, data: [], results: page.results + 1 });
    },
  });
  const handles = [1, 2].map(() => flaky.runtime.start(shutdown()));
  isCut = true; // the position is asked for next
  await world.clock.runUntil(Promise.all(handles.map((handle) => pull(handle))));
  const entity = { type: "linode", id: ID };
  const id = world.emulator.addEvent({ action: "linode_shutdown", entity });
  const events = await world.clock.runUntil(Promise.all(handles.map((each) => each.result())));
  assertEquals([isCut, ...events.map((event) => event.id)], [false, id, id]);
});
