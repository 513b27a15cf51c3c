/** Tokens that are none, or no longer. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createRuntime, encodeToken, type ResumeToken } from "@lro/machines";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, endOf, outcomeOf } from "./_world.ts";

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
  [
    { nextPollAt: 1e300 },
    /nextPollAt must be a time in milliseconds, up to the year 9999, got 1e\+300/,
  ],
  [{ deadlineAt: 2 ** 53 }, /deadlineAt must be a time in milliseconds, up to the year 9999/],
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
  [
    { value: "failed", outcome: { kind: "failed", elapsedMs: 1 } },
    /outcome.error must be an object/,
  ],
  [{ value: "failed", outcome: { kind: "failed", elapsedMs: 1, error: {} } }, /expected a code of/],
  [
    { value: "failed", outcome: { kind: "failed", elapsedMs: 1, error: { code: "x" } } },
    /expected a code/,
  ],
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

for (
  const token of [
    undefined,
    null,
    5,
    true,
    [],
    "",
    "{",
    "{}",
    "null",
    "[1]",
    "not a token",
    "😀",
    "e30",
    " ",
  ]
) {
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
    fc.constantFrom<unknown>(
      1e300,
      -1e300,
      2 ** 53,
      0,
      -0,
      NaN,
      "initial",
      "failed",
      {
        initial: "sending",
      },
      { polling: "asking" },
      { pollUrl: 5 },
      { pollUrl: "file:///etc/passwd" },
      { pollUrl: "\0" },
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(field, value), { minLength: 1, maxLength: 3 }),
      async (fields) => {
        await tryRestore({ ...token, ...Object.fromEntries(fields) });
      },
    ),
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
