import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  createScriptedFetch,
  createVirtualClock,
  type Exchange,
  type ExpectedRequest,
} from "@lro/machines/testing";

const url = "https://api.elastic.io/v1/exec/poll/540492e623773659c5000002";
const headers = { Authorization: "Basic cm9vdDpzZWNyZXQ=" };
const exactly = { method: "GET", url, headers };

/** The elastic.io vectors "poll-05" and "poll-07", as they were recorded. */
const recorded = [
  { atMs: 0, request: exactly, response: { drop: true } },
  {
    atMs: 1000,
    request: exactly,
    response: {
      status: 303,
      headers: {
        location: "https://api.elastic.io/v1/exec/result/540492e623773659c5000002",
      },
      json: { message: "Ready." },
    },
  },
  {
    atMs: 1000,
    request: {
      method: "GET",
      url: "https://api.elastic.io/v1/exec/result/540492e623773659c5000002",
      headers: { Authorization: null },
    },
    response: { status: 200, json: { data: { some: "value" } } },
  },
] satisfies (Exchange & { atMs: number })[];

Deno.test("a script plays recorded exchanges as they are, and records the requests", async () => {
  const clock = createVirtualClock({ startMs: 5_000 });
  const fetch = createScriptedFetch(recorded, { clock });
  assertEquals(fetch.remaining, 3);

  await assertRejects(() => fetch(url, { headers }), TypeError, "fetch failed");
  await clock.advance(1_000);
  const ready = await fetch(url, { headers, redirect: "manual" });
  const result = await fetch(ready.headers.get("location")!);

  assertEquals(ready.status, 303);
  assertEquals(await result.json(), { data: { some: "value" } });
  assertEquals(
    fetch.requests.map(({ atMs, method, url }) => ({ atMs, method, url })),
    recorded.map(({ atMs, request: { method, url } }) => ({
      atMs,
      method,
      url,
    })),
  );
  assertEquals(fetch.requests[0]?.headers, {
    authorization: headers.Authorization,
  });
  assertEquals(fetch.remaining, 0);
  fetch.assertDone();
});

Deno.test("a script records bodies: JSON parsed, text as it is, nothing as undefined", async () => {
  const fetch = createScriptedFetch([], { thenRepeat: { status: 204 } });
  for (const body of ['{"a":1}', "a=1", undefined]) {
    await fetch("http://localhost/", {
      method: "POST",
      ...(body === undefined ? {} : { body }),
    });
  }
  assertEquals(fetch.requests.map(({ body }) => body), [
    { a: 1 },
    "a=1",
    undefined,
  ]);
});

Deno.test("a script's broken connections look like Node's", async () => {
  const fetch = createScriptedFetch([
    { response: { drop: true } },
    { response: { refuse: true } },
    { response: new RangeError("own error") },
  ]);
  const dropped = await assertRejects(
    () => fetch("http://localhost/"),
    TypeError,
  );
  const refused = await assertRejects(
    () => fetch("http://localhost/"),
    TypeError,
  );
  assertEquals((dropped.cause as { code?: string }).code, "UND_ERR_SOCKET");
  assertEquals((refused.cause as { code?: string }).code, "ECONNREFUSED");
  await assertRejects(
    () => fetch("http://localhost/"),
    RangeError,
    "own error",
  );
});

Deno.test("a script's latency passes on its clock, before whatever happens", async () => {
  const clock = createVirtualClock();
  const fetch = createScriptedFetch([
    { response: { status: 200, text: "late", latencyMs: 30 } },
    { response: { drop: true, latencyMs: 20 } },
  ], { clock });
  const response = await clock.runUntil(fetch("http://localhost/"));
  assertEquals([clock.now(), await response.text()], [30, "late"]);
  await assertRejects(
    () => clock.runUntil(fetch("http://localhost/")),
    TypeError,
  );
  assertEquals(clock.now(), 50);
});

Deno.test("a script honours the signal at once, whatever it is waiting for", async () => {
  for (const response of [{ hang: true }, { status: 200, latencyMs: 1_000 }]) {
    const clock = createVirtualClock();
    const fetch = createScriptedFetch([{ response }], { clock });
    const controller = new AbortController();
    const reason = new Error("enough");
    const pending = assertRejects(() => fetch("http://localhost/", { signal: controller.signal }));
    await clock.advance(10);

    controller.abort(reason);

    assertStrictEquals(await pending, reason);
    assertEquals(clock.timers, 0);
    fetch.assertDone();
  }
});

