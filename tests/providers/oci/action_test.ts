import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createRuntime, oci, type ResumeToken } from "@lro/machines";
import { createMemoryStore } from "@lro/machines/store/memory";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedResponse,
} from "@lro/machines/testing";
import { errorOf, instance, OCI, ok, play, refusal } from "./_play.ts";

const body = { shape: "s", metadata: { ssh_authorized_keys: "ssh-rsa AAAA" } };
const launch = { method: "POST", url: `${OCI}/20160918/instances`, body };
const accepted = ok(instance("PROVISIONING"), { "opc-work-request-id": "ocid1.wr.1" });
const work = (status: string) => ok({ id: "ocid1.wr.1", status });

const follow = (action: object = launch, options: object = {}) =>
  oci.actAndWaitForWorkRequest({ action: action as typeof launch, baseUrl: OCI, ...options });

const RETRY_TOKEN = "opc-retry-token";

Deno.test("an action that starts no work request succeeds with its body", async () => {
  const { end, asked } = await play(follow(), [ok(instance("RUNNING"))]);
  assertEquals([end, asked], [{ body: instance("RUNNING") }, ["POST /20160918/instances"]]);
  const empty = await play(follow({ method: "DELETE", url: OCI }), [{ status: 204 }]);
  assertEquals(empty.end, {});
});

Deno.test("with no states to wait for nothing is waited for", async () => {
  const { end } = await play(follow(launch, { states: [] }), [accepted]);
  assertEquals(end, { body: instance("PROVISIONING") });
  const operation = oci.actAndWaitForState({ action: launch, get: `${OCI}/{id}`, states: [] });
  assertEquals((await play(operation, [accepted])).end, instance("PROVISIONING"));
});

Deno.test("a DELETE of what is gone succeeds, with notFound", async () => {
  const played = await play(follow({ method: "DELETE", url: OCI }), [refusal(404, "Gone")]);
  const { outcome } = played;
  assertEquals(outcome.kind === "succeeded" && [outcome.value, outcome.notFound], [
    undefined,
    true,
  ]);
});

Deno.test("an action that is refused has no partial result", async () => {
  for (const status of [400, 401, 403, 404, 409, 410, 412, 422]) {
    const played = await play(follow(), [refusal(status, "No", "not so")]);
    const { code, message, partialResult } = errorOf(played);
    assertEquals([code, partialResult], ["request-rejected", undefined]);
    assertEquals(message, `Cannot POST resource: HTTP ${status} "(No) not so"`);
  }
  assertEquals((await play(follow(), [{ status: 302 }])).end, "protocol");
});

Deno.test("a POST is sent again with the same retry token, one that is not the next operation's", async () => {
  const troubles: ScriptedResponse[] = [
    { drop: true },
    { hang: true },
    refusal(500, "x"),
    refusal(409, "IncorrectState"),
    refusal(429, "x"),
  ];
  const played = await play(follow(), [...troubles, accepted, work("SUCCEEDED")]);
  assertEquals(played.outcome.kind, "succeeded");
  const tokens = played.requests.slice(0, 6).map(({ headers }) => headers[RETRY_TOKEN]!);
  assertEquals(new Set(tokens).size, 1);
  assert(/^[0-9a-z]{31}$/.test(tokens[0]!));
  assertEquals(played.requests[6]!.headers[RETRY_TOKEN], undefined);

  const clock = createVirtualClock();
  const fetch = createScriptedFetch([], { clock, thenRepeat: ok({}) });
  await using runtime = createRuntime({ clock, fetch });
  const handles = [follow(), follow()].map((operation) => runtime.start(operation));
  await clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
  assertEquals(new Set(fetch.requests.map(({ headers }) => headers[RETRY_TOKEN])).size, 2);
});

Deno.test("a retry token of the caller's own is kept; other methods have none", async () => {
  const own = { ...launch, headers: { "Opc-Retry-Token": "mine" } };
  const { requests: [post] } = await play(follow(own), [ok({})]);
  assertEquals(post!.headers[RETRY_TOKEN], "mine");
  for (const method of ["PUT", "PATCH", "DELETE"]) {
    const { requests: [request] } = await play(follow({ method, url: OCI }), [ok({})]);
    assertEquals(request!.headers[RETRY_TOKEN], undefined);
  }
});

Deno.test("PUT and DELETE are sent again whatever happened", async () => {
  for (const method of ["PUT", "DELETE"]) {
    for (const trouble of [{ drop: true }, refusal(502, "x"), refusal(409, "LockConflict")]) {
      const { end } = await play(follow({ method, url: OCI }), [trouble, ok({})]);
      assertEquals(end, { body: {} });
    }
  }
});

Deno.test("a PATCH is sent again only when it certainly did nothing", async () => {
  const patch = { method: "PATCH", url: OCI, body: [] };
  const refusals = [
    { refuse: true },
    refusal(500, "x"),
    refusal(503, "x"),
    refusal(429, "x"),
    refusal(409, "IncorrectState"),
  ];
  for (const trouble of refusals) {
    assertEquals((await play(follow(patch), [trouble, ok({})])).end, { body: {} });
  }
  for (const trouble of [{ drop: true }, { hang: true }, refusal(502, "x"), refusal(504, "x")]) {
    const played = await play(follow(patch), [trouble]);
    assertEquals([played.end, played.outcome.requests], ["transport", 1]);
  }
});

