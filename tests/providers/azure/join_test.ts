/** Operations that run already: joined by a URL, or taken over from an SDK. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { azure, createRuntime, type Operation } from "@lro/machines";
import type { AzureMonitorOptions, AzureOptions, SdkResponse } from "@lro/machines/azure";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedResponse,
} from "@lro/machines/testing";
import { accepted, ARM, errorOf, ok, play, resource, RUNNING, SUCCEEDED } from "./_play.ts";

const MONITOR = `${ARM}/operations/1?api-version=1`;
const R = `${ARM}/r?api-version=1`;
const PUT = { method: "PUT", url: R };

/** Runs an operation to its end: the end, and what was asked. */
async function run(operation: Operation, replies: readonly ScriptedResponse[]) {
  const clock = createVirtualClock();
  const fetch = createScriptedFetch(replies.map((response) => ({ response })), { clock });
  await using runtime = createRuntime({ clock, fetch });
  const outcome = await clock.runUntil(runtime.start(operation).outcome());
  fetch.assertDone();
  return {
    end: outcome.kind === "succeeded" ? outcome.value : outcome.error.code,
    asked: fetch.requests.map(({ method, url }) => `${method} ${url.slice(ARM.length)}`),
    outcome,
  };
}

const O = "GET /operations/1?api-version=1";

Deno.test("an operation is joined by its monitor alone: nothing is started", async () => {
  const operation = azure.operation({ monitor: MONITOR });
  assertEquals(await run(operation, [RUNNING, SUCCEEDED]).then(({ asked }) => asked), [O, O]);
  const body = { status: "Succeeded", properties: { key: 1 } };
  assertEquals((await run(operation, [ok(body)])).end, body);
  const failed = { status: "Failed", error: { code: "Quota", message: "none left" } };
  assertEquals((await run(operation, [RUNNING, ok(failed)])).end, "operation-failed");
  assertEquals((await run(operation, [ok({})])).end, "protocol");
});

Deno.test("a monitor that is joined may be unknown for a while, or be gone", async () => {
  const operation = azure.operation({ monitor: MONITOR });
  const late = await run(operation, [{ status: 404 }, RUNNING, SUCCEEDED]);
  assertEquals(late.end, { status: "Succeeded" });
  assertEquals((await run(operation, [{ status: 410 }])).end, "operation-expired");
});

Deno.test("a monitor with the request that started it ends where that has its result", async () => {
  const done = ok(resource("Succeeded"));
  const put = azure.operation({ monitor: MONITOR, request: PUT });
  const played = await run(put, [RUNNING, SUCCEEDED, done]);
  assertEquals(played.asked, [O, O, "GET /r?api-version=1"]);
  assertEquals(played.end, resource("Succeeded"));
  const gone = await run(put, [{ status: 410 }, done]);
  assertEquals(gone.end, resource("Succeeded"));
  const remove = azure.operation({ monitor: MONITOR, request: { method: "DELETE", url: R } });
  assertEquals((await run(remove, [{ status: 410 }, { status: 404 }])).end, undefined);
});

Deno.test("what a joined monitor names is resolved against it, and gets its version", async () => {
  const operation = azure.operation({ monitor: MONITOR });
  const { asked, end } = await run(operation, [
    { ...RUNNING, headers: { "operation-location": "2" } },
    ok({ status: "Succeeded", resourceLocation: "/made/1" }),
    ok(7),
  ]);
  assertEquals(asked.slice(1), ["GET /operations/2?api-version=1", "GET /made/1?api-version=1"]);
  assertEquals(end, 7);
});

Deno.test("a GET whose reply has a status is read as a monitor, and goes on", async () => {
  const request = { method: "GET", url: MONITOR };
  for (const status of ["InProgress", "Accepted", "Warming up"]) {
    const { end, asked, times } = await play({ request }, [ok({ status }), SUCCEEDED]);
    assertEquals([end, asked, times], [{ status: "Succeeded" }, [O, O], [0, 30_000]]);
  }
  assertEquals((await play({ request }, [ok({ status: "Failed" })])).end, "operation-failed");
  const named = ok({ status: "Succeeded", resourceLocation: "/made/1" });
  assertEquals((await play({ request }, [named, ok(7)])).end, 7);
  const state = { ...SUCCEEDED, headers: { location: "/operations/1/result" } };
  assertEquals((await play({ request }, [RUNNING, state, ok(7)])).end, 7);
});

