import { assertEquals, assertStringIncludes } from "@std/assert";
import { azure, createRuntime } from "@lro/machines";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedResponse,
} from "@lro/machines/testing";
import {
  accepted,
  ARM,
  errorOf,
  monitored,
  ok,
  play,
  resource,
  RUNNING,
  SUCCEEDED,
} from "./_play.ts";

/** How a POST with a monitor ends on a word; `undefined` where it runs on. */
async function endOn(reply: ScriptedResponse): Promise<unknown> {
  const again = ok({ status: "Succeeded", isSecond: true });
  const { end, asked } = await play({ method: "POST" }, [monitored(), reply]).catch(() =>
    play({ method: "POST" }, [monitored(), reply, again])
  );
  return asked.length > 2 ? undefined : end;
}

Deno.test("Succeeded, Failed, Canceled and Cancelled are final, in any case", async () => {
  const words = [
    ["Succeeded", undefined],
    ["succeeded", undefined],
    ["SUCCEEDED", undefined],
    ["Failed", "operation-failed"],
    ["failed", "operation-failed"],
    ["Canceled", "operation-canceled"],
    ["Cancelled", "operation-canceled"],
    ["CANCELED", "operation-canceled"],
  ] as const;
  for (const [status, code] of words) {
    assertEquals(await endOn(ok({ status })), code ?? { status });
  }
});

Deno.test("every other word keeps polling", async () => {
  const words = [
    "SucceededWithWarnings",
    "PartiallyFailed",
    "NotFailed",
    "Done",
    "Cancelling",
    "Canceling",
    "NotStarted",
    "success",
    " Succeeded",
    "toString",
  ];
  for (const status of words) {
    assertEquals(await endOn(ok({ status })), undefined, status);
  }
});

const withoutStatus: Record<string, ScriptedResponse> = {
  "nothing": { status: 200 },
  "an object without one": ok({}),
  "an empty status": ok({ status: "" }),
  "a number for a status": ok({ status: 200 }),
  "an object for a status": ok({ status: { code: "Succeeded" } }),
  "null for a status": ok({ status: null }),
  "a status in properties": ok({ properties: { status: "Succeeded" } }),
  "a provisioningState": ok(resource("Succeeded")),
  "an array": ok([{ status: "Succeeded" }]),
  "null": ok(null),
  "a word": ok("Succeeded"),
  "a number": ok(200),
  "HTML": {
    status: 200,
    text: "<html>Succeeded</html>",
    headers: { "content-type": "text/html" },
  },
  "invalid JSON": {
    status: 200,
    text: '{ "status": "Succeeded"',
    headers: { "content-type": "application/json" },
  },
  "invalid JSON without a type": { status: 200, text: '{ "status": "Succeeded"' },
};
for (const [what, reply] of Object.entries(withoutStatus)) {
  Deno.test(`a monitor that answers ${what} is a protocol error`, async () => {
    assertEquals(await endOn(reply), "protocol");
  });
}

Deno.test("JSON is JSON with a BOM, and without a Content-Type", async () => {
  const text = '\uFEFF{ "status": "Succeeded" }';
  for (const type of ["", "text/plain", "application/json; charset=utf-8"]) {
    const headers = { "content-type": type };
    assertEquals(await endOn({ status: 200, text, headers }), { status: "Succeeded" });
  }
});

Deno.test("a final word wins over a 202", async () => {
  const json = { status: "Succeeded" };
  assertEquals(await endOn({ status: 202, json }), json);
  const played = await play({}, [
    { status: 201, json: resource("Creating") },
    { status: 202, json: resource("Succeeded") },
  ]);
  assertEquals(played.end, resource("Succeeded"));
});

