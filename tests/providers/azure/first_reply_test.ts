import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Algorithm } from "@lro/machines/azure";
import type { ScriptedResponse } from "@lro/machines/testing";
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
