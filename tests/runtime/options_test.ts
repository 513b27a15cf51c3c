import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  createRuntime,
  elasticio,
  type RestoreOptions,
  type RuntimeOptions,
  type StartOptions,
  wait,
} from "@lro/machines";
import { createElasticioEmulator, createVirtualClock } from "@lro/machines/testing";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE } from "./_world.ts";

type Row = [
  options: Record<string, unknown> | unknown,
  error: typeof TypeError | typeof RangeError,
  text: string,
];

const forRuntime: Row[] = [
  [null, TypeError, "Cannot create runtime: expected an object of options, got null"],
  [[], TypeError, "expected an object of options, got an array"],
  ["fast", TypeError, 'expected an object of options, got "fast"'],
  [{ fetsh: fetch }, TypeError, 'unknown option "fetsh", expected fetch, clock,'],
  [{ deadlineMs: 5 }, TypeError, 'unknown option "deadlineMs"'],
  [{ ["__proto__"]: 1 }, TypeError, 'unknown option "__proto__"'],
  [{ constructor: 1 }, TypeError, 'unknown option "constructor"'],
  [{ fetch: "https://a" }, TypeError, 'fetch must be a function, got "https://a"'],
  [{ fetch: null }, TypeError, "fetch must be a function, got null"],
  [
    { clock: { now: Date.now } },
    TypeError,
    "clock must be an object with now, setTimeout, clearTimeout",
  ],
  [{ clock: 5 }, TypeError, "clock must be an object with now, setTimeout, clearTimeout, got 5"],
  [{ random: 0.5 }, TypeError, "random must be a function, got 0.5"],
  [{ retry: true }, TypeError, "expected an object or false, got true"],
  [
    { retry: { attempt: 3 } },
    TypeError,
    'unknown field "attempt", expected attempts, baseMs, maxMs',
  ],
  [{ retry: { attempts: 0 } }, RangeError, "attempts is out of range: 0"],
  [{ retry: { attempts: 1.5 } }, RangeError, "attempts is out of range: 1.5"],
  [{ retry: { attempts: "3" } }, RangeError, "attempts is out of range: 3"],
  [{ retry: { baseMs: -1 } }, RangeError, "baseMs is out of range: -1"],
  [{ retry: { maxMs: Infinity } }, RangeError, "maxMs is out of range: Infinity"],
  [{ retry: { jitter: "none" } }, TypeError, 'jitter must be "full" or "added"'],
  [
    { maxConcurrentRequests: 0 },
    RangeError,
    "maxConcurrentRequests must be a whole number of 1 or more, got 0",
  ],
  [{ maxConcurrentRequests: Infinity }, RangeError, "maxConcurrentRequests must be"],
  [{ maxConcurrentRequestsPerOrigin: 2.5 }, RangeError, "maxConcurrentRequestsPerOrigin must be"],
  [
    { requestTimeoutMs: 0 },
    RangeError,
    "requestTimeoutMs must be milliseconds, more than 0, got 0",
  ],
  [{ requestTimeoutMs: NaN }, RangeError, "requestTimeoutMs must be"],
  [
    { requestTimeoutMs: "30s" },
    TypeError,
    'requestTimeoutMs must be milliseconds, more than 0, got "30s"',
  ],
  [{ maxReplyBytes: -1 }, RangeError, "maxReplyBytes must be"],
  [{ inspect: true }, TypeError, "inspect must be an observer"],
  [{ actor: 1 }, TypeError, "actor must be true or false, got 1"],
  [
    { store: {} },
    TypeError,
    "store must be an object with save, load, list, remove, got an object",
  ],
  [{ onError: "log" }, TypeError, "onError must be a function"],
];

const forStart: Row[] = [
  [null, TypeError, "Cannot start operation: expected an object of options, got null"],
  [{ id: "" }, TypeError, 'id must be a text, got ""'],
  [{ id: 5 }, TypeError, "id must be a text, got 5"],
  [{ timeout: 5 }, TypeError, 'unknown option "timeout", expected id, deadlineMs'],
  [{ headers: {} }, TypeError, 'unknown option "headers"'],
  [{ onDeadline: "stop" }, TypeError, 'onDeadline must be "leave" or "cancel", got "stop"'],
  [{ onAbort: true }, TypeError, 'onAbort must be "leave" or "cancel", got true'],
  [{ schedule: 500 }, TypeError, "schedule must be fixed(...) or exponential(...), got 500"],
];

const forRestore: Row[] = [
  [{ id: "other" }, TypeError, 'Cannot restore operation: unknown option "id"'],
  [{ headers: "a: b" }, TypeError, "headers must be an object of header names and values"],
  [{ headers: { a: 5 } }, TypeError, "headers must be an object of header names and values"],
  [{ headers: null }, TypeError, "headers must be"],
  [{ deadlineMs: -1 }, RangeError, "deadlineMs must be milliseconds, 0 or more, got -1"],
];

for (const [options, error, text] of forRuntime) {
  Deno.test(`createRuntime(${show(options)}): ${text}`, () => {
    assertThrows(() => createRuntime(options as RuntimeOptions), error, text);
  });
}

for (const [options, error, text] of forStart) {
  Deno.test(`start(operation, ${show(options)}): ${text}`, async () => {
    await using world = createWorld([]);
    assertThrows(() => world.runtime.start(jobs.unsent(), options as StartOptions), error, text);
    assertEquals([[...world.runtime.list()], world.clock.timers], [[], 0]);
  });
}

