import { assertEquals, assertRejects } from "@std/assert";
import {
  createElasticioEmulator,
  createVirtualClock,
  type ElasticioBehaviour,
  type ElasticioEmulator,
  type ElasticioEmulatorOptions,
  serveLoopback,
} from "@lro/machines/testing";

const BASE = "https://api.elastic.io";
const AUTH = { Authorization: "Basic cm9vdDpzZWNyZXQ=" };
const BODY = {
  execution_type: "get_meta_model",
  action_or_trigger: "put",
  component: "C",
  account_id: "A",
};

interface Answer {
  status: number;
  location: string | null;
  json: unknown;
}

/** Sends a request and reads the whole answer; redirects are not followed. */
async function ask(
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit = {},
): Promise<Answer> {
  const response = await fetch(url, {
    headers: AUTH,
    redirect: "manual",
    ...init,
  });
  const { status } = response;
  const text = await response.text();
  return {
    status,
    location: response.headers.get("location"),
    json: text === "" ? undefined : JSON.parse(text),
  };
}

function schedule(
  { fetch }: ElasticioEmulator,
  body: unknown = BODY,
): Promise<Answer> {
  return ask(fetch, `${BASE}/v1/exec/schedule`, {
    method: "POST",
    body: JSON.stringify(body),
  });
}

/** An emulator on a virtual clock, with one execution scheduled. */
async function withExecution(
  plan: ElasticioBehaviour,
  options: ElasticioEmulatorOptions = {},
) {
  const clock = createVirtualClock();
  const emulator = createElasticioEmulator({ clock, plan, ...options });
  const pollUrl = (await schedule(emulator)).location!;
  return {
    clock,
    emulator,
    poll: () => ask(emulator.fetch, pollUrl),
    read: () => ask(emulator.fetch, pollUrl.replace("/poll/", "/result/")),
  };
}

const NOT_READY = {
  status: 200,
  location: null,
  json: { message: "Result is not ready yet." },
};
const EXPIRED = { status: 404, location: null, json: { message: "Expired." } };
const GONE = {
  status: 404,
  location: null,
  json: { message: "Result does not exist." },
};

Deno.test("the emulator gives the answers that were recorded from elastic.io's client", async () => {
  const clock = createVirtualClock();
  const emulator = createElasticioEmulator({
    clock,
    user: "root",
    password: "secret",
    plan: { durationMs: 1_000, result: { some: "value" } },
    faults: [
      { on: "schedule", nth: 1, status: 500, body: { message: "x" } },
      { on: "poll", nth: 1, drop: "before" },
      { on: "result", nth: 1, status: 500, body: { message: "x" } },
    ],
  });
  const id = "540492e623773659c5000001";
  const poll = () => ask(emulator.fetch, `${BASE}/v1/exec/poll/${id}`);
  const read = () => ask(emulator.fetch, `${BASE}/v1/exec/result/${id}`);

  // sched-05: 500 once, then 202
  assertEquals(await schedule(emulator), {
    status: 500,
    location: null,
    json: { message: "x" },
  });
  assertEquals(await schedule(emulator), {
    status: 202,
    location: `${BASE}/v1/exec/poll/${id}`,
    json: { message: "ok" },
  });
  // poll-07: dropped once, then not ready
  await assertRejects(poll, TypeError);
  assertEquals(await poll(), NOT_READY);
  await clock.advance(1_000);
  // poll-05: ready, 500 once, then the result
  const ready = {
    status: 303,
    location: `${BASE}/v1/exec/result/${id}`,
    json: { message: "Ready." },
  };
  assertEquals(await poll(), ready);
  assertEquals(await read(), {
    status: 500,
    location: null,
    json: { message: "x" },
  });
  assertEquals(await poll(), ready);
  assertEquals(await read(), {
    status: 200,
    location: null,
    json: { data: { some: "value" } },
  });
});

Deno.test("the emulator answers 401 without the right credentials", async () => {
  const emulator = createElasticioEmulator({
    user: "root",
    password: "sécret",
  });
  const bad = [{}, AUTH, { authorization: "Bearer token" }];
  for (const headers of bad) {
    const init = { method: "POST", body: JSON.stringify(BODY), headers };
    const { status } = await ask(
      emulator.fetch,
      `${BASE}/v1/exec/schedule`,
      init,
    );
    assertEquals(status, 401);
  }
  const good = { authorization: "basic cm9vdDpzw6ljcmV0" };
  const { status } = await ask(emulator.fetch, `${BASE}/v1/exec/poll/1`, {
    headers: good,
  });
  assertEquals(status, 404);
  assertEquals(emulator.executions, []);
});

