import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { oci } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { errorOf, instance, OCI, ok, play, refusal } from "./_play.ts";

const get = { method: "GET", url: `${OCI}/r` };
const RUNNING = ok(instance("RUNNING"));
const PROVISIONING = ok(instance("PROVISIONING"));

/** Waits for a state, with or without more options. */
const waitFor = (
  state: string | number | boolean | null | readonly string[] = "RUNNING",
  options: object = {},
) => oci.waitUntil({ get, property: "lifecycleState", state, ...options });

Deno.test("one of several states is enough", async () => {
  const { end } = await play(waitFor(["STOPPED", "RUNNING"]), [PROVISIONING, RUNNING]);
  assertEquals(end, instance("RUNNING"));
});

Deno.test("numbers, booleans and null are compared by type and value", async () => {
  for (const state of [3, true, null] as const) {
    const replies = [ok({ lifecycleState: String(state) }), ok({ lifecycleState: state })];
    const { end } = await play(waitFor(state), replies);
    assertEquals(end, { lifecycleState: state });
  }
});

Deno.test("a property that the first body lacks is a protocol error, later it is 'not yet'", async () => {
  const first = await play(waitFor(), [ok({ state: "RUNNING" })]);
  assertEquals(first.end, "protocol");
  assertStringIncludes(errorOf(first).message, 'no property "lifecycleState"');
  const later = await play(waitFor(), [PROVISIONING, ok({}), RUNNING]);
  assertEquals(later.end, instance("RUNNING"));
  const inherited = oci.waitUntil({ get, property: "constructor", state: "x" });
  assertEquals((await play(inherited, [ok({})])).end, "protocol");
});

Deno.test("a body that is no object is a protocol error", async () => {
  for (const body of [[], 7, "RUNNING", null]) {
    assertEquals((await play(waitFor(), [{ status: 200, json: body }])).end, "protocol");
    assertEquals(
      (await play(waitFor(), [PROVISIONING, { status: 200, json: body }])).end,
      "protocol",
    );
  }
});

Deno.test("evaluate sees the body and the whole reply", async () => {
  const seen: unknown[] = [];
  const operation = oci.waitUntil<unknown[]>({
    get,
    evaluate: (body, reply) => {
      seen.push([body.length, reply.status, reply.headers["etag"]]);
      return body.length > 1;
    },
  });
  const { end, times } = await play(operation, [ok([1], { etag: "a" }), ok([1, 2], { etag: "b" })]);
  assertEquals(end, [1, 2]);
  assertEquals(seen, [[1, 200, "a"], [2, 200, "b"]]);
  assertEquals(times, [0, 1_000]);
});

Deno.test("what evaluate throws is the cause of the end", async () => {
  const thrown = new RangeError("mine");
  const operation = oci.waitUntil({
    get,
    evaluate: () => {
      throw thrown;
    },
  });
  const played = await play(operation, [RUNNING]);
  assertEquals([played.outcome.kind, errorOf(played).cause], ["failed", thrown]);
});

Deno.test("an evaluate that answers with a promise is an error, not a success", async () => {
  const operation = oci.waitUntil({ get, evaluate: (() => Promise.resolve(false)) as never });
  const played = await play(operation, [RUNNING]);
  assertEquals(played.end, "protocol");
  assertInstanceOf(errorOf(played).cause, TypeError);
});

Deno.test("onWait hears of every unfinished check but the first, and may throw", async () => {
  const heard: unknown[] = [];
  const onWait = (timesChecked: number, body: unknown) => {
    heard.push([timesChecked, body]);
    throw new Error("mine");
  };
  const replies = [PROVISIONING, PROVISIONING, ok(instance("STARTING")), RUNNING];
  const { end, reported } = await play(waitFor("RUNNING", { onWait }), replies);
  assertEquals(end, instance("RUNNING"));
  assertEquals(heard, [[1, instance("PROVISIONING")], [2, instance("STARTING")]]);
  assertEquals(reported.map(String), ["Error: mine", "Error: mine"]);
});

Deno.test("fetchReply is asked in place of get, and retried and limited like a request", async () => {
  const replies = [{ status: 503 }, { status: 200, body: [] }, { status: 200, body: [1] }];
  const operation = oci.waitUntil<unknown[]>({
    fetchReply: ({ signal }) => {
      signal.throwIfAborted();
      return Promise.resolve({ headers: {}, body: undefined, ...replies.shift()! });
    },
    evaluate: (body) => body.length > 0,
  });
  const { end, endMs, asked, outcome } = await play(operation, []);
  assertEquals([end, endMs, asked, outcome.requests], [[1], 2_500, [], 3]);
});

Deno.test("the first 404 is an error even where 404 is what is waited for", async () => {
  const operation = waitFor("TERMINATED", { succeedOnNotFound: true });
  const played = await play(operation, [refusal(404, "NotAuthorizedOrNotFound")]);
  assertEquals([played.end, errorOf(played).providerCode], [
    "operation-expired",
    "NotAuthorizedOrNotFound",
  ]);
});

Deno.test("a later 404 is an error that can be resumed, or the good end", async () => {
  const script = [PROVISIONING, refusal(404, "NotAuthorizedOrNotFound", "gone")];
  const failed = await play(waitFor(), script);
  const { message, providerMessage, token, details } = errorOf(failed);
  assertEquals(failed.end, "operation-expired");
  assertStringIncludes(message, 'Cannot read resource: HTTP 404 "gone"');
  assertEquals([providerMessage, typeof token], ["gone", "object"]);
  assertEquals(details, { code: "NotAuthorizedOrNotFound", message: "gone" });
  const { outcome } = await play(waitFor("TERMINATED", { succeedOnNotFound: true }), script);
  assertEquals(outcome.kind === "succeeded" && [outcome.value, outcome.notFound], [
    undefined,
    true,
  ]);
});

