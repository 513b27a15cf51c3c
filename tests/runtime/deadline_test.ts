import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { createMemoryStore } from "@lro/machines/store/memory";
import {
  createRuntime,
  type DeadlineExceededError,
  elasticio,
  type StartOptions,
} from "@lro/machines";
import { createVirtualClock, type ScriptedResponse } from "@lro/machines/testing";
import { jobs } from "./_job.ts";
import {
  ACCEPTED,
  createWorld,
  DONE,
  endOf,
  errorOf,
  outcomeOf,
  PENDING,
  type World,
} from "./_world.ts";

const DEADLINE = 10_000;
const slow = (response: ScriptedResponse, latencyMs: number): ScriptedResponse => ({
  ...response,
  latencyMs,
});
const never = () => new Promise<never>(() => {});

interface Phase {
  readonly responses: readonly ScriptedResponse[];
  readonly world?: Parameters<typeof createWorld>[1];
  readonly start?: StartOptions;
  /** What goes on meanwhile. */
  readonly meanwhile?: (world: World) => void;
}

const phases: Record<string, Phase> = {
  "asleep": { responses: [ACCEPTED], start: { schedule: { kind: "fixed", intervalMs: 1e9 } } },
  "asleep for a Retry-After": {
    responses: [{ ...ACCEPTED, headers: { "retry-after": "86400" } }],
  },
  "while the start is in flight": { responses: [{ hang: true }] },
  "while a poll is in flight": { responses: [ACCEPTED, { hang: true }] },
  "while an answer comes in pieces": {
    responses: [],
    world: {
      around: () => () => Promise.resolve(new Response(new ReadableStream({}))),
    },
  },
  "in the pause before a retry": {
    responses: [ACCEPTED, { status: 503, headers: { "retry-after": "3600" } }],
  },
  "between one retry and the next": {
    responses: [ACCEPTED],
    world: { thenRepeat: { drop: true }, retry: { attempts: 1_000, baseMs: 3_000, maxMs: 3_000 } },
  },
  "while queued by the limit of concurrency": {
    responses: [{ hang: true }],
    world: { maxConcurrentRequests: 1 },
    meanwhile: ({ runtime }) => void runtime.start(jobs.always(), { deadlineMs: 1e6 }),
  },
  "while credentials are renewed": {
    responses: [{ status: 401 }],
    world: { around: (fetch) => Object.assign(fetch.bind(null), { refresh: never }) },
  },
  "while the store is written ahead of the start": {
    responses: [],
    world: { store: { ...createMemoryStore(), save: never } },
  },
};

for (const [phase, { responses, world: options, start, meanwhile }] of Object.entries(phases)) {
  Deno.test(`the deadline is exact to the millisecond ${phase}`, async () => {
    const world = createWorld(responses, { requestTimeoutMs: 1e9, ...options });
    const { runtime, clock } = world;
    meanwhile?.(world);
    const handle = runtime.start(jobs.unsent(), { deadlineMs: DEADLINE, ...start });
    let told: number | undefined;
    const outcome = handle.outcome().then((outcome) => {
      told = clock.now() - clock.startMs;
      return outcome;
    });
    await clock.advance(DEADLINE - 1);
    assertEquals([told, handle.snapshot.status], [undefined, "active"]);
    await clock.advance(1);
    assertEquals(told, DEADLINE);
    const error = errorOf(await outcome) as DeadlineExceededError;
    assertEquals([error.code, error.elapsedMs, error.deadlineMs], [
      "deadline-exceeded",
      DEADLINE,
      DEADLINE,
    ]);
    assertEquals((await outcome).kind, "timedOut");
    assert(error.token);
    if (phase.includes("store")) return; // dispose would wait for it
    await runtime.dispose();
    assertEquals(clock.timers, 0);
  });
}

const lateness = [[-1, "succeeded"], [0, "deadline-exceeded"], [1, "deadline-exceeded"]] as const;

for (const [ms, end] of lateness) {
  Deno.test(`good news ${ms} ms after the deadline: ${end}`, async () => {
    // The answer's timer is older than the deadline's, or younger; neither matters.
    await using world = createWorld([ACCEPTED, slow(DONE, DEADLINE - 1_000 + ms)]);
    const handle = world.runtime.start(jobs.unsent(), { deadlineMs: DEADLINE });
    assertEquals(endOf(await outcomeOf(world, handle)), end);
    await using other = createWorld([slow({ status: 200, json: 1 }, DEADLINE + ms)]);
    const first = other.runtime.start(jobs.always(), { deadlineMs: DEADLINE });
    assertEquals(endOf(await outcomeOf(other, first)), end);
  });
}

