/** "Linode busy." and a gateway's 4xx: refusals that pass by themselves. */
import { assert, assertEquals } from "@std/assert";
import { linode } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { createWorld, endOf, errorOf } from "../../runtime/_world.ts";
import { eventOf, ID, listOf, one, pull, refusal, shutdown, triggered } from "./_play.ts";

const busy = refusal(400, "Linode busy.");
const page = {
  headers: { "content-type": "text/html" },
  text: "<html><head><title>400 Bad Request</title></head></html>",
};

Deno.test("a busy trigger is sent again at the pace of the interval, more often than any retry", async () => {
  const times = 9;
  await using world = createWorld([
    listOf(),
    ...Array.from({ length: times }, () => busy),
    { status: 200, json: {} },
    listOf(eventOf(7, "started")),
    one(7, "finished"),
  ]);
  const handle = world.runtime.start(triggered({ intervalMs: 3_000 }));
  assertEquals((await world.clock.runUntil(handle.result())).id, 7);
  const posts = world.fetch.requests.filter(({ method }) => method === "POST");
  assertEquals(posts.length, times + 1);
  const pauses = Array.from({ length: times + 1 }, (_, index) => index * 3_000);
  assertEquals(world.times().slice(1, times + 2), pauses);
});

Deno.test("a busy trigger is sent again where retries are off", async () => {
  await using world = createWorld(
    [listOf(), busy, { status: 200 }, listOf(eventOf(7, "started")), one(7, "finished")],
    { retry: false },
  );
  const handle = world.runtime.start(triggered());
  assertEquals((await world.clock.runUntil(handle.result())).id, 7);
});

Deno.test("Retry-After of a busy answer is a lower bound for the next attempt", async () => {
  await using world = createWorld([
    listOf(),
    { ...busy, headers: { "retry-after": "12" } },
    { status: 200 },
    listOf(eventOf(7, "started")),
    one(7, "finished"),
  ]);
  const handle = world.runtime.start(triggered());
  await world.clock.runUntil(handle.result());
  assertEquals(world.times(), [0, 0, 12_000, 12_000, 12_000]);
});

Deno.test("one that stays busy ends at the deadline exactly, and the error says that nothing was started", async () => {
  await using world = createWorld([listOf()], { thenRepeat: busy });
  const handle = world.runtime.start(triggered(), { deadlineMs: 17_000 });
  const outcome = await world.clock.runUntil(handle.outcome());
  const error = errorOf(outcome);
  assertEquals([error.code, outcome.elapsedMs], ["deadline-exceeded", 17_000]);
  assert(error.message.includes('"Linode busy.": nothing was started'), error.message);
  assert(!error.message.includes("it may still run"), error.message);
});

Deno.test("a token of a busy operation sends the trigger elsewhere, for it was never taken", async () => {
  await using world = createWorld([
    listOf(eventOf(3, "finished")),
    busy,
    { status: 200 },
    listOf(eventOf(3, "finished"), eventOf(7, "started")),
    one(7, "finished"),
  ]);
  const first = world.runtime.start(triggered());
  await world.clock.advance(1_000);
  const token = first.token();
  assertEquals([token.value, token.uncertain], [{ initial: "waiting" }, undefined]);
  const second = world.runtime.restore<{ id: number }>({ ...token, id: "elsewhere" });
  await first.cancel();
  assertEquals((await world.clock.runUntil(second.result())).id, 7);
});

Deno.test("what kept it busy is not taken for its own event", async () => {
  await using world = createWorld([
    listOf(),
    busy,
    { status: 200 },
    listOf(eventOf(6, "finished"), eventOf(7, "started")),
    one(7, "finished"),
  ]);
  const handle = world.runtime.start(triggered());
  assertEquals((await world.clock.runUntil(handle.result())).id, 7);
});

for (const reason of ["linode busy", " Linode Busy. "]) {
  Deno.test(`${JSON.stringify(reason)} is busy too`, async () => {
    await using world = createWorld([listOf(), refusal(400, reason), { status: 204 }], {
      thenRepeat: listOf(),
    });
    const handle = world.runtime.start(triggered());
    await world.clock.advance(5_000);
    assertEquals(handle.snapshot.state, "polling");
  });
}

for (const answer of [refusal(400, "Linode busy with tea"), refusal(409, "Linode busy.")]) {
  Deno.test(`${JSON.stringify(answer)} is a refusal like any other`, async () => {
    await using world = createWorld([listOf(), answer]);
    const handle = world.runtime.start(triggered());
    assertEquals(endOf(await world.clock.runUntil(handle.outcome())), "request-rejected");
  });
}

const questions: Record<string, readonly ScriptedResponse[]> = {
  list: [listOf(), { status: 200 }],
  event: [listOf(), { status: 200 }, listOf(eventOf(7, "started"))],
};
for (const [step, before] of Object.entries(questions)) {
  Deno.test(`${step}: busy means that the next poll asks again`, async () => {
    const rest = step === "list" ? [listOf(eventOf(7, "started"))] : [];
    await using world = createWorld([
      ...before,
      ...Array.from({ length: 8 }, () => busy),
      ...rest,
      one(7, "finished"),
    ]);
    const handle = world.runtime.start(triggered());
    assertEquals((await world.clock.runUntil(handle.result())).id, 7);
    assertEquals(world.clock.now() - world.clock.startMs, 40_000);
  });
}

Deno.test("entityFree: busy is not free", async () => {
  await using world = createWorld([busy, busy, listOf()]);
  const handle = world.runtime.start(linode.entityFree({ entityType: "linode", entityId: ID }));
  await world.clock.runUntil(handle.result());
  assertEquals(world.times(), [0, 5_000, 10_000]);
});

for (const status of [400, 403, 404, 410]) {
  Deno.test(`a page with ${status} is a gateway's word: every question is asked again`, async () => {
    const wall = { status, ...page };
    await using world = createWorld([
      wall,
      listOf(),
      wall,
      wall,
      listOf(eventOf(7, "started")),
      wall,
      one(7, "finished"),
    ]);
    const handle = world.runtime.start(shutdown());
    await world.clock.runUntil(pull(handle));
    assertEquals((await world.clock.runUntil(handle.result())).id, 7);
  });

  Deno.test(`a gateway that goes on with pages of ${status} is transport, not expired`, async () => {
    await using world = createWorld([listOf(), { status: 200 }, listOf(eventOf(7, "started"))], {
      thenRepeat: { status, ...page },
    });
    const handle = world.runtime.start(triggered());
    const error = errorOf(await world.clock.runUntil(handle.outcome()));
    assertEquals(error.code, "transport");
    assert(error.message.includes("is a gateway's answer, not Linode's"), error.message);
    assert((error as { token?: unknown }).token !== undefined);
  });
}

Deno.test("an API in maintenance says so, and is not asked again: linodego#216", async () => {
  await using world = createWorld([
    { status: 503, headers: { "x-maintenance-mode": "all,maintenance" } },
  ]);
  const handle = world.runtime.start(shutdown());
  const error = errorOf(await world.clock.runUntil(handle.outcome()));
  assertEquals([error.code, world.fetch.requests.length], ["transport", 1]);
  assert(error.message.includes("Linode's API is in maintenance"), error.message);
  assert((error as { token?: unknown }).token !== undefined);
});
