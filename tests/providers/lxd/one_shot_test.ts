/** lxd.operations, getOperation, cancelOperation and request: one request each. */
import { assertEquals, assertRejects } from "@std/assert";
import {
  DeadlineExceededError,
  LroError,
  lxd,
  OperationExpiredError,
  ProtocolError,
  TransportError,
} from "@lro/machines";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedFetch,
  type ScriptedResponse,
  type VirtualClock,
} from "@lro/machines/testing";
import { accepted, createLxdWorld, ID, operationOf, refused, shown, URL_OF_IT } from "./_play.ts";

function answering(...responses: ScriptedResponse[]): {
  readonly clock: VirtualClock;
  readonly fetch: ScriptedFetch;
  readonly random: () => number;
} {
  const clock = createVirtualClock();
  const fetch = createScriptedFetch(responses.map((response) => ({ response })), { clock });
  return { clock, fetch, random: () => 0.5 };
}

function list(metadata: unknown): ScriptedResponse {
  return { status: 200, json: { type: "sync", metadata: metadata as never } };
}

const lists: [claim: string, metadata: unknown, statuses: string[]][] = [
  ["nothing", {}, []],
  ["null", null, []],
  ["operations by status", {
    running: [operationOf(103)],
    success: [operationOf(200), operationOf(200)],
  }, ["Running", "Success", "Success"]],
  ["URLs by status, in whatever case", {
    Running: [`/1.0/operations/${ID}`],
    FAILURE: [`/1.0/operations/${ID}?project=default`],
  }, ["Running", "FAILURE"]],
];

for (const [claim, metadata, statuses] of lists) {
  Deno.test(`lxd.operations() reads ${claim}`, async () => {
    const operations = await lxd.operations({}, answering(list(metadata)));
    assertEquals(operations.map(({ status }) => status), statuses);
    assertEquals(operations.map(({ id }) => id), statuses.map(() => ID));
  });
}

Deno.test("lxd.operations() asks for whole operations, of a project where one is named", async () => {
  const options = answering(list({}), list({}), list({}));
  await lxd.operations({}, options);
  await lxd.operations({ project: "blue", headers: { "x-a": "b" } }, options);
  await lxd.operations({ baseUrl: "https://lxd.example:8443/" }, options);
  assertEquals(options.fetch.requests.map(({ url }) => url), [
    "http://lxd/1.0/operations?recursion=1",
    "http://lxd/1.0/operations?recursion=1&project=blue",
    "https://lxd.example:8443/1.0/operations?recursion=1",
  ]);
  assertEquals(options.fetch.requests[1]!.headers["x-a"], "b");
});

Deno.test("lxd.operations() of all projects asks first whether the server can list them", async () => {
  const able = list({ api_extensions: ["projects", "operations_get_query_all_projects"] });
  const options = answering(able, list({ running: [operationOf(103)] }));
  assertEquals((await lxd.operations({ allProjects: true }, options)).length, 1);
  assertEquals(options.fetch.requests.map(({ url }) => url), [
    "http://lxd/1.0",
    "http://lxd/1.0/operations?recursion=1&all-projects=true",
  ]);
});

for (const metadata of [{ api_extensions: ["projects"] }, {}, null]) {
  Deno.test(`lxd.operations() never passes one project's list for all, by ${JSON.stringify(metadata)}`, async () => {
    const error = await assertRejects(
      () => lxd.operations({ allProjects: true }, answering(list(metadata), list({}))),
      ProtocolError,
      "lacks the API extension operations_get_query_all_projects",
    );
    assertEquals(error.message.includes("ask it for each project"), true);
  });
}

Deno.test("lxd.operations() that is refused is no operation that failed", async () => {
  const ends: [number, string][] = [
    [401, "transport"],
    [403, "transport"],
    [404, "operation-expired"],
    [410, "operation-expired"],
    [418, "transport"],
    [501, "transport"],
    [505, "transport"],
    [302, "protocol"],
  ];
  for (const [status, code] of ends) {
    const options = answering(refused(status, "no"));
    const asking = () => options.clock.runUntil(lxd.operations({}, options));
    const error = await assertRejects(asking, LroError);
    assertEquals([status, error.code, error.providerMessage], [status, code, "no"]);
  }
});

Deno.test("lxd.request() in a project gives a URL by which others find the operation", async () => {
  const options = answering(accepted());
  const request = { method: "POST", url: "/1.0/images?project=blue%20sky" };
  const begun = await lxd.request({ request }, options);
  assertEquals(begun.kind === "operation" && begun.url, `${URL_OF_IT}?project=blue+sky`);
});

Deno.test("lxd.request() leaves the project alone that a cluster names", async () => {
  const operation = `/1.0/operations/${ID}?project=default`;
  const options = answering(accepted({ operation }));
  const request = { method: "POST", url: "/1.0/images?project=blue" };
  const begun = await lxd.request({ request }, options);
  assertEquals(begun.kind === "operation" && begun.url, `http://lxd${operation}`);
});

