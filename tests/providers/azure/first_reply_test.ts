import { assertEquals, assertStringIncludes } from "@std/assert";
import { azure } from "@lro/machines";
import type { Algorithm, AzureInput } from "@lro/machines/azure";
import type { ScriptedResponse } from "@lro/machines/testing";
import { protocol } from "../../../src/providers/azure/protocol.ts";
import {
  accepted,
  ARM,
  errorOf,
  ok,
  play,
  RESOURCE,
  resource,
  RUNNING,
  SUCCEEDED,
} from "./_play.ts";

const everything = {
  "operation-location": `${ARM}/by-operation-location`,
  "azure-asyncoperation": `${ARM}/by-azure-async-operation`,
  location: `${ARM}/by-location`,
};

/** What the first poll asks for. */
async function firstPoll(
  algorithms: readonly Algorithm[] | undefined,
  first: ScriptedResponse,
): Promise<string | undefined> {
  const replies = [first, { status: 403 }];
  const { asked } = await play({ ...(algorithms && { algorithms }) }, replies);
  return asked[1];
}

Deno.test("the first way to poll that a reply offers is taken: operation-location, azure-async-operation, location, body", async () => {
  const { "operation-location": _, ...two } = everything;
  assertEquals(
    await firstPoll(undefined, accepted(everything)),
    "GET /by-operation-location",
  );
  assertEquals(
    await firstPoll(undefined, accepted(two)),
    "GET /by-azure-async-operation",
  );
  assertEquals(
    await firstPoll(undefined, accepted({ location: two.location })),
    "GET /by-location",
  );
  assertEquals(await firstPoll(undefined, accepted({})), "GET /r");
});

Deno.test("algorithms changes the order, and leaves out what is not in it", async () => {
  const cases: [Algorithm[], string][] = [
    [["azure-async-operation", "operation-location"], "by-azure-async-operation"],
    [["location", "operation-location"], "by-location"],
    [["body", "location"], "r"],
  ];
  for (const [algorithms, path] of cases) {
    assertEquals(await firstPoll(algorithms, accepted(everything)), `GET /${path}`);
  }
});

Deno.test("a reply that offers none of the algorithms is a protocol error that names them", async () => {
  const played = await play({ algorithms: ["operation-location", "location"] }, [
    { status: 202 },
  ]);
  const { code, message } = errorOf(played);
  assertEquals(code, "protocol");
  assertStringIncludes(message, "HTTP 202");
  assertStringIncludes(message, "operation-location, location");
});

for (const method of ["POST", "DELETE"]) {
  Deno.test(`a ${method} that nothing can be polled of succeeds at once, with its body`, async () => {
    for (const status of [200, 201]) {
      assertEquals(
        (await play({ method }, [{ status, json: { a: 1 } }])).end,
        { a: 1 },
      );
    }
    assertEquals((await play({ method }, [{ status: 204 }])).end, undefined);
  });

  Deno.test(`a ${method} that answers 202 and no way to poll it is a protocol error`, async () => {
    assertEquals((await play({ method }, [{ status: 202 }])).end, "protocol");
  });
}

Deno.test("a client error is a rejection with the body's code and message", async () => {
  const json = { error: { code: "Conflict", message: "the name is taken" } };
  for (const status of [400, 401, 403, 404, 405, 409, 410, 412, 422, 451]) {
    const played = await play({}, [{ status, json }]);
    const error = errorOf(played);
    assertEquals([error.code, error.status], ["request-rejected", status]);
    assertEquals([error.providerCode, error.providerMessage], [
      "Conflict",
      "the name is taken",
    ]);
    assertEquals(error.details, json.error);
  }
});

Deno.test("a start that a gateway answers for is not sent again, and may have been accepted", async () => {
  for (const status of [502, 504]) {
    const played = await play({}, [{ status }]);
    assertEquals(played.end, "transport");
    assertStringIncludes(errorOf(played).message, "it may have been processed");
  }
});

Deno.test("a start that the server itself did not accept is sent again", async () => {
  for (const status of [408, 429, 500, 503]) {
    const played = await play({}, [{ status }, ok(resource("Succeeded"))]);
    assertEquals(played.end, resource("Succeeded"));
    assertEquals(played.asked, ["PUT /r", "PUT /r"]);
  }
});

