import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type AnyLroError,
  DeadlineExceededError,
  elasticio,
  isLroError,
  LroError,
  type Operation,
  OperationCanceledError,
  OperationExpiredError,
  OperationFailedError,
  parseLroError,
  ProtocolError,
  RequestRejectedError,
  type StartOptions,
  TransportError,
} from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { defineJob, jobs } from "./_job.ts";
import { ACCEPTED, createWorld, errorOf, outcomeOf, PENDING } from "./_world.ts";

interface Life {
  readonly type: abstract new (...args: never[]) => LroError;
  readonly kind: string;
  readonly operation: Operation;
  readonly responses: readonly ScriptedResponse[];
  readonly start?: StartOptions;
  readonly isCanceled?: boolean;
  /** Fields that this class has besides the common ones. */
  readonly fields: Record<string, unknown>;
}

const poll = elasticio.poll({ executionId: "1" });
const ready = { status: 303, headers: { location: "/v1/exec/result/1" } };
const refusal = { message: "Rejected.", reason: { why: "no such field" } };

const lives: Record<AnyLroError["code"], Life> = {
  "request-rejected": {
    type: RequestRejectedError,
    kind: "failed",
    operation: jobs.unsent(),
    responses: [{ status: 403, json: { message: "no" } }],
    fields: { status: 403 },
  },
  "operation-failed": {
    type: OperationFailedError,
    kind: "failed",
    operation: poll,
    responses: [ready, { status: 400, json: refusal }],
    fields: { details: refusal.reason, providerCode: "400", providerMessage: "Rejected." },
  },
  "operation-canceled": {
    type: OperationCanceledError,
    kind: "canceled",
    operation: jobs.unsent(),
    responses: [ACCEPTED],
    isCanceled: true,
    fields: { confirmed: false },
  },
  "operation-expired": {
    type: OperationExpiredError,
    kind: "expired",
    operation: poll,
    responses: [{ status: 404, json: { message: "Expired." } }],
    fields: {},
  },
  "deadline-exceeded": {
    type: DeadlineExceededError,
    kind: "timedOut",
    operation: jobs.unsent(),
    responses: [ACCEPTED, PENDING],
    start: { deadlineMs: 1_500 },
    fields: { deadlineMs: 1_500 },
  },
  "transport": {
    type: TransportError,
    kind: "failed",
    operation: jobs.unsent(),
    responses: [{ refuse: true }, { refuse: true }],
    fields: { attempts: 2 },
  },
  "protocol": {
    type: ProtocolError,
    kind: "failed",
    operation: poll,
    responses: [{ status: 303 }],
    fields: {},
  },
};

async function live({ operation, responses, start, isCanceled }: Life) {
  await using world = createWorld(responses, { retry: { attempts: 2, baseMs: 10 } });
  const handle = world.runtime.start(operation, { id: "a", ...start });
  await world.clock.advance(100);
  const outcome = await (isCanceled ? handle.cancel() : outcomeOf(world, handle));
  const error = errorOf(outcome);
  assertStrictEquals(await handle.result().catch((thrown) => thrown), error);
  return { error, outcome, requests: world.fetch.requests.length };
}

for (const [code, life] of Object.entries(lives)) {
  Deno.test(`${code} is an error of its own class, with every field`, async () => {
    const { error, outcome, requests } = await live(life);
    for (const type of [life.type, LroError, Error]) assertInstanceOf(error, type);
    assertEquals([error.code, outcome.kind, error.name], [code, life.kind, life.type.name]);
    assertMatch(error.message, /^[A-Z].*[^.]$/);
    assertMatch(String(error.stack), /\n +at /);
    const { provider, operationId, polls, elapsedMs } = error;
    assertEquals(provider, life.operation.provider);
    assertEquals([operationId, polls, elapsedMs], ["a", outcome.polls, outcome.elapsedMs]);
    assertEquals([error.requests, outcome.requests], [requests, requests]);
    for (const [name, value] of Object.entries(life.fields)) {
      assertEquals((error as unknown as Record<string, unknown>)[name], value, name);
    }
    const lastStatus = life.responses.findLast(({ status }) => status)?.status;
    assertEquals(error.lastReply?.status, lastStatus);
    // Whatever leaves the operation possibly running can be taken up again.
    const isOver = /^(?:request-rejected|operation-failed|operation-expired)$/.test(code);
    assertEquals("token" in error, !isOver);
    assertEquals(Object.keys(error).includes("token"), false, "in a log");
  });

  Deno.test(`${code} survives JSON`, async () => {
    const { error } = await live(life);
    const text = JSON.stringify(error);
    for (const json of [text, JSON.parse(text)]) {
      const again = parseLroError(json);
      assertInstanceOf(again, life.type);
      assertEquals(isLroError(again), true);
      assertEquals(JSON.stringify(again), text);
      assertEquals(again.message, error.message);
    }
  });
}

