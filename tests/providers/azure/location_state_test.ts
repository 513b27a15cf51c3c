/** What the body at a `Location` says, where a 200 alone does not tell. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ScriptedResponse } from "@lro/machines/testing";
import { accepted, ARM, errorOf, ok, play, resource } from "./_play.ts";

const method = "POST";
const first = accepted({ location: "/states/1" });
const RESULT = { rows: 3 };
const error = { code: "DiskFull", message: "no space is left" };
const page = (type: string, text = "<html><title>Sign in</title></html>"): ScriptedResponse => ({
  status: 200,
  headers: { "content-type": type },
  text,
});

const running = [
  "NotStarted",
  "running",
  "InProgress",
  "In Progress",
  "not started",
  "ACCEPTED",
  "Pending",
  "Queued",
  "Updating",
  "Creating",
  "Deleting",
  "Provisioning",
  "Cancelling",
  "Undefined", // Fabric, "Get operation state"
];
for (const status of running) {
  Deno.test(`a Location that answers 200 and ${status} goes on`, async () => {
    for (const code of [200, 201]) {
      const state = { status: code, json: { status, percentComplete: 25 } };
      const { end, times } = await play({ method }, [first, state, state, ok(RESULT)]);
      assertEquals([end, times], [RESULT, [0, 0, 30_000, 60_000]]);
    }
  });
}

Deno.test("a provisioningState at a Location decides, as that of a resource does", async () => {
  const going = ok(resource("Updating"));
  assertEquals((await play({ method }, [first, going, ok(resource("Succeeded"))])).asked.length, 3);
  const top = await play({ method }, [first, ok({ provisioningState: "Creating" }), ok(RESULT)]);
  assertEquals(top.end, RESULT);
  for (
    const [state, code] of [["Failed", "operation-failed"], ["Canceled", "operation-canceled"]]
  ) {
    assertEquals((await play({ method: "DELETE" }, [first, ok(resource(state!))])).end, code);
  }
});

Deno.test("a bad word at a Location with an error object is the failure that it says", async () => {
  const bodies = [
    { id: "1", status: "Failed", error },
    { id: "1", status: "failed", properties: { error } },
    { status: "ValidationFailed", error },
    { operationState: "Failed", errorResponse: { error } }, // QnA Maker 4.0
  ];
  for (const body of bodies) {
    const played = await play({ method: "DELETE" }, [first, accepted({}), ok(body)]);
    const { code, providerCode, providerMessage } = errorOf(played);
    assertEquals([code, providerCode, providerMessage], [
      "operation-failed",
      "DiskFull",
      "no space is left",
    ]);
  }
  const canceled = await play({ method }, [first, ok({ status: "Cancelled", error })]);
  assertEquals(canceled.end, "operation-canceled");
});

Deno.test("a state at a Location leads to the result that its last Location names (Fabric)", async () => {
  const state = (status: string, location: string) => ({
    ...ok({ status, percentComplete: 50 }),
    headers: { location, "x-ms-operation-id": "o" },
  });
  const { end, asked, times } = await play({ method }, [
    accepted({ location: "/operations/o", "x-ms-operation-id": "o", "retry-after": "20" }),
    state("Running", "/operations/o"),
    state("Running", "/operations/moved"),
    state("Succeeded", "/operations/o/result"),
    ok(RESULT),
  ]);
  assertEquals(end, RESULT);
  assertEquals(asked.slice(1), [
    "GET /operations/o",
    "GET /operations/o",
    "GET /operations/moved",
    "GET /operations/o/result",
  ]);
  assertEquals(times, [0, 20_000, 50_000, 80_000, 80_000]);
});

Deno.test("a state that succeeds without another Location is the result itself", async () => {
  const body = { status: "Succeeded", percentComplete: 100 };
  for (const headers of [{}, { location: "" }, { location: "/states/1" }]) {
    const { end, asked } = await play({ method }, [first, { ...ok(body), headers }]);
    assertEquals([end, asked.length], [body, 2]);
  }
});

Deno.test("a Location of a state on another origin is not asked", async () => {
  const headers = { location: "https://evil.example/result" };
  const played = await play({ method }, [first, { ...ok({ status: "Succeeded" }), headers }]);
  assertEquals(played.end, "protocol");
});

Deno.test("the errorCode of Fabric is the provider's code", async () => {
  const body = { status: "Failed", error: { errorCode: "CapacityNotActive", message: "paused" } };
  const { providerCode } = errorOf(await play({ method }, [first, ok(body)]));
  assertEquals(providerCode, "CapacityNotActive");
});

Deno.test("a Resource-Location with the good end names the result (Azure Maps Creator)", async () => {
  const headers = { "resource-location": `"${ARM}/datasets/d?subset=1"` };
  const done = { ...ok({ operationId: "1", status: "Succeeded" }), headers };
  for (const name of ["location", "operation-location"]) {
    const played = await play({ method }, [
      accepted({ [name]: "/operations/1" }),
      done,
      ok(RESULT),
    ]);
    assertEquals([played.end, played.asked.at(-1)], [RESULT, "GET /datasets/d?subset=1"]);
  }
});

Deno.test("a pending certificate is polled at its Location until it is completed (Key Vault)", async () => {
  const pending = (status: string) => ok({ id: "/certificates/c/pending", status });
  const { end } = await play({ method }, [
    { ...accepted({ location: "/certificates/c/pending" }), json: { status: "inProgress" } },
    pending("inProgress"),
    pending("completed"),
  ]);
  assertEquals(end, { id: "/certificates/c/pending", status: "completed" });
});

Deno.test("the operationState of QnA Maker is read as a status, by monitor and by Location", async () => {
  const body = (operationState: string) => ok({ operationId: "1", operationState });
  for (const name of ["location", "operation-location"]) {
    const { end, times } = await play({ method }, [
      accepted({ [name]: "/operations/1" }),
      body("NotStarted"),
      body("Running"),
      body("Succeeded"),
    ]);
    assertEquals([end, times.length], [{ operationId: "1", operationState: "Succeeded" }, 4]);
  }
});

const pages: Record<string, ScriptedResponse> = {
  "a page": page("text/html; charset=utf-8"),
  "a text": page("text/plain", "it works"),
  "JSON that was cut short, as a text": page("text/plain", '{"rows": 3'),
  "XML": page("application/xml", "<Rows>3</Rows>"),
};
for (const [what, reply] of Object.entries(pages)) {
  const lives: Record<string, readonly ScriptedResponse[]> = {
    "at a Location": [first, accepted({}), reply],
    "to the final GET": [
      accepted({ "operation-location": "/o/1", location: "/results/1" }),
      ok({ status: "Succeeded" }),
      reply,
    ],
    "by a monitor": [accepted({ "operation-location": "/o/1" }), reply],
    "to the start": [reply],
    "after a redirect": [first, { status: 302, headers: { location: "/signin" } }, reply],
  };
  for (const [where, replies] of Object.entries(lives)) {
    Deno.test(`${what} ${where} is never a result`, async () => {
      assertEquals((await play({ method }, replies)).end, "protocol");
    });
  }
  Deno.test(`${what} is no resource`, async () => {
    assertEquals((await play({}, [{ status: 201 }, reply])).end, "protocol");
    assertEquals((await play({}, [reply])).end, "protocol");
  });
}

Deno.test("a text is a result where the caller says that results are texts, and not else", async () => {
  const csv = page("text/csv", "a,b\n1,2\n");
  const replies = [first, csv];
  assertEquals((await play({ method, resultType: "text" }, replies)).end, "a,b\n1,2\n");
  const { code, message } = errorOf(await play({ method, resultType: "json" }, replies));
  assertEquals(code, "protocol");
  assertStringIncludes(message, 'resultType: "text" permits it');
});

Deno.test("a client error with an error object at a Location is the operation's own failure", async () => {
  for (const status of [400, 409, 412, 422]) {
    const played = await play({ method }, [first, { status, json: { error } }]);
    const { code, providerCode, token } = errorOf(played);
    assertEquals([code, providerCode, token], ["operation-failed", "DiskFull", undefined]);
  }
  for (const status of [401, 403, 408, 429, 500]) {
    const played = await play({ method, retry: false }, [first, { status, json: { error } }]);
    assertEquals(played.end, "transport", String(status));
  }
  const bare = await play({ method }, [first, { status: 400, json: { message: "no" } }]);
  assertEquals(bare.end, "transport");
});