Deno.test("lxd.operations() of what is no list is a protocol error", async () => {
  for (const json of [{}, [], "x", { type: "sync", metadata: { running: [7] } }]) {
    await assertRejects(
      () => lxd.operations({}, answering({ status: 200, json: json as never })),
      ProtocolError,
    );
  }
});

Deno.test("lxd.getOperation() finds one by its UUID, its path and its URL", async () => {
  const options = answering(shown(103), shown(200), shown(400));
  const path = `/1.0/operations/${ID}?project=default`;
  const statuses = [];
  for (const operation of [ID, path, `http://lxd${path}`]) {
    statuses.push((await lxd.getOperation({ operation }, options)).status);
  }
  assertEquals(statuses, ["Running", "Success", "Failure"]);
  assertEquals(options.fetch.requests.map(({ url }) => url), [
    URL_OF_IT,
    `${URL_OF_IT}?project=default`,
    `${URL_OF_IT}?project=default`,
  ]);
});

Deno.test("lxd.getOperation() of what is gone is expired", async () => {
  const options = answering(refused(404, "Operation not found"));
  await assertRejects(() => lxd.getOperation({ operation: ID }, options), OperationExpiredError);
});

Deno.test("lxd.cancelOperation() asks and does not wait", async () => {
  await using world = createLxdWorld({ plan: { durationMs: 60_000, cancelMs: 5_000 } });
  const { clock, emulator } = world;
  const options = { clock, fetch: emulator.fetch };
  const request = { method: "POST", url: "/1.0/images" };
  const reply = await lxd.request({ request }, options);
  if (reply.kind !== "operation") throw new Error("It is in the background");
  assertEquals(reply.operation.status, "Running");
  await lxd.cancelOperation({ operation: reply.url }, options);
  assertEquals(emulator.operations[0]?.status, "Cancelling");
});

const refusals: [error: string, code: string][] = [
  ["This operation can't be cancelled", "request-rejected"],
  ["Only running operations can be cancelled", "request-rejected"],
  ["Operation not found", "operation-expired"],
];

for (const [message, code] of refusals) {
  Deno.test(`lxd.cancelOperation() that is told "${message}" rejects as ${code}`, async () => {
    const options = answering(refused(message.endsWith("found") ? 404 : 400, message));
    const cancel = () => lxd.cancelOperation({ operation: ID }, options);
    const error = await assertRejects(cancel, LroError, message);
    assertEquals([error.code, error.operationId, error.provider], [code, ID, "lxd"]);
  });
}

Deno.test("lxd.request() tells what is done from what goes on", async () => {
  const options = answering(accepted(), list({ auth: "trusted" }));
  const request = { method: "PUT", url: "/1.0", body: {} };
  const begun = await lxd.request({ request }, options);
  assertEquals(begun.kind === "operation" && begun.url, URL_OF_IT);
  assertEquals(await lxd.request({ request }, options), {
    kind: "value",
    value: { auth: "trusted" },
  });
});

Deno.test("lxd.request() that was lost is not sent again", async () => {
  const options = answering({ drop: true });
  const request = { method: "POST", url: "/1.0/images" };
  await assertRejects(() => lxd.request({ request }, options), TransportError);
  assertEquals(options.fetch.requests.length, 1);
});

Deno.test("a single request is repeated where that does no harm, and until its deadline only", async () => {
  const options = answering({ drop: true }, { status: 503 }, list({}));
  assertEquals(await options.clock.runUntil(lxd.operations({}, options)), []);
  const hanging = answering({ hang: true });
  await assertRejects(
    () => hanging.clock.runUntil(lxd.operations({}, { ...hanging, deadlineMs: 7_000 })),
    DeadlineExceededError,
  );
  assertEquals([hanging.clock.now(), hanging.clock.timers], [7_000, 0]);
});

Deno.test("a single request is given up with the signal's reason, and leaves nothing", async () => {
  const options = answering({ hang: true });
  const controller = new AbortController();
  const asking = lxd.operations({}, { ...options, signal: controller.signal });
  await options.clock.advance(1_000);
  controller.abort("enough");
  assertEquals(await asking.catch((reason) => reason), "enough");
  assertEquals(options.clock.timers, 0);
  assertEquals(
    await lxd.operations({}, { signal: AbortSignal.abort("early") }).catch((reason) => reason),
    "early",
  );
});

const mistakes: [claim: string, ask: () => Promise<unknown>][] = [
  ["an unknown field", () => lxd.operations({ projects: "x" } as never)],
  ["an unknown option", () => lxd.operations({}, { fetsch: fetch } as never)],
  ["no operation", () => lxd.getOperation({} as never)],
  ["an operation that is none", () => lxd.cancelOperation({ operation: "../instances" })],
  ["no request", () => lxd.request({} as never)],
];

for (const [claim, ask] of mistakes) {
  Deno.test(`${claim} is a mistake of type`, async () => {
    await assertRejects(ask, TypeError);
  });
}