Deno.test("after a sleep of the machine past the deadline an answer that waited is no success", async () => {
  let answer = (_: Response): void => {};
  let skippedMs = 0; // while nothing ran: no timer has fired when the answer is read
  const still = createVirtualClock();
  await using runtime = createRuntime({
    clock: { ...still, now: () => still.now() + skippedMs },
    fetch: () => new Promise<Response>((resolve) => answer = resolve),
  });
  const handle = runtime.start(jobs.always(), { deadlineMs: DEADLINE });
  const outcome = handle.outcome();
  skippedMs = DEADLINE;
  answer(Response.json(1));
  assertEquals(endOf(await outcome), "deadline-exceeded");
});

Deno.test("news that came too late for success is in the token all the same", async () => {
  await using world = createWorld([slow(ACCEPTED, DEADLINE)]);
  const handle = world.runtime.start(jobs.unsent(), { deadlineMs: DEADLINE });
  const error = errorOf(await outcomeOf(world, handle)) as DeadlineExceededError;
  await using again = createWorld([DONE], { startMs: world.clock.now() });
  const outcome = await outcomeOf(again, again.runtime.restore(error.token!));
  // Known to be accepted, or unknown: but never started a second time.
  assertEquals(again.asked().filter((asked) => asked.startsWith("POST")), []);
  assert(["succeeded", "transport"].includes(endOf(outcome)));
});

Deno.test("nothing is sent at the deadline, not even because of news that comes with it", async () => {
  // What is ready can be read only once: it must not be read in vain.
  const ready = { status: 303, headers: { location: "/v1/exec/result/1" } };
  await using world = createWorld([slow(ready, DEADLINE), { status: 200, json: { data: 1 } }]);
  const operation = elasticio.poll({ executionId: "1" });
  const handle = world.runtime.start(operation, { deadlineMs: DEADLINE });
  const error = errorOf(await outcomeOf(world, handle)) as DeadlineExceededError;
  assertEquals([error.code, world.asked()], ["deadline-exceeded", ["GET /v1/exec/poll/1"]]);
  const again = await outcomeOf(world, world.runtime.restore(error.token!));
  assertEquals([endOf(again), world.asked()[1]], ["succeeded", "GET /v1/exec/result/1"]);
});

Deno.test("an in-flight request is aborted at the deadline", async () => {
  let aborted: [number, string] | undefined;
  await using world = createWorld([], {
    around: (_, clock) => (_input, init) => {
      const { signal } = init!;
      signal!.addEventListener("abort", () => {
        aborted = [clock.now() - clock.startMs, signal!.reason.name];
      });
      return never();
    },
  });
  await outcomeOf(world, world.runtime.start(jobs.unsent(), { deadlineMs: DEADLINE }));
  assertEquals(aborted, [DEADLINE, "AbortError"]);
});

Deno.test("a deadline of 0 ends at once, and nothing is sent", async () => {
  await using world = createWorld([]);
  const handle = world.runtime.start(jobs.unsent(), { deadlineMs: 0 });
  assertEquals(handle.snapshot.state, "timedOut");
  const error = errorOf(await handle.outcome()) as DeadlineExceededError;
  assertEquals([error.requests, error.elapsedMs, error.deadlineMs], [0, 0, 0]);
  assertEquals([[...world.runtime.list()], world.clock.timers], [[], 0]);
});

Deno.test("a deadline of Infinity never comes", async () => {
  await using world = createWorld([ACCEPTED, ...Array(50).fill(PENDING), DONE]);
  const handle = world.runtime.start(jobs.unsent(), {
    deadlineMs: Infinity,
    schedule: { kind: "fixed", intervalMs: 30 * 86_400_000 },
  });
  assertEquals("deadlineAt" in handle.snapshot, false);
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
});

for (const deadlineMs of [-1, -Infinity, NaN]) {
  Deno.test(`a deadline of ${deadlineMs} is out of range`, async () => {
    await using world = createWorld([]);
    const start = () => world.runtime.start(jobs.unsent(), { deadlineMs });
    assertThrows(
      start,
      RangeError,
      `deadlineMs must be milliseconds, 0 or more, got ${deadlineMs}`,
    );
  });
}

