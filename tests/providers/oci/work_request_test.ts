import { assertEquals, assertStringIncludes } from "@std/assert";
import { createRuntime, oci } from "@lro/machines";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedResponse,
} from "@lro/machines/testing";
import { errorOf, OCI, ok, play, refusal } from "./_play.ts";

const operation = (options: object = {}) =>
  oci.workRequest({ workRequestId: "ocid1.wr.1", baseUrl: OCI, ...options });

const work = (status: string, percentComplete = 40) => ({
  id: "ocid1.wr.1",
  status,
  percentComplete,
});
const URL = "GET /20160918/workRequests/ocid1.wr.1";
const LIMIT = { code: "LimitExceeded", message: "no more of that shape", timestamp: "t1" };
const HOST = { code: "OutOfHostCapacity", message: "no host", timestamp: "t2" };
const LINE = { message: "asked for a host", timestamp: "t0" };

Deno.test("a work request is followed to its end, its percentage the progress", async () => {
  const clock = createVirtualClock();
  const replies = [
    ok(work("ACCEPTED", 0)),
    ok(work("IN_PROGRESS", 40)),
    ok(work("SUCCEEDED", 100)),
  ];
  const fetch = createScriptedFetch(replies.map((response) => ({ response })), { clock });
  await using runtime = createRuntime({ clock, fetch });
  const handle = runtime.start(operation());
  const seen: unknown[] = [];
  handle.subscribe(({ progress }) => void seen.push(progress?.percent));
  const value = await clock.runUntil(handle.result());
  assertEquals(value, work("SUCCEEDED", 100));
  assertEquals([...new Set(seen)].filter((percent) => percent !== undefined), [0, 40, 100]);
});

Deno.test("an id is escaped, and a path in baseUrl is kept", async () => {
  const options = { workRequestId: "a/b c", baseUrl: `${OCI}/proxy/` };
  const { asked } = await play(operation(options), [ok(work("SUCCEEDED"))]);
  assertEquals(asked, ["GET /proxy/20160918/workRequests/a%2Fb%20c"]);
});

Deno.test("statuses are compared in any case", async () => {
  const { end } = await play(operation(), [ok(work("In_Progress")), ok(work("Succeeded"))]);
  assertEquals(end, work("Succeeded"));
  const canceled = await play(operation(), [ok(work("canceled")), ok([]), ok([])]);
  assertEquals(canceled.end, "operation-canceled");
});

Deno.test("states may name another status to wait for; FAILED ends it all the same", async () => {
  const options = { states: ["in_progress"] };
  const { end } = await play(operation(options), [ok(work("ACCEPTED")), ok(work("IN_PROGRESS"))]);
  assertEquals(end, work("IN_PROGRESS"));
  const failed = await play(operation(options), [ok(work("FAILED")), ok([]), ok([])]);
  assertEquals(failed.end, "operation-failed");
});

Deno.test("a body without a status is a protocol error", async () => {
  for (const body of [{}, { status: "" }, { status: 1 }, [], "SUCCEEDED"]) {
    assertEquals((await play(operation(), [ok(body)])).end, "protocol");
  }
});

Deno.test("onWait hears of every check but the first", async () => {
  const heard: unknown[] = [];
  const onWait = (timesChecked: number, body: unknown) => void heard.push([timesChecked, body]);
  const replies = [ok(work("ACCEPTED")), ok(work("IN_PROGRESS")), ok(work("SUCCEEDED"))];
  await play(operation({ onWait }), replies);
  assertEquals(heard, [[1, work("IN_PROGRESS")]]);
});

Deno.test("a work request that failed brings its error entries and log lines, page by page", async () => {
  const played = await play(operation(), [
    ok(work("IN_PROGRESS")),
    ok(work("FAILED")),
    ok([LIMIT], { "opc-next-page": "p 2" }),
    ok([HOST]),
    ok({ items: [LINE] }, { "opc-next-page": "3" }), // as newer services list
    ok({ items: [LINE] }),
  ]);
  assertEquals(played.asked.slice(2), [
    `${URL}/errors`,
    `${URL}/errors?page=p%202`,
    `${URL}/logs`,
    `${URL}/logs?page=3`,
  ]);
  const { code, message, providerCode, providerMessage, details, polls } = errorOf(played);
  assertEquals(code, "operation-failed");
  assertEquals(message, "Work request failed: (LimitExceeded) no more of that shape");
  assertEquals([providerCode, providerMessage], [LIMIT.code, LIMIT.message]);
  assertEquals(details, { workRequest: work("FAILED"), errors: [LIMIT, HOST], logs: [LINE, LINE] });
  assertEquals(polls, 2);
});

Deno.test("a work request that was canceled is confirmed, with its reasons", async () => {
  const played = await play(operation(), [ok(work("CANCELED")), ok([LIMIT]), ok([])]);
  const { code, message, confirmed, details } = errorOf(played);
  assertEquals([played.outcome.kind, code, confirmed], ["canceled", "operation-canceled", true]);
  assertEquals(message, "Work request was canceled: (LimitExceeded) no more of that shape");
  assertEquals(details, { workRequest: work("CANCELED"), errors: [LIMIT], logs: [] });
});