Deno.test("a first reply with a monitor runs, whatever the state of its resource", async () => {
  for (const status of [200, 201, 202]) {
    for (const state of ["Succeeded", "Failed", "Canceled", "Updating"]) {
      const played = await play({}, [
        { status, headers: everything, json: resource(state) },
        RUNNING,
        SUCCEEDED,
        ok(resource("Succeeded")),
      ]);
      assertEquals(played.end, resource("Succeeded"));
    }
  }
});

Deno.test("a first reply with a monitor whose own status is final needs no poll", async () => {
  const headers = { "operation-location": `${ARM}/operations/1` };
  const failing = { status: "Failed", error: { code: "Quota", message: "none left" } };
  const ends: [string, string, unknown, string[]][] = [
    ["POST", "Succeeded", { status: "Succeeded" }, []],
    ["PUT", "Succeeded", resource("Succeeded"), ["GET /r"]],
    ["POST", "Canceled", "operation-canceled", []],
  ];
  for (const [method, status, end, later] of ends) {
    const played = await play({ method }, [
      { status: 201, headers, json: { status } },
      ...later.map(() => ok(resource("Succeeded"))),
    ]);
    assertEquals([played.end, played.asked.slice(1)], [end, later]);
  }
  const played = await play({}, [{ status: 201, headers, json: failing }]);
  assertEquals(played.end, "operation-failed");
  assertEquals(errorOf(played).providerCode, "Quota");
});

type Row = [method: string, status: number, json: unknown, end: "runs" | "succeeds" | string];

const firstBodies: Row[] = [
  ["PUT", 200, resource("Succeeded"), "succeeds"],
  ["PUT", 200, resource("Creating"), "runs"],
  ["PUT", 200, { id: "/r" }, "succeeds"],
  ["PUT", 200, { id: "/r", properties: { provisioningState: null } }, "succeeds"],
  ["PUT", 200, { provisioningState: "Accepted" }, "runs"],
  ["PUT", 200, resource("Failed"), "operation-failed"],
  ["PUT", 200, resource("cancelled"), "operation-canceled"],
  ["PUT", 201, resource("Succeeded"), "succeeds"],
  ["PUT", 201, resource("Creating"), "runs"],
  ["PUT", 201, { id: "/r" }, "runs"],
  ["PUT", 201, undefined, "runs"],
  ["PUT", 201, resource("Failed"), "operation-failed"],
  ["PATCH", 202, undefined, "runs"],
  ["PATCH", 202, resource("Updating"), "runs"],
  // What a 202 shows may be how the resource was before.
  ["PATCH", 202, resource("Succeeded"), "runs"],
  ["PATCH", 202, resource("Failed"), "operation-failed"],
  ["PATCH", 204, undefined, "succeeds"],
  ["PUT", 200, undefined, "succeeds"],
  ["PUT", 200, { id: "/r", properties: { provisioningState: 7 } }, "protocol"],
  ["PUT", 200, { id: "/r", properties: { provisioningState: "" } }, "protocol"],
  ["PUT", 201, { id: "/r", properties: { provisioningState: ["Succeeded"] } }, "protocol"],
  ["PUT", 200, ["Succeeded"], "protocol"],
  ["PUT", 200, null, "protocol"],
];
for (const [method, status, json, end] of firstBodies) {
  const what = json === undefined ? "nothing" : JSON.stringify(json);
  Deno.test(`a ${method} answered by ${status} and ${what}, and no way to poll it: ${end}`, async () => {
    const played = await play({ method }, [
      json === undefined ? { status } : { status, json: json as string },
      ...(end === "runs" ? [ok(resource("Succeeded"))] : []),
    ]);
    assertEquals(
      played.end,
      end === "runs" ? resource("Succeeded") : end === "succeeds" ? json : end,
    );
    if (end === "runs") assertEquals(played.requests[1]?.url, RESOURCE);
  });
}

