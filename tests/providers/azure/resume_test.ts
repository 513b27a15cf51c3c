import { assertEquals, assertRejects } from "@std/assert";
import {
  azure,
  createRuntime,
  encodeToken,
  type LroErrorCode,
  OperationFailedError,
  type Outcome,
  type ResumeToken,
  type Runtime,
  TransportError,
} from "@lro/machines";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedFetch,
  type ScriptedResponse,
  type VirtualClock,
} from "@lro/machines/testing";
import { joinedLives, type Life, lives, watchedLives } from "./_lives.ts";
import { ARM, monitored, ok, RESOURCE, resource, SUCCEEDED } from "./_play.ts";

const START_MS = 1_700_000_000_000;

interface World extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly fetch: ScriptedFetch;
  readonly runtime: Runtime;
}

function createWorld(
  replies: readonly ScriptedResponse[],
  { startMs = START_MS, retry = {} }: { startMs?: number; retry?: false | object } = {},
): World {
  const clock = createVirtualClock({ startMs });
  const fetch = createScriptedFetch(replies.map((response) => ({ response })), { clock });
  const runtime = createRuntime({ clock, fetch, retry, random: () => 0 });
  return { clock, fetch, runtime, [Symbol.asyncDispose]: () => runtime.dispose() };
}

/** Every request with the time of it. */
function log({ clock, fetch }: World): string[] {
  const offsetMs = clock.startMs - START_MS;
  return fetch.requests.map(({ atMs, method, url }) => `${offsetMs + atMs} ${method} ${url}`);
}

/** An end without the count of requests: one that was given up is sent again, and counts twice. */
function endOf(outcome: Outcome): unknown {
  const { requests: _, ...end } = JSON.parse(JSON.stringify(outcome));
  delete end.error?.requests;
  delete end.error?.token?.requests;
  return end;
}

function errorCodeOf(outcome: Outcome): LroErrorCode | undefined {
  return outcome.kind === "succeeded" ? undefined : outcome.error.code;
}

interface Cut {
  readonly token: string;
  readonly nowMs: number;
  /** Replies read by then. */
  readonly answered: number;
}

/** Runs a life to its end, and writes a token down at every change. */
async function cutUp({ options, replies }: Life) {
  await using world = createWorld(replies);
  const { clock, runtime } = world;
  const cuts: Cut[] = [];
  const handle = runtime.start(azure.operation(options));
  const cut = (): void => {
    const { requests, step, outcome } = handle.snapshot;
    // An end of the waiting alone is taken up again, and asks on.
    if (outcome && handle.token().outcome === undefined) return;
    cuts.push({
      token: JSON.stringify(handle.token()),
      nowMs: clock.now(),
      answered: step === undefined ? requests : requests - 1,
    });
  };
  cut();
  handle.subscribe(cut);
  const outcome = await clock.runUntil(handle.outcome());
  return { cuts, outcome, log: log(world) };
}

for (const [name, life] of Object.entries({ ...lives, ...joinedLives, ...watchedLives })) {
  Deno.test(`${name}: killed at any moment, it ends the same elsewhere`, async () => {
    const whole = await cutUp(life);
    for (const { token, nowMs, answered } of whole.cuts) {
      // An end that leaves it possibly running has no outcome in its token: the same is asked again.
      const isAskedAgain = answered === life.replies.length &&
        (JSON.parse(token) as ResumeToken).outcome === undefined;
      const from = isAskedAgain ? answered - 1 : answered;
      await using world = createWorld(life.replies.slice(from), { startMs: nowMs });
      const { clock, fetch, runtime } = world;
      const outcome = await clock.runUntil(runtime.restore(token).outcome());
      if (isAskedAgain) {
        assertEquals(errorCodeOf(outcome), errorCodeOf(whole.outcome));
        assertEquals(fetch.requests.map(({ method }) => method), ["GET"]);
      } else if ((JSON.parse(token) as ResumeToken).uncertain) {
        // Only the first request is not known to be unanswered.
        assertEquals([outcome.kind, fetch.requests.length, answered], ["failed", 0, 0]);
        assertEquals(outcome.kind !== "succeeded" && outcome.error instanceof TransportError, true);
      } else {
        assertEquals(endOf(outcome), endOf(whole.outcome));
        assertEquals(log(world), whole.log.slice(answered));
        fetch.assertDone();
      }
    }
  });

  Deno.test(`${name}: its tokens hold no body and no credential`, async () => {
    const { cuts } = await cutUp(life);
    for (const { token } of cuts) {
      assertEquals(/s3cr3t|bearer|cookie/i.test(token), false, token);
    }
  });
}

Deno.test("an operation that is killed after every change, over and over, ends the same", async () => {
  for (const life of Object.values({ ...joinedLives, ...watchedLives })) {
    const whole = await cutUp(life);
    let token: ResumeToken | string = whole.cuts[0]!.token;
    let nowMs = START_MS;
    let answered = 0;
    const requests: string[] = [];
    let outcome: Outcome | undefined;
    while (outcome === undefined) {
      await using world = createWorld(life.replies.slice(answered), { startMs: nowMs });
      const { clock, runtime } = world;
      const handle = runtime.restore(token);
      const changed = new Promise<void>((resolve) => {
        handle.subscribe({ next: () => resolve(), complete: () => resolve() });
      });
      await clock.runUntil(changed);
      ({ outcome } = handle.snapshot);
      token = encodeToken(handle.token());
      nowMs = clock.now();
      const sent = log(world);
      if (handle.snapshot.step !== undefined) sent.pop(); // it will be sent again
      requests.push(...sent);
      answered += sent.length;
      if (outcome) assertEquals(endOf(outcome), endOf(whole.outcome));
    }
    assertEquals(requests, whole.log);
  }
});