Deno.test("a resource is polled until its provisioningState is final or gone", async () => {
  const first = { status: 201, json: resource("Creating") };
  const ends: [ScriptedResponse, unknown][] = [
    [ok(resource("Succeeded")), resource("Succeeded")],
    [ok({ provisioningState: "Succeeded" }), { provisioningState: "Succeeded" }],
    [ok({ id: "/r" }), { id: "/r" }],
    [ok({ id: "/r", properties: [] }), { id: "/r", properties: [] }],
    [{ status: 204 }, undefined],
    [ok(resource("Failed")), "operation-failed"],
    [ok({ provisioningState: "Canceled" }), "operation-canceled"],
    [{ status: 200 }, "protocol"],
    [ok([]), "protocol"],
    [ok("Succeeded"), "protocol"],
    [ok({ properties: { provisioningState: 1 } }), "protocol"],
    [{ status: 200, text: "<html>", headers: { "content-type": "text/html" } }, "protocol"],
  ];
  for (const [last, end] of ends) {
    const played = await play({}, [first, ok(resource("Updating")), { status: 202 }, last]);
    assertEquals(played.end, end, JSON.stringify(last));
    assertEquals(played.times, [0, 0, 30_000, 60_000]);
    assertEquals(new Set(played.asked.slice(1)), new Set(["GET /r"]));
  }
});

Deno.test("properties.provisioningState comes before the top-level one", async () => {
  const played = await play({}, [
    { status: 201 },
    ok({ ...resource("Updating"), provisioningState: "Succeeded" }),
    ok({ ...resource("Succeeded"), provisioningState: "Updating" }),
  ]);
  assertEquals(played.times.length, 3);
});

Deno.test("a Location is polled until it answers other than 202; a body that does not say that it runs or failed is the result", async () => {
  const first = accepted({ location: "/results/1" });
  const ends: [ScriptedResponse, unknown][] = [
    [ok({ status: "Failed" }), { status: "Failed" }],
    [ok({ status: "Enabled" }), { status: "Enabled" }],
    [ok({ status: 202 }), { status: 202 }],
    [ok({ status: "Succeeded" }), { status: "Succeeded" }],
    [{ status: 201, json: ["a"] }, ["a"]],
    [{ status: 204 }, undefined],
    [{ status: 200 }, undefined],
    [ok("text"), "text"],
    [ok(null), null],
  ];
  for (const [last, end] of ends) {
    const running = { status: 202, json: { status: "Succeeded" } };
    const played = await play({ method: "POST" }, [first, running, last]);
    assertEquals(played.end, end);
    assertEquals(played.asked.slice(1), ["GET /results/1", "GET /results/1"]);
  }
});

Deno.test("a status that Azure does not give is a protocol error, in every way to poll", async () => {
  for (const first of [monitored(), accepted({ location: "/l" }), { status: 201 }]) {
    for (const status of [203, 205, 206, 304]) {
      assertEquals((await play({}, [first, { status }])).end, "protocol", String(status));
    }
  }
});

Deno.test("a poll that is refused ends the wait, with the reply's code and message, resumably", async () => {
  for (const first of [monitored(), accepted({ location: "/l" }), { status: 201 }]) {
    for (const status of [401, 403, 501, 505]) {
      const json = { error: { code: "Refused", message: "go away" } };
      const error = errorOf(await play({}, [first, { status, json }]));
      assertEquals([error.code, error.providerCode], ["transport", "Refused"]);
      assertStringIncludes(error.message, `HTTP ${status}`);
      assertEquals(typeof error.token, "object");
    }
  }
});

Deno.test("a poll that the server fails is repeated, then ends the wait", async () => {
  const played = await play({ method: "POST", retry: { attempts: 3, baseMs: 100 } }, [
    monitored(),
    { status: 500 },
    { status: 429 },
    { status: 503, json: { error: { code: "Busy", message: "later" } } },
  ]);
  assertEquals([played.end, errorOf(played).providerCode], ["transport", "Busy"]);
  assertEquals(played.times, [0, 0, 50, 150]);
});

Deno.test("404 soon after acceptance is looked at again", async () => {
  const gone = { status: 404, json: { error: { code: "NotFound", message: "gone" } } };
  const late = await play({ method: "POST" }, [monitored(), gone, gone, RUNNING, SUCCEEDED]);
  assertEquals(late.times, [0, 0, 2_000, 4_000, 34_000]);
  const never = await play({ method: "POST" }, [monitored(), gone, gone, gone, gone, gone, gone]);
  assertEquals(never.end, "operation-expired");
  assertEquals(never.times.at(-1), 10_000);
  const quick = await play({ method: "POST", notFoundGraceMs: 250, pollIntervalMs: 100 }, [
    monitored(),
    gone,
    gone,
    gone,
    gone,
  ]);
  assertEquals(quick.times, [0, 0, 100, 200, 300]);
});