Deno.test("a GET whose reply has a provisioningState is read as a resource, and goes on", async () => {
  const request = { method: "get", url: R };
  const { end, times } = await play({ request }, [
    ok(resource("Creating")),
    ok(resource("Updating")),
    ok(resource("Succeeded")),
  ]);
  assertEquals([end, times], [resource("Succeeded"), [0, 30_000, 60_000]]);
  assertEquals((await play({ request }, [ok(resource("Failed"))])).end, "operation-failed");
});

Deno.test("a GET that is answered 202 is a Location, wherever the reply leads", async () => {
  const request = { method: "GET", url: `${ARM}/results/1` };
  const stays = await play({ request }, [accepted({}), accepted({}), ok({ rows: 3 })]);
  assertEquals([stays.end, stays.asked], [{ rows: 3 }, Array(3).fill("GET /results/1")]);
  const moves = await play({ request }, [accepted({ location: "/results/2" }), ok({ rows: 3 })]);
  assertEquals(moves.asked[1], "GET /results/2");
  const told = await play({ request }, [
    accepted({ "azure-asyncoperation": "/operations/1" }),
    RUNNING,
    SUCCEEDED,
  ]);
  assertEquals(told.asked.slice(1), ["GET /operations/1", "GET /operations/1"]);
});

Deno.test("a GET that is refused never says that something was not started", async () => {
  const request = { method: "GET", url: MONITOR };
  const ends = [[401, "transport"], [403, "transport"], [410, "operation-expired"]] as const;
  for (const [status, end] of ends) {
    const played = await play({ request }, [{ status, json: { error: { code: "E" } } }]);
    assertEquals(played.end, end);
  }
});

Deno.test("methods are PUT, PATCH, POST, DELETE and GET, and all others are refused at the call", () => {
  for (const method of ["put", "PATCH", "Post", "delete", "GET"]) {
    azure.operation({ request: { method, url: R } });
  }
  for (const method of ["PATSH", "HEAD", "OPTIONS", "POSTT", "LIST"]) {
    const { message } = assertThrows(
      () => azure.operation({ request: { method, url: R } }),
      TypeError,
    );
    assertEquals(
      message,
      "Cannot make azure.operation: request.method must be PUT, PATCH, POST, DELETE, GET, " +
        `got "${method}"`,
    );
  }
});

const contradictions: [AzureMonitorOptions | AzureOptions, string][] = [
  [{ monitor: MONITOR, request: PUT, initialReply: { status: 202, headers: {} } }, "initialReply"],
  [{ monitor: "https://other.example/o/1", request: PUT }, "allowedOrigins permits it"],
  [{ monitor: "http://management.azure.com/o/1", request: PUT }, "without encryption"],
  [{ monitor: "/operations/1" }, "monitor must be an absolute http URL"],
  [{} as AzureOptions, "request must be an object"],
];
for (const [options, text] of contradictions) {
  Deno.test(`azure.operation(${JSON.stringify(options).slice(0, 80)}) is refused: ${text}`, () => {
    const { message } = assertThrows(() => azure.operation(options as AzureOptions), TypeError);
    assertStringIncludes(message, text);
    if ("monitor" in options) assertStringIncludes(message, "monitor");
  });
}

Deno.test("a monitor elsewhere is asked where that is allowed, or at the gateway", async () => {
  const monitor = "https://other.example/o/1";
  const request = PUT;
  const allowed = azure.operation({ monitor, request, allowedOrigins: ["https://other.example"] });
  const failed = ok({ status: "Failed" });
  assertEquals((await run(allowed, [failed])).outcome.kind, "failed");
  const { asked } = await run(azure.operation({ monitor, request, pollAtRequestOrigin: true }), [
    failed,
  ]);
  assertEquals(asked, ["GET /o/1"]);
});

/** What the hook of an SDK gets. */
function sdkReply(
  request: { method: string; url: string },
  status: number,
  headers: Readonly<Record<string, string>>,
  body?: object | string,
): SdkResponse {
  return {
    status,
    headers: { toJSON: () => headers },
    request,
    ...(body !== undefined && {
      bodyAsText: typeof body === "string" ? body : JSON.stringify(body),
      parsedBody: { mangled: true },
    }),
  };
}

const started = sdkReply(PUT, 201, { "Azure-AsyncOperation": MONITOR }, resource("Creating"));
const poll = sdkReply({ method: "GET", url: MONITOR }, 200, {}, { status: "InProgress" });
const done = ok(resource("Succeeded"));