Deno.test("an operation whose waiting failed goes on where it was, without a second start", async () => {
  const request = { method: "PUT", url: RESOURCE };
  const value = resource("Succeeded");
  const lives: [ScriptedResponse[], ScriptedResponse[], string[]][] = [
    // the final GET answers 500
    [[monitored(), SUCCEEDED, { status: 500 }], [ok(value)], [RESOURCE]],
    [[monitored(), SUCCEEDED, { drop: true }], [ok(value)], [RESOURCE]],
    // a poll is refused
    [[monitored(), { status: 403 }], [SUCCEEDED, ok(value)], [`${ARM}/operations/1`, RESOURCE]],
    [[{ status: 201 }, { status: 503 }], [ok(value)], [RESOURCE]],
    [
      [{ status: 202, headers: { location: "/l/1" } }, { status: 401 }],
      [ok(value)],
      [`${ARM}/l/1`],
    ],
  ];
  for (const [before, after, urls] of lives) {
    await using first = createWorld(before, { retry: false });
    const waiting = first.runtime.start(azure.operation({ request })).result();
    const error = await assertRejects(() => first.clock.runUntil(waiting), Error);
    const { token } = error as TransportError;
    await using second = createWorld(after);
    const again = second.runtime.restore(JSON.stringify(token));
    assertEquals(await second.clock.runUntil(again.result()), value);
    assertEquals(
      second.fetch.requests.map(({ method, url }) => `${method} ${url}`),
      urls.map((url) => `GET ${url}`),
    );
  }
});

Deno.test("a failed wait and its handle give the same token, in the error's JSON too", async () => {
  await using world = createWorld([monitored(), { status: 403 }]);
  const handle = world.runtime.start(
    azure.operation({ request: { method: "PUT", url: RESOURCE } }),
  );
  const error = await assertRejects(
    () => world.clock.runUntil(handle.result()),
    TransportError,
  );
  assertEquals(error.token, handle.token());
  assertEquals(JSON.parse(JSON.stringify(error)).token, handle.token());
  assertEquals(handle.token().outcome, undefined);
});

Deno.test("an operation that failed for good is not taken up again", async () => {
  await using world = createWorld([monitored(), ok({ status: "Failed" })]);
  const handle = world.runtime.start(
    azure.operation({ request: { method: "PUT", url: RESOURCE } }),
  );
  const error = await assertRejects(
    () => world.clock.runUntil(handle.result()),
    OperationFailedError,
  );
  assertEquals(error.token, undefined);
  assertEquals(handle.token().outcome?.kind, "failed");
});

Deno.test("a token of a start that made no sense, or was lost, holds no body", async () => {
  const request = { method: "PUT", url: RESOURCE, body: { adminPassword: "s3cr3t" } };
  const replies: [ScriptedResponse, LroErrorCode][] = [
    [{ status: 200, text: '{ "cut', headers: { "content-type": "application/json" } }, "protocol"],
    [{ status: 409, json: { error: { code: "Conflict" } } }, "request-rejected"],
    [{ status: 504 }, "transport"],
    [{ drop: true }, "transport"],
  ];
  for (const [reply, code] of replies) {
    await using world = createWorld([reply]);
    const handle = world.runtime.start(azure.operation({ request }));
    const outcome = await world.clock.runUntil(handle.outcome());
    assertEquals(outcome.kind !== "succeeded" && outcome.error.code, code);
    const written = JSON.stringify([handle.token(), outcome]);
    assertEquals(written.includes("s3cr3t"), false, written);
  }
});

Deno.test("an operation that was never begun keeps what it needs, and no credential", async () => {
  const aborted = { signal: AbortSignal.abort() };
  const headers = { authorization: "Bearer s3cr3t", "api-key": "s3cr3t", accept: "a/b" };
  const request = { method: "PUT", url: RESOURCE, headers, body: { location: "westeurope" } };
  const initialReply = {
    status: 202,
    headers: {
      "Operation-Location": "/o/1",
      "Set-Cookie": "s3cr3t",
      "Retry-After": "5",
      etag: "e",
    },
  };
  await using world = createWorld([]);
  const token = world.runtime.start(azure.operation({ request, headers }), aborted).token();
  assertEquals(JSON.stringify(token).includes("s3cr3t"), false);
  assertEquals((token.input as { request: object }).request, {
    ...request,
    headers: { accept: "a/b" },
  });
  const joined = world.runtime.start(azure.operation({ request, headers, initialReply }), aborted);
  const text = JSON.stringify(joined.token());
  assertEquals(text.includes("s3cr3t"), false);

  await using next = createWorld([ok({ status: "Canceled" })]);
  const outcome = await next.clock.runUntil(next.runtime.restore(text).outcome());
  assertEquals(outcome.kind, "canceled");
  assertEquals(log(next), [`5000 GET ${ARM}/o/1`]);
});

Deno.test("headers that a token left out can be given back", async () => {
  const request = { method: "POST", url: RESOURCE, headers: { authorization: "Bearer s3cr3t" } };
  const { cuts } = await cutUp({ options: { request }, replies: [monitored(), SUCCEEDED] });
  await using world = createWorld([SUCCEEDED]);
  const handle = world.runtime.restore(cuts[1]!.token, {
    headers: { authorization: "Bearer new" },
  });
  await world.clock.runUntil(handle.result());
  assertEquals(world.fetch.requests[0]?.headers["authorization"], "Bearer new");
});