Deno.test("the grace for 404 begins with the first poll that is answered, not with the start", async () => {
  const slow = { ...monitored(), latencyMs: 25_000 };
  const played = await play({ method: "POST" }, [slow, { status: 404 }, SUCCEEDED]);
  assertEquals(played.end, { status: "Succeeded" });
});

Deno.test("a monitor moves with either of its headers, and not with a final reply", async () => {
  const to = (header: string, path: string) => ({ ...RUNNING, headers: { [header]: path } });
  const played = await play({ method: "POST" }, [
    monitored(),
    to("azure-asyncoperation", "/operations/2"),
    to("operation-location", "/operations/3"),
    to("location", "/results/4"),
    RUNNING,
    { ...SUCCEEDED, headers: { "operation-location": "/operations/5", location: "/results/5" } },
  ]);
  assertEquals(played.asked.slice(1), [
    "GET /operations/1",
    "GET /operations/2",
    "GET /operations/3",
    "GET /operations/3",
    "GET /operations/3",
  ]);
});

Deno.test("a monitor follows only the headers that algorithms has", async () => {
  const algorithms = ["azure-async-operation"] as const;
  const headers = { "operation-location": "/no", "azure-asyncoperation": "/operations/2" };
  const played = await play({ method: "POST", algorithms }, [
    monitored({ "operation-location": "/no" }),
    { ...RUNNING, headers },
    SUCCEEDED,
  ]);
  assertEquals(played.asked.slice(1), ["GET /operations/1", "GET /operations/2"]);
});

Deno.test("a Location moves with another Location, a resource never", async () => {
  const moving = accepted({ location: "/results/2", "operation-location": "/no" });
  const played = await play({ method: "POST" }, [
    accepted({ location: "/results/1" }),
    moving,
    ok({ a: 1 }),
  ]);
  assertEquals(played.asked.slice(1), ["GET /results/1", "GET /results/2"]);
  const still = await play({}, [
    { status: 201, json: resource("Creating") },
    { status: 202, headers: { location: "/results/1", "operation-location": "/no" } },
    ok(resource("Succeeded")),
  ]);
  assertEquals(still.asked.slice(1), ["GET /r", "GET /r"]);
});

Deno.test("percentComplete is the progress", async () => {
  const clock = createVirtualClock();
  const bodies = [12.5, 40, 101, "60", -1, null].map((percentComplete) =>
    ok({ status: "Running", percentComplete })
  );
  const fetch = createScriptedFetch(
    [monitored(), ...bodies, SUCCEEDED].map((response) => ({ response })),
    { clock },
  );
  await using runtime = createRuntime({ clock, fetch });
  const request = { method: "POST", url: `${ARM}/r` };
  const handle = runtime.start(azure.operation({ request }));
  const seen = new Set<number | undefined>();
  handle.subscribe(({ progress }) => void seen.add(progress?.percent));
  await clock.runUntil(handle.result());
  seen.delete(100); // the good end, whatever was told before it
  assertEquals(seen, new Set([undefined, 12.5, 40]));
});

Deno.test("percentageComplete is the progress too (Microsoft Graph)", async () => {
  const clock = createVirtualClock();
  const running = ok({ status: "inProgress", percentageComplete: 27.8 });
  const replies = [accepted({ location: "/monitor/1" }), running, ok({ status: "completed" })];
  const fetch = createScriptedFetch(replies.map((response) => ({ response })), { clock });
  await using runtime = createRuntime({ clock, fetch });
  const handle = runtime.start(azure.operation({ request: { method: "POST", url: `${ARM}/r` } }));
  const seen = new Set<number | undefined>();
  handle.subscribe(({ progress }) => void seen.add(progress?.percent));
  assertEquals(await clock.runUntil(handle.result()), { status: "completed" });
  assertEquals(seen.has(27.8), true);
});