Deno.test("the cause of a transport error is the fetch's own, and survives JSON with its code", async () => {
  const { error } = await live(lives.transport);
  const cause = error.cause as Error & { cause: { code: string; message: string } };
  assertEquals([cause.message, cause.cause.code], ["fetch failed", "ECONNREFUSED"]);
  const again = parseLroError(JSON.stringify(error)).cause as typeof cause;
  assertInstanceOf(again, Error);
  assertEquals([again.name, again.message, again.cause.code], [
    "TypeError",
    "fetch failed",
    "ECONNREFUSED",
  ]);
});

const FIELDS = { provider: "p", operationId: "1", polls: 1, requests: 2, elapsedMs: 3 };

Deno.test("an error of ours may be the cause of another, and of one that causes itself", () => {
  const inner = new TransportError("Cannot poll: lost", { ...FIELDS, attempts: 3 });
  const round: Error & { cause?: unknown } = new Error("round");
  round.cause = round;
  for (const cause of [inner, new Error("x", { cause: inner }), round]) {
    const outer = new ProtocolError("Cannot read: odd", { ...FIELDS, cause });
    const again = parseLroError(JSON.stringify(outer));
    assertEquals(JSON.stringify(again), JSON.stringify(outer));
    assertEquals((again.cause as Error).message, cause.message);
  }
});

for (
  const [cause, seen] of [
    ["text", "text"],
    [5, 5],
    [null, null],
    [false, false],
    [10n, "10"],
    [Symbol("s"), "Symbol(s)"],
    [{ message: "m", deep: { a: 1 } }, "m"],
    [Object.create(null), {}],
  ] as const
) {
  Deno.test(`a cause that is no error is described as well as JSON can: ${String(JSON.stringify(seen))}`, () => {
    const error = new ProtocolError("Cannot read: odd", { ...FIELDS, cause });
    const again = parseLroError(JSON.stringify(error)).cause;
    assertEquals(again instanceof Error ? again.message : again, seen);
  });
}

Deno.test("fields that are not there are not there", () => {
  const error = new TransportError("Cannot poll: lost", { ...FIELDS, attempts: 1 });
  assertEquals(Object.keys(error).sort(), [
    "attempts",
    "code",
    "elapsedMs",
    "name",
    "operationId",
    "polls",
    "provider",
    "requests",
  ]);
  assertEquals(["token" in error, "cause" in error, "lastReply" in error], [false, false, false]);
});

for (
  const [json, text] of [
    [undefined, "expected a code of request-rejected, operation-failed"],
    [null, "expected a code"],
    [5, "expected a code"],
    [[], "expected a code"],
    ["{", "it is not JSON"],
    [{ code: "EOOPS" }, 'got "EOOPS"'],
    [{ code: "constructor" }, 'got "constructor"'],
    [{ code: "protocol" }, "message and provider must be strings"],
    [{ code: "protocol", message: "m" }, "message and provider must be strings"],
    [new Error("plain"), "expected a code"],
  ] as const
) {
  Deno.test(`parseLroError(${JSON.stringify(json)}): ${text}`, () => {
    assertThrows(() => parseLroError(json), TypeError, text);
  });
}

Deno.test("isLroError() knows ours from others", () => {
  assertEquals([new Error("x"), { code: "protocol" }, null, undefined].map(isLroError), [
    false,
    false,
    false,
    false,
  ]);
});

Deno.test("a rejection that nobody waited for is nobody's unhandled rejection", async () => {
  await using world = createWorld([{ status: 400, json: {} }]);
  const handle = world.runtime.start(jobs.unsent());
  await world.clock.advance(5_000);
  assert(handle.snapshot.outcome);
  await assertRejects(() => handle.result(), RequestRejectedError);
});

Deno.test("the class of an outcome's error is that of its kind, whatever code a kind of operation gives", async () => {
  const codes = ["operation-canceled", "operation-expired", "deadline-exceeded"] as const;
  for (const code of codes) {
    const odd = defineJob("odd", { repeat: "unsent" }, {
      read: () => ({ type: "failed", failure: { code, message: "Cannot go on: odd" } }),
    });
    await using world = createWorld([ACCEPTED]);
    const outcome = await outcomeOf(world, world.runtime.start(odd()));
    assert(outcome.kind === "failed");
    assertInstanceOf(outcome.error, OperationFailedError);
    assertEquals(outcome.error.message, "Cannot go on: odd");
  }
});

Deno.test("the error of an outcome narrows by its kind, and by its code", async () => {
  await using world = createWorld([{ status: 400 }]);
  const outcome = await outcomeOf(world, world.runtime.start(jobs.unsent()));
  // Each line compiles only where the type is narrowed.
  if (outcome.kind === "canceled") assertEquals(outcome.error.confirmed, false);
  if (outcome.kind === "timedOut") assertEquals(outcome.error.deadlineMs, 0);
  assert(outcome.kind === "failed" && outcome.error.code === "request-rejected");
  assertEquals(outcome.error.status, 400);
});
