import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  createRuntime,
  elasticio,
  encodeToken,
  type OperationHandle,
  type ResumeToken,
  type TransportError,
} from "@lro/machines";
import {
  createElasticioEmulator,
  createVirtualClock,
  type ElasticioEmulatorOptions,
} from "@lro/machines/testing";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, endOf, errorOf, outcomeOf, PENDING } from "./_world.ts";

const operation = () =>
  elasticio.execution({
    execution: {
      execution_type: "select_model",
      component: "c",
      action_or_trigger: "a",
      account_id: "1",
      model_method: "m",
    },
  });

/** A server of which every answer takes 300 ms, and an operation that it finishes after 4 s. */
function createCloud(options: Partial<ElasticioEmulatorOptions> = {}) {
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const emulator = createElasticioEmulator({
    clock,
    plan: { durationMs: 4_000, result: { answer: 42 }, readOnce: options.plan === undefined },
    ...options,
    faults: [...options.faults ?? [], { delayMs: 300 }],
  });
  const open = () => createRuntime({ clock, fetch: emulator.fetch, random: () => 0.5 });
  return { clock, emulator, open };
}

type Cloud = ReturnType<typeof createCloud>;

const lives: Record<string, Partial<ElasticioEmulatorOptions>> = {
  "a plain life": {},
  "a life in which every kind of request is refused once": {
    faults: [
      { on: "schedule", nth: 1, status: 429 },
      { on: "poll", nth: 1, status: 500, headers: { "retry-after": "2" } },
      { on: "result", nth: 1, status: 429 },
    ],
  },
  "a life with lost answers": {
    faults: [
      { on: "poll", nth: 2, drop: "after", delayMs: 100 },
      { on: "result", nth: 1, drop: "before", delayMs: 100 },
    ],
  },
  "a life that is rejected": {
    plan: { durationMs: 4_000, end: "rejected", reason: { why: "x" }, readOnce: false },
  },
  "a life that expires": { plan: { durationMs: 4_000, end: "expires" } },
};

/** Runs a life, is killed after some time, and takes up its token again. */
async function interrupt(life: Partial<ElasticioEmulatorOptions>, afterMs: number) {
  const cloud = createCloud(life);
  const before = cloud.open();
  const handle = before.start(operation(), { id: "a" });
  await cloud.clock.advance(afterMs);
  const token = JSON.parse(JSON.stringify(handle.token())) as ResumeToken;
  const { snapshot } = handle;
  await before.dispose();
  return { cloud, token, snapshot };
}

async function finish({ clock, open }: Cloud, token: ResumeToken | string) {
  await using runtime = open();
  return await clock.runUntil(runtime.restore(token).outcome());
}

for (const [what, life] of Object.entries(lives)) {
  Deno.test(`${what} can be taken up at every moment, and is scheduled once`, async () => {
    const undisturbed = createCloud(life);
    const expected = endOf(await finish(undisturbed, startToken(undisturbed)));
    const lifetimeMs = undisturbed.clock.now() - undisturbed.clock.startMs;
    assertEquals(undisturbed.emulator.executions.length, 1);
    const moments = new Set<string>();
    for (let ms = 0; ms <= lifetimeMs; ms += 50) {
      const { cloud, token, snapshot } = await interrupt(life, ms);
      moments.add(JSON.stringify(snapshot.value) + String(snapshot.step));
      const outcome = await finish(cloud, ms % 100 === 0 ? token : encodeToken(token));
      const end = endOf(outcome);
      assert(cloud.emulator.executions.length <= 1, `scheduled twice after ${ms} ms`);
      if (snapshot.step === "schedule" && token.uncertain) {
        assertEquals(end, "transport", `in flight after ${ms} ms`);
        assertMatch(errorOf(outcome).message, /not sent a second time/);
      } else {
        assertEquals(end, expected, `after ${ms} ms`);
      }
    }
    assert(moments.size >= 4, [...moments].join());
  });
}

/** The token of an operation that was never begun. */
function startToken({ open }: Cloud): ResumeToken {
  const handle = open().start(operation(), { signal: AbortSignal.abort() });
  return handle.token();
}

Deno.test("a token restored twice at once schedules nothing and both see the end", async () => {
  for (let ms = 0; ms <= 6_000; ms += 250) {
    const life = { plan: { durationMs: 4_000, result: 1, readOnce: false } };
    const { cloud, token } = await interrupt(life, ms);
    if (token.uncertain) continue;
    const runtimes = [cloud.open(), cloud.open()];
    const outcomes = runtimes.map((runtime) => runtime.restore(token).outcome());
    const ends = (await cloud.clock.runUntil(Promise.all(outcomes))).map(endOf);
    assertEquals(ends, ["succeeded", "succeeded"]);
    // Two processes that both begin the same start are two starts; later there is one.
    if (ms > 0) assertEquals(cloud.emulator.executions.length, 1, `after ${ms} ms`);
    await Promise.all(runtimes.map((runtime) => runtime.dispose()));
  }
});