Deno.test("a token has the action's body and retry token until it is accepted, and no secrets ever", async () => {
  const clock = createVirtualClock();
  const headers = { authorization: "Signature x", "if-match": "e" };
  const exchanges = [{ drop: true }, accepted].map((response) => ({ response }));
  const fetch = createScriptedFetch(exchanges, { clock, thenRepeat: work("IN_PROGRESS") });
  await using runtime = createRuntime({ clock, fetch });
  const handle = runtime.start(follow({ ...launch, headers }));
  await clock.advance(0);
  const before = handle.token();
  assertEquals((before.input as { action: unknown }).action, {
    method: "POST",
    url: launch.url,
    headers: { "if-match": "e" },
    body,
  });
  assertEquals(
    (before.memory as { retryToken: string }).retryToken,
    fetch.requests[0]!.headers[RETRY_TOKEN],
  );
  await clock.runUntil(handle.reached("polling"));
  const after = handle.token();
  assertEquals((after.input as { action: object }).action, {
    method: "POST",
    url: launch.url,
    headers: { "if-match": "e" },
  });
  assert(!JSON.stringify(after).includes("ssh-rsa"));
});

Deno.test("a POST that was out when the process died is sent again with its token, for a day", async () => {
  const clock = createVirtualClock();
  const hung = createScriptedFetch([], { clock, thenRepeat: { hang: true } });
  const first = createRuntime({ clock, fetch: hung });
  const handle = first.start(follow(launch, { maxWaitMs: 100 * 3_600_000 }));
  await clock.advance(0);
  const token = JSON.stringify(handle.token());
  await first.dispose();
  const sent = hung.requests[0]!.headers[RETRY_TOKEN]!;

  await clock.advance(23 * 3_600_000);
  const soon = createScriptedFetch([
    { request: { method: "POST", headers: { [RETRY_TOKEN]: sent }, json: body }, response: ok({}) },
  ], { clock });
  await using second = createRuntime({ clock, fetch: soon });
  assertEquals(await clock.runUntil(second.restore(token).result()), { body: {} });

  await clock.advance(3_600_000);
  await using third = createRuntime({ clock, fetch: createScriptedFetch([], { clock }) });
  const outcome = await clock.runUntil(third.restore(token).outcome());
  const { code, message } = errorOf({ outcome } as never);
  assertEquals(code, "transport");
  assertStringIncludes(message, "its retry token is older than 24 h");
});

Deno.test("with a store, a POST is not sent before its token is written", async () => {
  const clock = createVirtualClock();
  const memory = createMemoryStore();
  const gate = Promise.withResolvers<void>();
  const store = {
    ...memory,
    save: (token: ResumeToken) => gate.promise.then(() => memory.save(token)),
  };
  const fetch = createScriptedFetch([], { clock, thenRepeat: ok({}) });
  await using runtime = createRuntime({ clock, store, fetch, storeTimeoutMs: Infinity });
  const handle = runtime.start(follow());
  await clock.advance(60_000);
  assertEquals(fetch.requests.length, 0);
  gate.resolve();
  await clock.runUntil(handle.result());
  const [saved] = await memory.list();
  const sent = fetch.requests[0]!.headers[RETRY_TOKEN];
  assertEquals((saved?.memory as { retryToken?: string }).retryToken, sent);

  // A PUT may be sent again by whoever asks for it anew.
  const stuck = { ...memory, save: () => new Promise<void>(() => {}) };
  const put = createScriptedFetch([], { clock, thenRepeat: ok({}) });
  const other = createRuntime({ clock, store: stuck, fetch: put });
  other.start(follow({ method: "PUT", url: OCI }));
  await clock.advance(0);
  assertEquals(put.requests.length, 1);
});

Deno.test("whatever goes wrong after the action, its body is the partial result", async () => {
  const eight = Array.from({ length: 8 }, () => ({ drop: true }));
  const ends: Record<string, readonly ScriptedResponse[]> = {
    "operation-failed": [work("FAILED"), ok([]), ok([])],
    "operation-expired": [work("ACCEPTED"), refusal(404, "NotAuthorizedOrNotFound")],
    "operation-canceled": [work("CANCELED"), ok([]), ok([])],
    "protocol": [ok([])],
    "transport": eight,
    "deadline-exceeded": [],
  };
  for (const [code, replies] of Object.entries(ends)) {
    const played = await play(follow(), [accepted, ...replies], {
      ...(replies.length === 0 && { thenRepeat: work("IN_PROGRESS") }),
    });
    assertEquals([played.end, errorOf(played).partialResult], [code, instance("PROVISIONING")]);
    const json = JSON.parse(JSON.stringify(errorOf(played)));
    assertEquals(json.partialResult, instance("PROVISIONING"));
  }
});

Deno.test("the action's own headers go with it alone, `headers` to its origin only", async () => {
  const elsewhere = "https://workrequests.example.com";
  const action = { ...launch, headers: { "if-match": "e" } };
  const options = { baseUrl: elsewhere, headers: { "opc-request-id": "1" } };
  const { requests } = await play(follow(action, options), [accepted, work("SUCCEEDED")]);
  assertEquals(
    requests.map(({ headers }) => [headers["if-match"], headers["opc-request-id"]]),
    [["e", "1"], [undefined, undefined]],
  );
});