Deno.test("only a client error says that nothing was started", async () => {
  const json = { error: { code: "Odd", message: "odd" } };
  const ends: [number[], string][] = [
    [[500, 501, 503, 520, 524, 599, 408, 429], "transport"],
    [[203, 206, 207, 226, 300, 301, 302], "protocol"],
  ];
  for (const [statuses, end] of ends) {
    for (const status of statuses) {
      for (const method of ["PUT", "POST", "DELETE"]) {
        const played = await play({ method, retry: false }, [{ status, json }]);
        const { code, message, lastReply } = errorOf(played);
        assertEquals([code, (lastReply as { status?: number }).status], [end, status]);
        assertStringIncludes(message, "it may have been processed");
        assertEquals(played.asked.length, 1);
      }
    }
  }
  const reset = errorOf(await play({}, [{ status: 205 }]));
  assertEquals(reset.code, "protocol");
});

Deno.test("a client error after an attempt that may have got through is no rejection", async () => {
  const json = { error: { code: "Conflict", message: "taken" } };
  const played = await play({}, [{ status: 502 }]);
  assertEquals(played.end, "transport");
  const state = {
    input: azure.operation({ request: { method: "PUT", url: RESOURCE } }).input as AzureInput,
    memory: {},
    uncertain: true,
    elapsedMs: 5,
    remainingMs: Infinity,
  };
  const none = protocol.read("send", { status: 0, headers: {}, body: undefined }, state);
  assertEquals([none.type, none.failure?.code], ["failed", "protocol"]);
  const { failure } = protocol.read("send", { status: 409, headers: {}, body: json }, state);
  assertEquals([failure?.code, failure?.providerCode], ["transport", "Conflict"]);
  assertStringIncludes(failure?.message ?? "", "an earlier attempt may have been processed");
});

Deno.test("a start that is answered 303 was processed, and goes on at its Location", async () => {
  for (const method of ["PUT", "POST", "DELETE"]) {
    const see = { status: 303, headers: { location: "/results/1" } };
    const { end, asked } = await play({ method }, [see, accepted({}), ok({ rows: 3 })]);
    assertEquals(end, { rows: 3 });
    assertEquals(asked, [`${method} /r`, "GET /results/1", "GET /results/1"]);
  }
  assertEquals((await play({ method: "POST" }, [{ status: 303 }])).end, "protocol");
  assertEquals((await play({}, [{ status: 303 }])).end, "protocol");
  const evil = { status: 303, headers: { location: "https://evil.example/" } };
  assertEquals((await play({}, [evil])).end, "protocol");
});

Deno.test("an empty header names nothing", async () => {
  for (const empty of ["", "  "]) {
    const headers = { "operation-location": empty, "azure-asyncoperation": empty };
    const location = await play({ method: "POST" }, [
      accepted({ ...headers, location: "/results/1" }),
      { ...accepted(headers), headers: { location: empty } },
      ok({ rows: 3 }),
    ]);
    assertEquals(location.end, { rows: 3 });
    const body = await play({}, [
      { status: 201, headers: { ...headers, location: empty } },
      ok(resource("Succeeded")),
    ]);
    assertEquals(body.asked[1], "GET /r");
    const monitor = await play({ method: "POST" }, [
      accepted({ "operation-location": "/o/1" }),
      { ...RUNNING, headers },
      SUCCEEDED,
    ]);
    assertEquals(monitor.asked.slice(1), ["GET /o/1", "GET /o/1"]);
  }
});

Deno.test("what a start names is in every later error", async () => {
  const header = { "operation-location": "/o/1" };
  const created = { status: 201, headers: header, json: { id: "/r/7" } };
  const ends = [
    [created, { status: 403 }],
    [created, ok({})],
    [created, ok({ status: "Failed" })],
  ];
  for (const replies of ends) {
    const error = errorOf(await play({ method: "POST" }, replies));
    assertEquals(error.partialResult, { id: "/r/7" });
  }
  const fabric = accepted({ location: "/l", "x-ms-operation-id": "o-1" });
  const error = errorOf(await play({ method: "POST" }, [fabric, { status: 403 }]));
  assertEquals(error.partialResult, { operationId: "o-1" });
});