const complaints: [unknown, string][] = [
  [
    { ...BODY, execution_type: "run" },
    "Field execution_type must be one of get_meta_model, select_model, verify_credentials.",
  ],
  [{ ...BODY, component: undefined }, "Field component is required."],
  [
    { ...BODY, action_or_trigger: undefined },
    "Field action_or_trigger is required.",
  ],
  [{ ...BODY, account_id: undefined }, "Field account_id is required."],
  [
    { ...BODY, execution_type: "select_model" },
    "Field model_method is required.",
  ],
  [
    { ...BODY, execution_type: "verify_credentials" },
    "Field account_data is required.",
  ],
  [[], "Request body must be a JSON object."],
  ["text", "Request body must be a JSON object."],
];
for (const [body, message] of complaints) {
  Deno.test(`the emulator answers 400 to ${JSON.stringify(body)}`, async () => {
    const emulator = createElasticioEmulator();
    assertEquals(await schedule(emulator, body), {
      status: 400,
      location: null,
      json: { message },
    });
    assertEquals(emulator.executions, []);
  });
}

Deno.test("the emulator answers 404 to other paths and 405 to other methods", async () => {
  const { fetch } = createElasticioEmulator();
  for (
    const path of [
      "/",
      "/v1/exec",
      "/v1/exec/poll/",
      "/v2/exec/schedule",
      "/v1/exec/poll/1/2",
    ]
  ) {
    assertEquals(await ask(fetch, BASE + path), {
      status: 404,
      location: null,
      json: { message: "Not found." },
    });
  }
  for (
    const [method, path] of [["GET", "schedule"], ["POST", "poll/1"], [
      "DELETE",
      "result/1",
    ]]
  ) {
    const response = await fetch(`${BASE}/v1/exec/${path}`, {
      method: method!,
    });
    assertEquals(response.status, 405);
    await response.body?.cancel();
  }
});

Deno.test("a result can be read once", async () => {
  const { poll, read, emulator } = await withExecution({ result: 1 });
  assertEquals(emulator.executions[0]?.state, "ready");
  assertEquals((await read()).json, { data: 1 });
  assertEquals(await read(), GONE);
  assertEquals(await poll(), GONE);
  assertEquals(emulator.executions[0]?.state, "read");
});

Deno.test("a result is answered 409 as often as the plan says, and is not used up by that", async () => {
  const { read } = await withExecution({ result: 1, conflicts: 2 });
  const statuses = [(await read()).status, (await read()).status, (await read()).status];
  assertEquals([statuses, await read()], [[409, 409, 200], GONE]);
});

Deno.test("a result can lack its data, and is used up by that", async () => {
  const { read } = await withExecution({ result: 1, omitsData: true });
  assertEquals([(await read()).json, await read()], [{ message: "ok" }, GONE]);
});

Deno.test("an execution that is ready can point to its polling URL", async () => {
  const { poll } = await withExecution({ result: 1 }, { pointsToItself: true });
  const { status, location } = await poll();
  assertEquals([status, location?.includes("/v1/exec/poll/")], [303, true]);
});

Deno.test("a result can be read again with readOnce: false", async () => {
  const { poll, read } = await withExecution({ result: 1, readOnce: false });
  assertEquals((await read()).json, { data: 1 });
  assertEquals((await read()).json, { data: 1 });
  assertEquals((await poll()).status, 303);
});

Deno.test("a result does not exist before the execution has ended, or without one", async () => {
  const { clock, read, emulator } = await withExecution({ durationMs: 10 });
  assertEquals(await read(), GONE);
  await clock.advance(10);
  assertEquals(await read(), { status: 204, location: null, json: undefined });
  assertEquals(await ask(emulator.fetch, `${BASE}/v1/exec/poll/unknown`), GONE);
});

Deno.test("a rejected execution gives its reason instead of a result, once", async () => {
  const { poll, read } = await withExecution({
    end: "rejected",
    reason: { code: 7 },
  });
  assertEquals((await poll()).status, 303);
  assertEquals(await read(), {
    status: 400,
    location: null,
    json: { message: "Rejected.", reason: { code: 7 } },
  });
  assertEquals(await read(), GONE);
});

Deno.test("an execution that expires says so from its end on", async () => {
  const { clock, poll, read, emulator } = await withExecution({
    end: "expires",
    durationMs: 10,
  });
  assertEquals(await poll(), NOT_READY);
  await clock.advance(10);
  assertEquals(await poll(), EXPIRED);
  assertEquals(await read(), EXPIRED);
  assertEquals(emulator.executions[0]?.state, "expired");
});