Deno.test("a token goes from hand to hand, one step a process", async () => {
  const cloud = createCloud();
  let token: ResumeToken | string = startToken(cloud);
  let outcome;
  for (let hands = 0; outcome === undefined && hands < 200; hands++) {
    const runtime = cloud.open();
    const handle: OperationHandle = runtime.restore(token);
    const waited = handle.outcome().then((end) => outcome = end, () => {});
    await cloud.clock.advance(350); // an answer takes 300
    token = encodeToken(handle.token());
    await runtime.dispose();
    await waited;
  }
  assertEquals(endOf(outcome!), "succeeded");
  assertEquals(cloud.emulator.count("schedule"), 1);
});

Deno.test("a failure of transport is not the end: its token goes on as often as need be", async () => {
  await using world = createWorld([ACCEPTED], {
    thenRepeat: { drop: true },
    retry: { attempts: 2, baseMs: 10 },
  });
  let error = errorOf(await outcomeOf(world, world.runtime.start(jobs.unsent()))) as TransportError;
  for (let i = 0; i < 3; i++) {
    error = errorOf(await outcomeOf(world, world.runtime.restore(error.token!))) as TransportError;
    assertEquals(error.code, "transport");
  }
  assertEquals([error.requests, world.fetch.requests.length], [9, 9]);
  await using better = createWorld([DONE], { startMs: world.clock.now() });
  assertEquals(endOf(await outcomeOf(better, better.runtime.restore(error.token!))), "succeeded");
});

const ends = {
  succeeded: [ACCEPTED, DONE],
  "operation-failed": [ACCEPTED, { status: 400, json: {} }],
  "request-rejected": [{ status: 400, json: {} }],
};

for (const [end, responses] of Object.entries(ends)) {
  Deno.test(`the token of what has ended tells the end, and sends nothing: ${end}`, async () => {
    await using world = createWorld(responses);
    const handle = world.runtime.start(jobs.unsent());
    const outcome = await outcomeOf(world, handle);
    assertEquals(endOf(outcome), end);
    const token = JSON.parse(JSON.stringify(handle.token()));
    await using other = createWorld([]);
    const again = other.runtime.restore(token);
    assertEquals([again.snapshot.status, [...other.runtime.list()]], ["done", []]);
    assertEquals(JSON.stringify(await again.outcome()), JSON.stringify(outcome));
    assertEquals(JSON.stringify(again.token()), JSON.stringify(token));
  });
}

Deno.test("a token is the same as an object, as JSON and as one word, whatever its id", async () => {
  for (const id of ["a", "ä€😀\u0000\"'`$ ;/", "\ud800"]) {
    await using world = createWorld([ACCEPTED]);
    const handle = world.runtime.start(jobs.unsent(), { id });
    await world.clock.advance(500);
    const token = handle.token();
    const word = encodeToken(token);
    assertMatch(word, /^[A-Za-z0-9_-]+$/);
    for (
      const form of [
        token,
        JSON.stringify(token),
        ` ${JSON.stringify(token, null, 2)}\n`,
        word,
        ` ${word}\n`,
      ]
    ) {
      await using other = createWorld([DONE], { startMs: world.clock.now() });
      const again = other.runtime.restore(form);
      assertEquals(again.id, id.toWellFormed() === id || form === token ? id : again.id);
      assertEquals(endOf(await outcomeOf(other, again)), "succeeded");
    }
  }
});

Deno.test("taking a token changes nothing, and what is done to it changes nothing", async () => {
  await using world = createWorld([ACCEPTED, PENDING, DONE]);
  const handle = world.runtime.start(jobs.unsent());
  const { snapshot } = handle;
  const token = handle.token() as { memory: Record<string, unknown>; input: object };
  assertEquals(handle.snapshot, snapshot);
  await world.clock.advance(500);
  token.memory["pollUrl"] = "https://evil.example/";
  Object.assign(handle.token().memory, { pollUrl: "https://evil.example/" });
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
});

Deno.test("headers that a token leaves out can be given again", async () => {
  await using world = createWorld([ACCEPTED]);
  const headers = { authorization: "Bearer of-secrets", "accept-language": "de" };
  const handle = world.runtime.start(jobs.unsent({ headers }));
  await world.clock.advance(500);
  const token = handle.token();
  await using plain = createWorld([DONE], { startMs: world.clock.now() });
  await outcomeOf(plain, plain.runtime.restore(token));
  assertEquals(plain.fetch.requests[0]?.headers, { "accept-language": "de" });
  await using full = createWorld([DONE], { startMs: world.clock.now() });
  await outcomeOf(full, full.runtime.restore(token, { headers: { authorization: "Bearer anew" } }));
  assertEquals(full.fetch.requests[0]?.headers, {
    authorization: "Bearer anew",
    "accept-language": "de",
  });
});