const THREE = <T>(trouble: T) => [trouble, trouble, trouble];

const NO_ERRORS: Record<string, readonly ScriptedResponse[]> = {
  "answers 500": THREE(refusal(500, "InternalServerError")),
  "answers 404": [refusal(404, "NotAuthorizedOrNotFound")],
  "answers 401": [refusal(401, "NotAuthenticated")],
  "is not JSON that lists": [ok({ errors: [] })],
  "is a web page": [{ status: 200, text: "<html>" }],
  "has no body": [{ status: 204 }],
};

for (const [trouble, replies] of Object.entries(NO_ERRORS)) {
  Deno.test(`it has failed although the list of errors ${trouble}`, async () => {
    const played = await play(operation(), [ok(work("FAILED")), ...replies, ok([LINE])]);
    const { code, message, details } = errorOf(played);
    assertEquals([code, message], ["operation-failed", "Work request failed"]);
    assertEquals(details, { workRequest: work("FAILED"), errors: [], logs: [LINE] });
  });
  Deno.test(`it has failed although the list of logs ${trouble}`, async () => {
    const played = await play(operation(), [ok(work("FAILED")), ok([LIMIT]), ...replies]);
    const { message, details } = errorOf(played);
    assertStringIncludes(message, "(LimitExceeded)");
    assertEquals(details, { workRequest: work("FAILED"), errors: [LIMIT], logs: [] });
  });
}

const BROKEN: Record<string, readonly ScriptedResponse[]> = {
  "a broken connection": THREE({ drop: true }),
  "JSON that is cut": [{
    status: 200,
    text: "[{",
    headers: { "content-type": "application/json" },
  }],
  "no answer": THREE({ hang: true }),
};

for (const [trouble, replies] of Object.entries(BROKEN)) {
  Deno.test(`it has failed, and nothing more is asked, after ${trouble}`, async () => {
    for (const before of [[], [ok([LIMIT])]]) {
      const played = await play(operation(), [ok(work("FAILED")), ...before, ...replies]);
      const { code, details } = errorOf(played);
      assertEquals(code, "operation-failed");
      const errors = before.length > 0 ? [LIMIT] : [];
      assertEquals(details, { workRequest: work("FAILED"), errors, logs: [] });
    }
    const canceled = await play(operation(), [ok(work("CANCELED")), ...replies]);
    assertEquals([canceled.end, errorOf(canceled).confirmed], ["operation-canceled", true]);
  });
}

Deno.test("a deadline or a cancel while it asks why does not change the end", async () => {
  const stuck = { thenRepeat: { hang: true } };
  const replies = [ok(work("FAILED")), ok([LIMIT])];
  const late = await play(operation({ maxWaitMs: 5_000 }), replies, stuck);
  assertEquals([late.end, late.endMs], ["operation-failed", 5_000]);
  assertStringIncludes(errorOf(late).message, "(LimitExceeded)");

  const clock = createVirtualClock();
  const script = replies.map((response) => ({ response }));
  const fetch = createScriptedFetch(script, { clock, ...stuck });
  await using runtime = createRuntime({ clock, fetch });
  const handle = runtime.start(operation());
  await clock.runUntil(handle.reached("readingLogs"));
  const outcome = await clock.runUntil(handle.cancel());
  assertEquals(outcome.kind !== "succeeded" && outcome.error.code, "operation-failed");
});

Deno.test("pages that never end are given up after a hundred, and one that repeats itself at once", async () => {
  let page = 0;
  const pages = (repeats: boolean) =>
    Array.from({ length: 100 }, () => {
      page++;
      return ok([LINE], { "opc-next-page": repeats ? "same" : String(page) });
    });
  const { asked } = await play(operation(), [ok(work("FAILED")), ...pages(false), ok([])]);
  assertEquals(asked.length, 102);
  const same = await play(operation(), [ok(work("FAILED")), ...pages(true).slice(0, 2), ok([])]);
  assertEquals(same.asked.length, 4);
});

Deno.test("the explanation goes on elsewhere, at its page", async () => {
  const clock = createVirtualClock();
  const script = [ok(work("FAILED")), ok([LIMIT], { "opc-next-page": "2" })];
  const first = createRuntime({
    clock,
    fetch: createScriptedFetch(script.map((response) => ({ response })), {
      clock,
      thenRepeat: { hang: true },
    }),
  });
  const handle = first.start(operation());
  await clock.runUntil(handle.reached("explaining"));
  await clock.advance(0);
  const token = JSON.stringify(handle.token());
  await first.dispose();

  const fetch = createScriptedFetch([
    {
      request: { url: `${OCI}/20160918/workRequests/ocid1.wr.1/errors?page=2` },
      response: ok([HOST]),
    },
    { response: ok([LINE]) },
  ], { clock });
  await using second = createRuntime({ clock, fetch });
  const outcome = await clock.runUntil(second.restore(token).outcome());
  fetch.assertDone();
  const { details } = outcome.kind === "succeeded"
    ? { details: undefined }
    : outcome.error as never;
  assertEquals(details, { workRequest: work("FAILED"), errors: [LIMIT, HOST], logs: [LINE] });
});