Deno.test("a result that nobody reads expires after retentionMs", async () => {
  const { clock, poll, read } = await withExecution({
    durationMs: 10,
    retentionMs: 5,
  });
  await clock.advance(14);
  assertEquals((await poll()).status, 303);
  await clock.advance(1);
  assertEquals(await poll(), EXPIRED);
  assertEquals(await read(), EXPIRED);
});

Deno.test("the emulator announces retryAfterSeconds while an execution runs", async () => {
  const { emulator } = await withExecution({
    durationMs: 10,
    retryAfterSeconds: 3,
  });
  const response = await emulator.fetch(
    `${BASE}/v1/exec/poll/${emulator.executions[0]!.id}`,
  );
  assertEquals(response.headers.get("retry-after"), "3");
  await response.body?.cancel();
});

Deno.test("a plan can give each execution its own behaviour", async () => {
  const seen: unknown[] = [];
  const emulator = createElasticioEmulator({
    clock: createVirtualClock(),
    plan: (request, index) => {
      seen.push([request["component"], index]);
      return { durationMs: index * 1_000 };
    },
  });
  await schedule(emulator);
  await schedule(emulator, { ...BODY, component: "D" });
  assertEquals(seen, [["C", 0], ["D", 1]]);
  assertEquals(emulator.executions.map(({ state }) => state), [
    "ready",
    "running",
  ]);
});

Deno.test("drop: before leaves the server as it was, drop: after does not", async () => {
  const emulator = createElasticioEmulator({
    clock: createVirtualClock(),
    plan: { result: 1 },
    faults: [
      { on: "schedule", nth: 1, drop: "before" },
      { on: "schedule", nth: 2, drop: "after" },
      { on: "result", nth: 1, drop: "before" },
      { on: "result", nth: 2, drop: "after" },
    ],
  });
  await assertRejects(() => schedule(emulator), TypeError);
  assertEquals(emulator.executions.length, 0);
  await assertRejects(() => schedule(emulator), TypeError);
  assertEquals(emulator.executions.length, 1);

  const read = () => ask(emulator.fetch, `${BASE}/v1/exec/result/${emulator.executions[0]!.id}`);
  await assertRejects(read, TypeError);
  assertEquals(emulator.executions[0]?.state, "ready");
  await assertRejects(read, TypeError);
  assertEquals(emulator.executions[0]?.state, "read");
  assertEquals(emulator.log.map(({ dropped, status }) => [dropped, status]), [
    [true, undefined],
    [true, undefined],
    [true, undefined],
    [true, undefined],
  ]);
});

Deno.test("a fault's status is answered without doing anything, with its headers and body", async () => {
  const { emulator, read } = await withExecution({ result: 1 }, {
    faults: [{
      on: "result",
      nth: 1,
      status: 503,
      headers: { "retry-after": "2" },
    }],
  });
  const { id } = emulator.executions[0]!;
  const response = await emulator.fetch(`${BASE}/v1/exec/result/${id}`);
  assertEquals([response.status, response.headers.get("retry-after")], [
    503,
    "2",
  ]);
  assertEquals(await response.json(), { message: "Injected fault." });
  assertEquals((await read()).json, { data: 1 });
});

Deno.test("a fault's body comes instead of the answer's, which is lost", async () => {
  const { emulator, read } = await withExecution({ result: 1 }, {
    faults: [{ on: "result", nth: 1, body: "{brok" }, {
      on: "result",
      nth: 3,
      status: 204,
    }],
  });
  await assertRejects(read, SyntaxError);
  assertEquals(await read(), GONE);
  const empty = await emulator.fetch(
    `${BASE}/v1/exec/result/${emulator.executions[0]!.id}`,
  );
  assertEquals([empty.status, empty.body], [204, null]);
});

Deno.test("a fault's delay passes before the server looks at the request", async () => {
  const { clock, emulator } = await withExecution({ durationMs: 2_000 }, {
    faults: [{ on: "poll", nth: 1, delayMs: 3_000 }],
  });
  const { id } = emulator.executions[0]!;
  const slow = await clock.runUntil(
    emulator.fetch(`${BASE}/v1/exec/poll/${id}`, { redirect: "manual" }),
  );
  assertEquals([slow.status, clock.now()], [303, 3_000]);
  await slow.body?.cancel();
});

Deno.test("a result whose request was given up during the delay is not read", async () => {
  const { clock, emulator, read } = await withExecution({ result: 1 }, {
    faults: [{ on: "result", nth: 1, delayMs: 3_000 }],
  });
  const controller = new AbortController();
  const url = `${BASE}/v1/exec/result/${emulator.executions[0]!.id}`;
  const pending = assertRejects(
    () => emulator.fetch(url, { signal: controller.signal }),
    Error,
    "enough",
  );
  await clock.advance(1_000);
  controller.abort(new Error("enough"));
  await pending;
  await clock.advance(10_000);

  assertEquals(clock.timers, 0);
  assertEquals(emulator.executions[0]?.state, "ready");
  assertEquals((await read()).json, { data: 1 });
});