const TRANSIENT: readonly ScriptedResponse[] = [
  { drop: true },
  { refuse: true },
  { hang: true },
  refusal(409, "IncorrectState"),
  refusal(409, "LockConflict"),
  refusal(429, "TooManyRequests"),
  ...[500, 502, 503, 504, 505, 599].map((status) => refusal(status, "x")),
];

for (const trouble of TRANSIENT) {
  const name = JSON.stringify(trouble);
  Deno.test(`eight attempts are made in spite of ${name}, the pauses doubling to 30 s`, async () => {
    for (const before of [[], [PROVISIONING]]) {
      const seven = Array.from({ length: 7 }, () => trouble);
      const { end, times } = await play(waitFor(), [...before, ...seven, RUNNING]);
      assertEquals(end, instance("RUNNING"));
      const sent = times.slice(before.length);
      const pauses = sent.slice(1).map((time, index) => time - sent[index]!);
      const lostMs = "hang" in trouble ? 30_000 : 0;
      const expected = [1_500, 2_500, 4_500, 8_500, 16_500, 30_000, 30_000];
      assertEquals(pauses, expected.map((pause) => pause + lostMs));
    }
  });
}

Deno.test("the ninth attempt is not made, and the end can be resumed", async () => {
  for (const trouble of [{ drop: true }, refusal(503, "x"), refusal(429, "x")]) {
    const eight = Array.from({ length: 8 }, () => trouble);
    const played = await play(waitFor(), [PROVISIONING, ...eight]);
    assertEquals([played.end, played.outcome.requests], ["transport", 9]);
    assertEquals(typeof errorOf(played).token, "object");
  }
  const conflicts = Array.from({ length: 8 }, () => refusal(409, "IncorrectState"));
  const played = await play(waitFor(), [PROVISIONING, ...conflicts]);
  assertEquals([played.end, errorOf(played).providerCode], ["transport", "IncorrectState"]);
});

Deno.test("other refusals are final at once, say nothing of the resource, and leave a token", async () => {
  for (const status of [400, 401, 403, 404, 408, 409, 410, 412, 501]) {
    const code = status === 404 || status === 410 ? "operation-expired" : "transport";
    const first = await play(waitFor(), [refusal(status, "Other")]);
    assertEquals([status, first.end, first.endMs], [status, code, 0]);
    const later = await play(waitFor(), [PROVISIONING, refusal(status, "Other")]);
    assertEquals([status, later.end, later.endMs], [status, code, 1_000]);
    for (const played of [first, later]) {
      const { token, providerCode, providerMessage } = errorOf(played);
      assertEquals([typeof token, providerCode, providerMessage], ["object", "Other", "m"]);
    }
  }
});

Deno.test("a good reply resets the count of 401s in a row", async () => {
  const denied = refusal(401, "NotAuthenticated");
  const script = [PROVISIONING, denied, denied, PROVISIONING, denied, denied, RUNNING];
  const { end, refreshes } = await play(waitFor(), script, { refreshes: 4 });
  assertEquals([end, refreshes], [instance("RUNNING"), 4]);
});

Deno.test("maxIntervalMs caps the pauses", async () => {
  const replies = [PROVISIONING, PROVISIONING, PROVISIONING, PROVISIONING, RUNNING];
  const slow = await play(waitFor("RUNNING", { maxIntervalMs: 3_000 }), replies);
  assertEquals(slow.times, [0, 1_000, 3_000, 6_000, 9_000]);
  const fast = await play(waitFor("RUNNING", { maxIntervalMs: 200 }), replies);
  assertEquals(fast.times, [0, 200, 400, 600, 800]);
});

Deno.test("maxWaitMs is exact, in a pause, in flight and in a retry", async () => {
  for (const trouble of [PROVISIONING, { hang: true }, refusal(503, "x")]) {
    const operation = waitFor("RUNNING", { maxWaitMs: 5_000 });
    const { outcome, endMs } = await play(operation, [PROVISIONING], { thenRepeat: trouble });
    assertEquals([outcome.kind, endMs], ["timedOut", 5_000]);
  }
  const { endMs } = await play(waitFor(), [], { thenRepeat: PROVISIONING });
  assertEquals(endMs, 1_200_000);
});

Deno.test("deadlineMs and schedule of the start come before the operation's own", async () => {
  const start = { deadlineMs: 700, schedule: { kind: "fixed", intervalMs: 300 } } as const;
  const { times, endMs } = await play(waitFor(), [], { thenRepeat: PROVISIONING, start });
  assertEquals([times, endMs], [[0, 300, 600], 700]);
});

Deno.test("Retry-After is a lower bound for the next check", async () => {
  const replies = [ok(instance("PROVISIONING"), { "retry-after": "9" }), PROVISIONING, RUNNING];
  assertEquals((await play(waitFor(), replies)).times, [0, 9_000, 11_000]);
});

Deno.test("headers go with every request to the operation's origin", async () => {
  const operation = oci.waitUntil({
    get: { ...get, headers: { accept: "application/json" } },
    property: "lifecycleState",
    state: "RUNNING",
    headers: { "opc-request-id": "1" },
  });
  const { requests } = await play(operation, [PROVISIONING, RUNNING]);
  for (const { headers } of requests) {
    assertEquals([headers["accept"], headers["opc-request-id"]], ["application/json", "1"]);
  }
});