Deno.test("a script does not see requests whose signal is aborted already", async () => {
  const fetch = createScriptedFetch([{ response: { status: 200 } }]);
  const signal = AbortSignal.abort(new Error("too late"));
  await assertRejects(
    () => fetch("http://localhost/", { signal }),
    Error,
    "too late",
  );
  assertEquals([fetch.requests.length, fetch.remaining], [0, 1]);
});

Deno.test("a script goes on with thenRepeat", async () => {
  const fetch = createScriptedFetch([{ response: { status: 202 } }], {
    thenRepeat: { status: 200, json: "again" },
  });
  const statuses: number[] = [];
  for (let requests = 0; requests < 4; requests++) {
    statuses.push((await fetch("http://localhost/")).status);
  }
  assertEquals(statuses, [202, 200, 200, 200]);
  fetch.assertDone();
});

Deno.test("a script resolves relative URLs against its baseUrl", async () => {
  const fetch = createScriptedFetch([
    { request: { url: "/jobs/1" }, response: { status: 200 } },
    {
      request: { url: "https://example.com/jobs/2" },
      response: { status: 200 },
    },
  ], { baseUrl: "https://example.com" });
  await fetch("https://example.com/jobs/1");
  await fetch("/jobs/2");
  fetch.assertDone();
});

Deno.test("a script compares JSON in bodies and headers by value", async () => {
  const fetch = createScriptedFetch([{
    request: {
      json: { a: [1, { b: 2, c: 3 }] },
      headers: { "X-Filter": { "+and": [1], z: null } },
    },
    response: { status: 200 },
  }]);
  await fetch("http://localhost/", {
    method: "POST",
    headers: { "x-filter": '{"z": null, "+and": [1]}' },
    body: '{"a":[1,{"c":3,"b":2}]}',
  });
  fetch.assertDone();
});

const surprises: [string, ExpectedRequest, string][] = [
  [
    "method",
    { method: "GET" },
    "Cannot answer request 1: expected GET http://localhost/, got POST http://localhost/",
  ],
  [
    "URL",
    { url: "http://localhost/other" },
    "Cannot answer request 1: expected POST http://localhost/other, got POST http://localhost/",
  ],
  [
    "body",
    { json: { a: 2 } },
    'Cannot answer request 1: expected POST http://localhost/ with body {"a":2}, got {"a":1}',
  ],
  [
    "header",
    { headers: { "If-Match": "1" } },
    'Cannot answer request 1: expected POST http://localhost/ with header {"If-Match":"1"}, got none',
  ],
  [
    "forbidden header",
    { headers: { authorization: null } },
    'Cannot answer request 1: expected POST http://localhost/ with header none, got {"authorization":"[redacted]"}',
  ],
  [
    "credentials",
    { headers: { authorization: "Basic b3RoZXI6c2VjcmV0" } },
    'Cannot answer request 1: expected POST http://localhost/ with header {"authorization":"[redacted]"}, got {"authorization":"[redacted]"}',
  ],
];
for (const [what, request, message] of surprises) {
  Deno.test(`a script rejects another ${what}, and assertDone() says it again`, async () => {
    const fetch = createScriptedFetch([
      { request, response: { status: 200 } },
      { response: { status: 200 } },
    ]);
    const send = () => fetch("http://localhost/", { method: "POST", body: '{"a":1}', headers });
    const first = await assertRejects(send, Error);
    assertEquals(first.message, message);
    // The code under test may try again; what comes now is out of step.
    assertStrictEquals(await assertRejects(send), first);
    assertStrictEquals(assertThrows(() => fetch.assertDone()), first);
  });
}

Deno.test("a script rejects a request too many, and assertDone() says it again", async () => {
  const fetch = createScriptedFetch([{ response: { status: 200 } }]);
  await fetch("http://localhost/1");
  const message = "Cannot answer request 2: expected no more requests, got GET http://localhost/2";
  await assertRejects(() => fetch("http://localhost/2"), Error, message);
  assertThrows(() => fetch.assertDone(), Error, message);
});

Deno.test("assertDone() says what was never asked", async () => {
  const fetch = createScriptedFetch([
    { response: { status: 200 } },
    { request: { method: "GET", url: "/next" }, response: { status: 200 } },
    { response: { status: 200 } },
  ], { baseUrl: "http://localhost" });
  await fetch("/");
  assertThrows(
    () => fetch.assertDone(),
    Error,
    "Cannot call the script done: 2 of 3 exchanges are left, first GET /next",
  );
});

Deno.test("a script without an answer is refused", () => {
  assertThrows(
    () => createScriptedFetch([{ response: { json: {} } }]),
    TypeError,
    'Cannot play an exchange: expected a status, drop, refuse or hang, got {"json":{}}',
  );
});