for (const deadlineMs of ["5000", null, {}, 5n]) {
  Deno.test(`a deadline of type ${typeof deadlineMs} (${deadlineMs}) is a mistake of type`, async () => {
    await using world = createWorld([]);
    const start = () => world.runtime.start(jobs.unsent(), { deadlineMs: deadlineMs as never });
    assertThrows(start, TypeError, "deadlineMs must be milliseconds");
  });
}

Deno.test("a deadline far beyond what a real timer can span is kept", async () => {
  await using world = createWorld([ACCEPTED]);
  const deadlineMs = 100 * 365 * 86_400_000;
  const schedule = { kind: "fixed", intervalMs: 1e15 } as const;
  const handle = world.runtime.start(jobs.unsent(), { deadlineMs, schedule });
  assertEquals(errorOf(await outcomeOf(world, handle)).elapsedMs, deadlineMs);
});

Deno.test("the token of a deadline goes on, with the whole deadline anew", async () => {
  await using world = createWorld([ACCEPTED], { thenRepeat: PENDING });
  const handle = world.runtime.start(jobs.unsent(), { deadlineMs: DEADLINE });
  const { token } = errorOf(await outcomeOf(world, handle)) as DeadlineExceededError;
  const again = world.runtime.restore(token!);
  const startedAt = world.clock.now();
  assertEquals(endOf(await outcomeOf(world, again)), "deadline-exceeded");
  assertEquals(world.clock.now() - startedAt, DEADLINE);
  assertEquals(world.asked().filter((asked) => asked.startsWith("POST")).length, 1);
});

Deno.test("a deadline that is still ahead is kept by a restored token, unless told otherwise", async () => {
  await using world = createWorld([ACCEPTED], { thenRepeat: PENDING });
  const first = world.runtime.start(jobs.unsent(), { deadlineMs: DEADLINE, id: "a" });
  await world.clock.advance(4_000);
  const token = first.token();
  await world.runtime.dispose();
  for (const [options, end] of [[{}, 6_000], [{ deadlineMs: 500 }, 500]] as const) {
    await using other = createWorld([], { thenRepeat: PENDING, startMs: world.clock.now() });
    await outcomeOf(other, other.runtime.restore(token, options));
    assertEquals(other.clock.now() - other.clock.startMs, end);
  }
});

Deno.test("the provider is asked to cancel at the deadline only where that is wished", async () => {
  for (const [onDeadline, asked] of [["leave", 0], ["cancel", 1]] as const) {
    await using world = createWorld([ACCEPTED], { thenRepeat: PENDING });
    const handle = world.runtime.start(jobs.unsent(), { deadlineMs: DEADLINE, onDeadline });
    assertEquals(endOf(await outcomeOf(world, handle)), "deadline-exceeded");
    await world.clock.advance(0);
    assertEquals(world.asked().filter((each) => each.startsWith("DELETE")).length, asked);
  }
});

Deno.test("a deadline says what the last attempt came to, until there was an answer", async () => {
  const busy = { status: 429, headers: { "retry-after": "100" } };
  const rows = [
    [busy, "HTTP 429", 429],
    [{ refuse: true }, "ECONNREFUSED", undefined],
  ] as const;
  for (const [response, trouble, status] of rows) {
    await using world = createWorld([response], { thenRepeat: response });
    const handle = world.runtime.start(jobs.always(), { deadlineMs: 50 });
    const error = errorOf(await outcomeOf(world, handle));
    const [, seen = ""] = error.message.split("the last attempt came to nothing: ");
    assertStringIncludes(seen, trouble);
    assertEquals(error.lastReply?.status, status);
  }
  await using world = createWorld([busy, ACCEPTED], { thenRepeat: PENDING });
  const handle = world.runtime.start(jobs.always(), { deadlineMs: 200_000 });
  const { message } = errorOf(await outcomeOf(world, handle));
  assertEquals(message.includes("came to nothing"), false);
});

Deno.test("a deadline before anything was sent says so", async () => {
  await using world = createWorld([]);
  const handle = world.runtime.start(jobs.always(), { deadlineMs: 0 });
  assertStringIncludes(errorOf(await outcomeOf(world, handle)).message, "no request was sent");
});
