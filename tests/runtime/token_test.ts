import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
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
  protocol: [{ status: 302, headers: { location: "file:///" } }, { status: 307, headers: { location: "x:" } }],
};

for (const [end, responses] of Object.entries(ends)) {
  Deno.test(`the token of what has ended tells the end, and sends nothing: ${end}`, async () => {
    const call = { method: "GET", url: "https://jobs.example/" };
    await using world = createWorld(responses);
    const handle = world.runtime.start(end === "protocol" ? jobs.always({ call }) : jobs.unsent());
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
    for (const form of [token, JSON.stringify(token), ` ${JSON.stringify(token, null, 2)}\n`, word, ` ${word}\n`]) {
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

/** A token of an operation that is being polled. */
async function pollingToken(): Promise<ResumeToken> {
  await using world = createWorld([ACCEPTED]);
  const handle = world.runtime.start(jobs.unsent(), { id: "a", deadlineMs: 60_000 });
  await world.clock.advance(500);
  return handle.token();
}

/** Restores and, where that is possible, waits for the end. */
async function tryRestore(token: unknown): Promise<string> {
  await using world = createWorld([], { thenRepeat: { status: 404 }, retry: false });
  try {
    return endOf(await outcomeOf(world, world.runtime.restore(token as ResumeToken)));
  } catch (error) {
    assert(error instanceof TypeError, String(error));
    assertMatch(error.message, /^Cannot (read token|make|find)/);
    assert(error.message.length < 700, error.message);
    return error.message;
  }
}

const changes: [change: Record<string, unknown>, message: RegExp][] = [
  [{ version: 2 }, /expected version 1, got 2/],
  [{ version: "1" }, /expected version 1, got "1"/],
  [{ version: undefined }, /expected version 1, got undefined/],
  [{ id: "" }, /id must be a text, got ""/],
  [{ id: 5 }, /id must be a text, got 5/],
  [{ kind: "job.none" }, /Cannot find operation kind "job.none": known are/],
  [{ kind: 5 }, /kind must be the name of an operation kind, got 5/],
  [{ input: null }, /input must be an object, got null/],
  [{ input: [] }, /input must be an object/],
  [{ memory: "m" }, /memory must be an object, got "m"/],
  [{ value: "sleeping" }, /job.unsent has no state "sleeping"/],
  [{ value: "polling" }, /job.unsent has no state "polling"/],
  [{ value: { polling: "sending" } }, /job.unsent has no state/],
  [{ value: { polling: "waiting", initial: "sending" } }, /job.unsent has no state/],
  [{ value: null }, /has no state/],
  [{ value: ["polling"] }, /has no state/],
  [{ value: "constructor" }, /has no state/],
  [{ value: "succeeded" }, /value "succeeded" and outcome nothing do not fit/],
  [{ value: "timedOut" }, /do not fit/],
  [{ outcome: { kind: "succeeded", value: 1, elapsedMs: 1 } }, /do not fit/],
  [{ value: "failed", outcome: { kind: "succeeded", value: 1, elapsedMs: 1 } }, /do not fit/],
  [{ value: "timedOut", outcome: { kind: "timedOut", elapsedMs: 1 } }, /an end that is final/],
  [{ value: "failed", outcome: { kind: "failed", elapsedMs: 1 } }, /outcome.error must be an object/],
  [{ value: "failed", outcome: { kind: "failed", elapsedMs: 1, error: {} } }, /expected a code of/],
  [{ value: "failed", outcome: { kind: "failed", elapsedMs: 1, error: { code: "x" } } }, /expected a code/],
  [{ value: "succeeded", outcome: { kind: "succeeded" } }, /outcome.elapsedMs must be/],
  [{ outcome: "succeeded" }, /outcome must be an object/],
  [{ schedule: undefined }, /expected fixed\(...\) or exponential\(...\)/],
  [{ schedule: { kind: "fixed", intervalMs: -1 } }, /intervalMs is out of range: -1/],
  [{ pauses: -1 }, /pauses must be a count, got -1/],
  [{ polls: 1.5 }, /polls must be a count/],
  [{ requests: "3" }, /requests must be a count/],
  [{ startedAt: null }, /startedAt must be a time/],
  [{ nextPollAt: "soon" }, /nextPollAt must be a time/],
  [{ deadlineMs: -1 }, /deadlineMs must be a duration/],
  [{ deadlineAt: {} }, /deadlineAt must be a time/],
  [{ uncertain: "yes" }, /uncertain must be true/],
];

for (const [change, message] of changes) {
  Deno.test(`a token with ${JSON.stringify(change)} is refused: ${message.source}`, async () => {
    assertMatch(await tryRestore({ ...await pollingToken(), ...change }), message);
  });
}

for (const token of [undefined, null, 5, true, [], "", "{", "{}", "null", "[1]", "not a token", "😀", "e30", " "]) {
  Deno.test(`${JSON.stringify(token)} is no token, and the error says what is expected`, async () => {
    assertMatch(await tryRestore(token), /^Cannot read token: expected/);
  });
}

Deno.test("a token that was cut short is refused, wherever it was cut", async () => {
  const token = await pollingToken();
  for (const text of [encodeToken(token), JSON.stringify(token)]) {
    for (let length = 0; length < text.length; length++) {
      assertMatch(await tryRestore(text.slice(0, length)), /^Cannot read token: expected/);
    }
  }
});

Deno.test("whatever a token holds, restoring it throws a TypeError or comes to an end", async () => {
  const token = await pollingToken();
  const field = fc.constantFrom(...Object.keys(token), "outcome", "uncertain", "nextPollAt");
  const value = fc.oneof(
    fc.anything({ maxDepth: 2 }),
    fc.constantFrom<unknown>(1e300, -1e300, 2 ** 53, 0, -0, NaN, "initial", "failed", {
      initial: "sending",
    }, { polling: "asking" }, { pollUrl: 5 }, { pollUrl: "file:///etc/passwd" }, { pollUrl: "\0" }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(field, value), { minLength: 1, maxLength: 3 }), async (fields) => {
      await tryRestore({ ...token, ...Object.fromEntries(fields) });
    }),
    { numRuns: 500 },
  );
});

Deno.test("a token cannot reach into prototypes", async () => {
  const text = JSON.stringify(await pollingToken());
  const evil = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},';
  for (const at of ['{"version"', '"input":{', '"memory":{']) {
    const end = at.endsWith("{") ? at : "{";
    const token = text.replace(at, `${end}${evil}${at.slice(end.length)}`).replace(/,}/g, "}");
    assert(token.includes("polluted"));
    await tryRestore(token);
    assertEquals(({} as { polluted?: unknown }).polluted, undefined);
  }
});

Deno.test("a token of another provider's kind is refused where nobody imported it", () => {
  const runtime = createRuntime();
  const token = { version: 1, id: "a", kind: "acme.job", input: {}, memory: {}, value: "x" };
  const fields = { pauses: 0, polls: 0, requests: 0, startedAt: 0 };
  assertThrows(
    () => runtime.restore({ ...token, ...fields } as never),
    TypeError,
    "import the provider's module first",
  );
});