Deno.test("faults count by kind over all executions, by execution in a behaviour, or over everything", async () => {
  const emulator = createElasticioEmulator({
    clock: createVirtualClock(),
    plan: { durationMs: 1, faults: [{ on: "poll", nth: 1, status: 501 }] },
    faults: [
      { on: "poll", nth: 3, status: 502 },
      { nth: 7, status: 503 },
    ],
  });
  const urls = [
    (await schedule(emulator)).location!,
    (await schedule(emulator)).location!,
  ];
  const statuses: number[] = [];
  for (const url of [0, 0, 0, 1, 1, 1]) {
    statuses.push((await ask(emulator.fetch, urls[url]!)).status);
  }
  assertEquals(statuses, [501, 200, 502, 501, 503, 200]);
});

Deno.test("the log holds every request, with its time and its answer", async () => {
  const { clock, emulator, poll, read } = await withExecution({
    durationMs: 10,
  });
  const { id } = emulator.executions[0]!;
  await poll();
  await clock.advance(10);
  await poll();
  await read();
  await ask(emulator.fetch, `${BASE}/nothing?here=1`);

  const shared = { dropped: false, executionId: id };
  assertEquals(emulator.log, [
    {
      atMs: 0,
      kind: "schedule",
      method: "POST",
      path: "/v1/exec/schedule",
      status: 202,
      ...shared,
    },
    {
      atMs: 0,
      kind: "poll",
      method: "GET",
      path: `/v1/exec/poll/${id}`,
      status: 200,
      ...shared,
    },
    {
      atMs: 10,
      kind: "poll",
      method: "GET",
      path: `/v1/exec/poll/${id}`,
      status: 303,
      ...shared,
    },
    {
      atMs: 10,
      kind: "result",
      method: "GET",
      path: `/v1/exec/result/${id}`,
      status: 204,
      ...shared,
    },
    {
      atMs: 10,
      kind: "other",
      method: "GET",
      path: "/nothing?here=1",
      status: 404,
      dropped: false,
    },
  ]);
  assertEquals(
    [
      emulator.count("schedule"),
      emulator.count("poll"),
      emulator.count("result"),
    ],
    [1, 2, 1],
  );
  assertEquals(emulator.executions, [
    { id, request: BODY, scheduledAt: 0, state: "read", polls: 2, reads: 1 },
  ]);
});

const locations: [ElasticioEmulatorOptions, string, string][] = [
  [{}, "/v1/exec", `${BASE}/v1/exec/poll/`],
  [{ pathPrefix: "/api" }, "/api/v1/exec", `${BASE}/api/v1/exec/poll/`],
  [
    { baseUrl: "http://other/api/" },
    "/api/v1/exec",
    "http://other/api/v1/exec/poll/",
  ],
  [
    { baseUrl: "http://other/api", pathPrefix: "" },
    "/v1/exec",
    "http://other/api/v1/exec/poll/",
  ],
  [
    { pathPrefix: "/api", relativeLocation: true },
    "/api/v1/exec",
    "/api/v1/exec/poll/",
  ],
];
for (const [options, path, expected] of locations) {
  Deno.test(`the emulator's URLs with ${JSON.stringify(options)} begin with ${expected}`, async () => {
    const id = "540492e623773659c5000001";
    for (const quoteLocation of [false, true]) {
      const { fetch } = createElasticioEmulator({ ...options, quoteLocation });
      const init = { method: "POST", body: JSON.stringify(BODY) };
      const { location } = await ask(fetch, `${BASE}${path}/schedule`, init);
      assertEquals(location, expected + id + (quoteLocation ? '"' : ""));
    }
  });
}

Deno.test("the emulator works the same over a real connection", async () => {
  const emulator = createElasticioEmulator({
    plan: { result: { some: "value" } },
    faults: [{ on: "poll", nth: 1, drop: "before" }],
  });
  await using server = await serveLoopback(emulator.handle, {
    keepAlive: false,
  });
  const init = { method: "POST", body: JSON.stringify(BODY) };
  const { location } = await ask(fetch, `${server.url}/v1/exec/schedule`, init);
  await assertRejects(() => ask(fetch, location!), TypeError);
  const ready = await ask(fetch, location!);
  const result = await ask(fetch, ready.location!);
  assertEquals(result.json, { data: { some: "value" } });
  assertEquals(emulator.log.map(({ status }) => status), [
    202,
    undefined,
    303,
    200,
  ]);
});
