import { assert, assertEquals, assertObjectMatch } from "@std/assert";
import { elasticio } from "@lro/machines";
import { createMemoryStore } from "@lro/machines/store/memory";
import { createWorld, endOf, errorOf, outcomeOf } from "../../runtime/_world.ts";
import {
  AUTHORIZATION,
  EXECUTION,
  execution,
  ID,
  poll,
  READY,
  RESULT,
  SCHEDULED,
} from "./_operations.ts";

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

const VERIFYING = {
  execution_type: "verify_credentials",
  component: "C",
  account_data: { pin: "4711" },
} as const;

Deno.test("elastic.io's account data is missed in a token from before the schedule: it restores, sends nothing and says what to do", async () => {
  await using world = createWorld([{ hang: true }]);
  const controller = new AbortController();
  controller.abort();
  const operation = elasticio.execution({ execution: VERIFYING });
  const handle = world.runtime.start(operation, { signal: controller.signal });
  const token = JSON.parse(JSON.stringify(handle.token()));
  assert(!JSON.stringify(token).includes("4711"));
  await using other = createWorld([]);
  const error = errorOf(await outcomeOf(other, other.runtime.restore(token)));
  assertEquals([error.code, other.asked()], ["request-rejected", []]);
  assert(/account_data.*nothing was scheduled.*hand account_data over anew/.test(error.message));
});

for (const execution_type of ["verify_credentials", "get_meta_model", "select_model"] as const) {
  Deno.test(`elastic.io: every token of ${execution_type} restores, whenever it was written`, async () => {
    const replies = [SCHEDULED, { status: 200 }, READY, RESULT];
    for (let sent = 0; sent <= replies.length; sent++) {
      await using world = createWorld([...replies.slice(0, sent), { hang: true }]);
      const execution = { ...EXECUTION, model_method: "m", ...VERIFYING, execution_type };
      const handle = world.runtime.start(elasticio.execution({ execution }));
      for (let step = 0; step <= sent + 1; step++) {
        const text = JSON.stringify(handle.token());
        assert(!text.includes("4711"), text);
        await using other = createWorld([], { thenRepeat: { hang: true } });
        other.runtime.restore(text);
        await other.clock.advance(0);
        const isSent = world.fetch.requests.length > 0;
        assert(!isSent || !other.asked().includes("POST /v1/exec/schedule"), text);
        await world.clock.advance(2_000);
      }
    }
  });
}

Deno.test("elastic.io: what was scheduled is not in a token any more, nor while its request is out", async () => {
  await using world = createWorld([{ hang: true }]);
  const handle = world.runtime.start(execution());
  await world.clock.advance(0);
  const { input, uncertain } = handle.token();
  assertEquals([uncertain, "execution" in input], [true, false]);
});

Deno.test("elastic.io: whatever goes wrong after the schedule, the error names what was scheduled", async () => {
  const bad = [{ status: 401 }, { status: 404 }, { status: 200, text: "<html>" }, { drop: true }];
  for (const answer of bad) {
    await using world = createWorld([SCHEDULED], { thenRepeat: answer });
    const error = errorOf(await outcomeOf(world, world.runtime.start(execution())));
    assertEquals<unknown>(Reflect.get(error, "partialResult"), {
      pollUrl: `https://api.elastic.io/v1/exec/poll/${ID}`,
      executionId: ID,
    });
  }
});

Deno.test("elastic.io: the status of a poll is the progress; that it is not ready yet is no news", async () => {
  const words = "Pending request, waiting other process";
  const second = { data: { type: "execution-result", attributes: { result: {}, status: words } } };
  await using world = createWorld([
    SCHEDULED,
    { status: 200, json: { message: "Result not ready yet." } },
    { status: 200, json: second },
    READY,
    RESULT,
  ]);
  const handle = world.runtime.start(execution());
  const told: (string | undefined)[] = [];
  handle.subscribe(({ progress }) => void told.push(progress?.text));
  await outcomeOf(world, handle);
  assertEquals([...new Set(told)], [undefined, words]);
});

Deno.test("elastic.io: the error of a rejected execution says the reason's own words", async () => {
  const reason = { message: "no such account", stack: "..." };
  await using world = createWorld([READY, { status: 400, json: { message: "Rejected.", reason } }]);
  const error = errorOf(await outcomeOf(world, world.runtime.start(poll())));
  assertEquals(error.message, 'Execution rejected: HTTP 400 "Rejected.": no such account');
});

Deno.test("elastic.io: a result over the limit of size is lost, and the error says so", async () => {
  const large = { status: 200, json: { data: "x".repeat(200) } };
  await using world = createWorld([READY, large], { maxReplyBytes: 100 });
  const error = errorOf(await outcomeOf(world, world.runtime.start(poll())));
  assertEquals([error.code, Reflect.get(error, "resultMayBeLost")], ["protocol", true]);
});

Deno.test("elastic.io: a lost schedule says that it may run, and its token never schedules again", async () => {
  for (const answer of [{ drop: true }, { status: 520 }, { status: 505 }, { status: 203 }]) {
    await using world = createWorld([answer as { status: number }]);
    const error = errorOf(await outcomeOf(world, world.runtime.start(execution())));
    assert(error.message.includes("it may have been scheduled"), error.message);
    const { token } = error as unknown as { token: string };
    await using other = createWorld([]);
    const again = errorOf(await outcomeOf(other, other.runtime.restore(token)));
    assertEquals([again.code, other.asked()], ["transport", []]);
  }
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