Deno.test("azure.from() takes the first reply of an SDK: nothing is sent again", async () => {
  const { asked, end } = await run(azure.from(started), [RUNNING, SUCCEEDED, done]);
  assertEquals([asked, end], [[O, O, "GET /r?api-version=1"], resource("Succeeded")]);
  assertEquals((await run(azure.from(started, PUT), [SUCCEEDED, done])).end, resource("Succeeded"));
  const whole = sdkReply(PUT, 200, {}, resource("Succeeded"));
  assertEquals((await run(azure.from(whole), [])).end, resource("Succeeded"));
});

Deno.test("azure.from() never takes a poll that says it runs for a success", async () => {
  assertEquals((await run(azure.from(poll), [SUCCEEDED])).end, { status: "Succeeded" });
  const atLocation = sdkReply({ method: "GET", url: `${ARM}/l/1` }, 202, {});
  assertEquals((await run(azure.from(atLocation), [ok(7)])).end, 7);
  const ofResource = sdkReply({ method: "GET", url: R }, 200, {}, resource("Updating"));
  assertEquals((await run(azure.from(ofResource), [done])).end, resource("Succeeded"));
  const page = sdkReply({ method: "GET", url: R }, 200, { "content-type": "text/html" }, "<html>");
  assertEquals((await run(azure.from(page), [])).end, "protocol");
});

Deno.test("azure.from() with the start ends where the start has its result", async () => {
  const { asked, end } = await run(azure.from(poll, PUT), [RUNNING, SUCCEEDED, done]);
  assertEquals([asked, end], [[O, O, "GET /r?api-version=1"], resource("Succeeded")]);
  const last = sdkReply({ method: "GET", url: MONITOR }, 200, {}, { status: "Succeeded" });
  assertEquals((await run(azure.from(last, PUT), [SUCCEEDED, done])).end, resource("Succeeded"));
  const ofResource = sdkReply({ method: "GET", url: R }, 200, {}, resource("Updating"));
  assertEquals((await run(azure.from(ofResource, PUT), [done])).end, resource("Succeeded"));
});

Deno.test("azure.from() takes replies of other makes, and options", async () => {
  const reply = { status: 202, headers: { Location: "/l/1", "Retry-After": "9" }, body: undefined };
  const operation = azure.from(reply, { method: "POST", url: R }, { pollIntervalMs: 1_000 });
  assertEquals((operation.input as AzureOptions).pollIntervalMs, 1_000);
  assertEquals((await run(operation, [ok(7)])).end, 7);
  const headers = new Headers({ location: "/l/2" });
  const native = azure.from({ ...reply, headers }, { method: "POST", url: R });
  assertEquals((await run(native, [ok(8)])).asked, ["GET /l/2?api-version=1"]);
});

Deno.test("azure.from() leaves the credentials of an SDK's request where they are", () => {
  const request = { ...PUT, headers: { authorization: "Bearer s3cr3t" }, body: "s3cr3t" };
  const operation = azure.from({ ...started, request });
  assertEquals(JSON.stringify(operation).includes("s3cr3t"), false);
});

Deno.test("azure.from() refuses what is no reply, naming the field", () => {
  const cases: [unknown, string][] = [
    [undefined, "response must be an object"],
    [{ status: 200, headers: {} }, "response.request must be an object"],
    [{ ...started, status: "200" }, "initialReply.status must be an HTTP status"],
    [{ ...started, headers: "x" }, "response.headers must be an object"],
    [{ ...started, request: { method: "HEAD", url: R } }, "request.method must be PUT, PATCH"],
    [{ ...started, request: { method: "PUT", url: "/r" } }, "response.request.url must be"],
  ];
  for (const [response, text] of cases) {
    assertThrows(() => azure.from(response as SdkResponse), TypeError, text);
  }
});

Deno.test("initialReply of a poll, with the poll's own request, is no success", async () => {
  const initialReply = { status: 200, headers: {}, body: { status: "InProgress" } };
  const request = { method: "GET", url: MONITOR };
  const { end, asked } = await play({ request, initialReply }, [SUCCEEDED]);
  assertEquals([end, asked], [{ status: "Succeeded" }, [O]]);
  const refused = { status: 403, headers: {}, body: { error: { code: "Denied" } } };
  const { code, message } = errorOf(await play({ request, initialReply: refused }, []));
  assertEquals(code, "transport");
  assertStringIncludes(message, "Cannot join operation: HTTP 403");
  for (const status of [404, 408, 429, 500, 503]) {
    const passing = { status, headers: { "retry-after": "7" } };
    const { end, times } = await play({ request, initialReply: passing }, [SUCCEEDED]);
    assertEquals([end, times], [{ status: "Succeeded" }, [7_000]]);
  }
});