for (const [options, error, text] of forRestore) {
  Deno.test(`restore(token, ${show(options)}): ${text}`, async () => {
    await using world = createWorld([{ hang: true }]);
    const token = world.runtime.start(jobs.unsent(), { id: "a" }).token();
    await using other = createWorld([]);
    assertThrows(() => other.runtime.restore(token, options as RestoreOptions), error, text);
    assertEquals([...other.runtime.list()], []);
  });
}

function show(options: unknown): string {
  return JSON.stringify(options, (_, value) => typeof value === "function" ? "function" : value)
    ?.slice(0, 60) ?? "undefined";
}

const operations: [operation: unknown, text: string][] = [
  [undefined, "Cannot find operation kind undefined: expected an operation"],
  [null, "Cannot find operation kind undefined"],
  ["elasticio.poll", "Cannot find operation kind undefined"],
  [{}, "Cannot find operation kind undefined"],
  [{ kind: "azure.nothing", input: {} }, 'Cannot find operation kind "azure.nothing": known are'],
  [{ kind: "__proto__", input: {} }, 'Cannot find operation kind "__proto__"'],
  [{ kind: "elasticio.poll" }, "Cannot make elasticio.poll"],
  [{ kind: "elasticio.poll", input: { executionId: 5 } }, "executionId must be a text"],
  [{ kind: "elasticio.execution", input: { execution: {} } }, "execution.execution_type must be"],
];

for (const [operation, text] of operations) {
  Deno.test(`start(${JSON.stringify(operation)}): ${text}`, async () => {
    await using world = createWorld([]);
    assertThrows(() => world.runtime.start(operation as never), TypeError, text);
    await assertRejects(() => wait(operation as never), TypeError, text);
  });
}

Deno.test("options that are undefined are as if they were not there", async () => {
  const clock = createVirtualClock();
  const emulator = createElasticioEmulator({ clock, plan: { result: 1 } });
  const nothing = {
    random: undefined,
    retry: undefined,
    maxConcurrentRequests: undefined,
    inspect: undefined,
    store: undefined,
    id: undefined,
    deadlineMs: undefined,
    signal: undefined,
    schedule: undefined,
  } as unknown as RuntimeOptions & StartOptions;
  const operation = elasticio.execution({
    execution: { execution_type: "verify_credentials", component: "c", account_data: {} },
  });
  const value = wait(operation, { clock, fetch: emulator.fetch, ...nothing });
  assertEquals(await clock.runUntil(value), 1);
});

Deno.test("result() refuses options that it does not know", async () => {
  await using world = createWorld([{ hang: true }]);
  const handle = world.runtime.start(jobs.unsent());
  for (const options of [{ signal: 5 }, { sginal: new AbortController().signal }, null, 5]) {
    await assertRejects(() => handle.result(options as never), TypeError, "Cannot wait for result");
  }
  assertEquals(handle.snapshot.status, "active");
});

Deno.test("an id belongs to one operation at a time", async () => {
  await using world = createWorld([ACCEPTED, DONE], { thenRepeat: { hang: true } });
  const handle = world.runtime.start(jobs.unsent(), { id: "a" });
  const again = () => world.runtime.start(jobs.unsent(), { id: "a" });
  assertThrows(again, TypeError, 'one with id "a" is running');
  assertThrows(
    () => world.runtime.restore(handle.token()),
    TypeError,
    'one with id "a" is running',
  );
  assertEquals([world.runtime.get("a"), world.runtime.get("b")], [handle, undefined]);
  await world.clock.runUntil(handle.result());
  assertEquals(world.runtime.get("a"), undefined);
  assertEquals(again().id, "a");
});

Deno.test("a token takes the place of the stopped operation that it was taken from", async () => {
  await using world = createWorld([ACCEPTED, DONE]);
  const controller = new AbortController();
  const handle = world.runtime.start(jobs.unsent(), { id: "a", signal: controller.signal });
  await world.clock.advance(500);
  controller.abort("enough");
  const again = world.runtime.restore(handle.token());
  assertEquals([...world.runtime.list()], [again]);
  await assertRejects(() => handle.result(), DOMException, "restored and goes on elsewhere");
  assertEquals(await world.clock.runUntil(again.result()), "value");
  assertEquals(world.asked(), ["POST /jobs", "GET /jobs/1"]);
});

Deno.test("ids that are made up are never the same, not even in two runtimes at one time", async () => {
  const ids = new Set<string>();
  for (const chance of [0.1, 0.2]) {
    await using world = createWorld([], { thenRepeat: { hang: true }, random: () => chance });
    for (let i = 0; i < 100; i++) ids.add(world.runtime.start(jobs.unsent()).id);
  }
  assertEquals(ids.size, 200);
  assert([...ids].every((id) => /^[a-z0-9-]+$/.test(id)));
});

Deno.test("list() is what has not ended, in the order of the starts", async () => {
  await using world = createWorld([ACCEPTED, { status: 200, json: 1 }, ACCEPTED], {
    thenRepeat: { hang: true },
  });
  for (const id of ["a", "b", "c"]) world.runtime.start(jobs.unsent(), { id });
  await world.clock.advance(100);
  assertEquals([...world.runtime.list()].map(({ id }) => id), ["a", "c"]);
});
