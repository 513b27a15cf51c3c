import { assert, assertEquals, assertObjectMatch } from "@std/assert";
import { elasticio } from "@lro/machines";
import { createMemoryStore } from "@lro/machines/store/memory";
import { createWorld, endOf, errorOf, outcomeOf } from "../../runtime/_world.ts";
import { AUTHORIZATION, execution, ID, poll, READY, RESULT, SCHEDULED } from "./_operations.ts";

for (
  const location of [
    `https://api.elastic.io/v1/exec/poll/${ID}`,
    `/v1/exec/poll/${ID}`,
    ` https://api.elastic.io/v1/exec/poll/${ID}" `,
    `'/v1/exec/poll/${ID}'`,
  ]
) {
  Deno.test(`elastic.io: a polling URL may be written as ${JSON.stringify(location)}`, async () => {
    await using world = createWorld([{ status: 202, headers: { location } }, READY, RESULT]);
    assertEquals(endOf(await outcomeOf(world, world.runtime.start(execution()))), "succeeded");
    assertEquals(world.fetch.requests[1]?.url, `https://api.elastic.io/v1/exec/poll/${ID}`);
  });
}

Deno.test("elastic.io: no credentials go to a result on another origin", async () => {
  const location = "https://results.example/r/1";
  await using world = createWorld([{ status: 303, headers: { location } }, RESULT]);
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(poll()))), "succeeded");
  assertEquals(world.fetch.requests.map(({ url, headers }) => [url, headers["authorization"]]), [
    [`https://api.elastic.io/v1/exec/poll/${ID}`, AUTHORIZATION],
    [location, undefined],
  ]);
});

Deno.test("elastic.io is polled after 1 s, then at intervals growing by half to 10 s, for 240 s", async () => {
  await using world = createWorld([SCHEDULED], { thenRepeat: { status: 200 } });
  const outcome = await outcomeOf(world, world.runtime.start(execution()));
  assertEquals([endOf(outcome), outcome.elapsedMs], ["deadline-exceeded", 240_000]);
  const gaps = world.times().map((time, i, times) => time - (times[i - 1] ?? 0)).slice(1);
  assertEquals(gaps.slice(0, 8), [1_000, 1_500, 2_250, 3_375, 5_063, 7_594, 10_000, 10_000]);
});

Deno.test("elasticio.poll() asks at once", async () => {
  await using world = createWorld([READY, RESULT]);
  const outcome = await outcomeOf(world, world.runtime.start(poll()));
  assertEquals([endOf(outcome), outcome.elapsedMs, outcome.polls], ["succeeded", 0, 1]);
});

Deno.test("elasticio.poll() puts any id safely into its URL", async () => {
  await using world = createWorld([READY, RESULT]);
  const operation = elasticio.poll({ executionId: "a/../b?c#d ä", baseUrl: "https://host/api/" });
  await outcomeOf(world, world.runtime.start(operation));
  assertEquals(
    world.fetch.requests[0]?.url,
    "https://host/api/v1/exec/poll/a%2F..%2Fb%3Fc%23d%20%C3%A4",
  );
});

Deno.test("elastic.io cannot cancel, and the error says so", async () => {
  await using world = createWorld([SCHEDULED]);
  const handle = world.runtime.start(execution());
  await world.clock.advance(500);
  const error = errorOf(await handle.cancel());
  assertEquals([error.code, world.asked()], ["operation-canceled", ["POST /v1/exec/schedule"]]);
  assert(error.message.includes("elastic.io has no way to cancel an execution"), error.message);
});

Deno.test("elastic.io's account data never enters a token, and what was scheduled needs it no more", async () => {
  await using world = createWorld([SCHEDULED, READY, RESULT]);
  const operation = elasticio.execution({
    execution: {
      execution_type: "verify_credentials",
      component: "C",
      account_data: { pin: "4711" },
    },
  });
  const handle = world.runtime.start(operation);
  assert(!JSON.stringify(handle.token()).includes("4711"));
  await world.clock.advance(500);
  const token = handle.token();
  assert(!JSON.stringify(token).includes("4711"));
  await world.runtime.dispose();
  await using other = createWorld([READY, RESULT], { startMs: world.clock.now() });
  assertEquals(endOf(await outcomeOf(other, other.runtime.restore(token))), "succeeded");
});

Deno.test("elastic.io's result is in the store before anybody is told, and is read once", async () => {
  const store = createMemoryStore();
  await using world = createWorld([SCHEDULED, READY, RESULT], { store });
  const handle = world.runtime.start(execution(), { id: "a" });
  let stored: unknown;
  handle.subscribe(({ outcome }) => {
    if (outcome) stored = store.load("a")?.outcome;
  });
  await outcomeOf(world, handle);
  assertObjectMatch(stored as Record<string, unknown>, { kind: "succeeded", value: 42 });
  await using other = createWorld([]);
  assertEquals(await other.runtime.restore(store.load("a")!).result(), 42);
});
