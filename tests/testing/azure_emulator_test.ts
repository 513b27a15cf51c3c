import { assertEquals, assertRejects } from "@std/assert";
import { azure, createRuntime, type Outcome } from "@lro/machines";
import { bearer } from "@lro/machines/auth";
import type { AzureOptions } from "@lro/machines/azure";
import {
  type AzureBehaviour,
  type AzureEmulator,
  type AzureEmulatorOptions,
  createAzureEmulator,
  createVirtualClock,
  type JsonValue,
  type VirtualClock,
} from "@lro/machines/testing";

const ARM = "https://management.azure.com";
const PATH = "/resourceGroups/g";
const URL_OF_IT = `${ARM}${PATH}?api-version=2024-03-01`;

interface World {
  readonly clock: VirtualClock;
  readonly emulator: AzureEmulator;
}

function createWorld(
  plan: AzureEmulatorOptions["plan"],
  options: AzureEmulatorOptions = {},
): World {
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const emulator = createAzureEmulator({ clock, ...(plan && { plan }), ...options });
  return { clock, emulator };
}

/** Sends a request and reads the whole answer. */
async function ask(
  { emulator }: World,
  method: string,
  url: string = URL_OF_IT,
  body: JsonValue | undefined = undefined,
) {
  const response = await emulator.fetch(url, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const { status, headers } = response;
  return {
    status,
    monitor: headers.get("azure-asyncoperation") ?? headers.get("operation-location"),
    location: headers.get("location"),
    retryAfter: headers.get("retry-after"),
    json: text === "" ? undefined : JSON.parse(text),
  };
}

/** Runs an operation against an emulator. */
async function run(world: World, method: string, body?: JsonValue): Promise<Outcome> {
  const { clock, emulator } = world;
  await using runtime = createRuntime({ clock, fetch: emulator.fetch, random: () => 0 });
  const request = { method, url: URL_OF_IT, ...(body !== undefined && { body }) };
  const operation = azure.operation({ request, pollIntervalMs: 1_000 });
  return await clock.runUntil(runtime.start(operation).outcome());
}

const shown = (provisioningState: string, rest = {}) => ({
  id: PATH,
  name: "g",
  ...rest,
  properties: { provisioningState },
});

Deno.test("a monitor tells how its operation goes", async () => {
  const world = createWorld({ durationMs: 10_000 });
  const { status, json, monitor } = await ask(world, "PUT", URL_OF_IT, { location: "w" });
  assertEquals([status, json], [201, shown("Creating", { location: "w" })]);
  assertEquals(new URL(monitor!).searchParams.get("api-version"), "2024-03-01");

  await world.clock.advance(2_500);
  const running = await ask(world, "GET", monitor!);
  assertEquals([running.status, running.json.status, running.json.percentComplete], [
    200,
    "InProgress",
    25,
  ]);
  await world.clock.advance(7_500);
  const done = await ask(world, "GET", monitor!);
  assertEquals([done.status, done.json.status, done.json.percentComplete], [200, "Succeeded", 100]);
  assertEquals(Date.parse(done.json.endTime) - Date.parse(done.json.startTime), 10_000);
  assertEquals((await ask(world, "GET")).json, shown("Succeeded", { location: "w" }));
});

for (
  const pollBy of [
    "azure-async-operation",
    "operation-location",
    "location",
    "body",
    "nothing",
  ] as const
) {
  Deno.test(`azure.operation() makes, changes, uses and deletes a resource by ${pollBy}`, async () => {
    const world = createWorld(({ method }) => ({
      pollBy,
      durationMs: 3_000,
      ...(method === "POST" && { result: { key: "k" } }),
    }));
    const { emulator } = world;
    const made = await run(world, "PUT", { location: "w" });
    assertEquals(made.kind === "succeeded" && made.value, shown("Succeeded", { location: "w" }));
    const changed = await run(world, "PATCH", { tags: { a: "b" } });
    const whole = shown("Succeeded", { location: "w", tags: { a: "b" } });
    assertEquals(changed.kind === "succeeded" && changed.value, whole);
    assertEquals(emulator.resources, { [PATH]: whole });
    const used = await run(world, "POST");
    const value = used.kind === "succeeded" && used.value as { properties?: unknown };
    assertEquals(value && (value.properties ?? value), { key: "k" });
    assertEquals((await run(world, "DELETE")).kind, "succeeded");
    assertEquals(emulator.resources, {});
    assertEquals((await run(world, "DELETE")).kind, "succeeded");
    assertEquals(emulator.operations.map(({ method, state }) => [method, state]), [
      ["PUT", "succeeded"],
      ["PATCH", "succeeded"],
      ["POST", "succeeded"],
      ["DELETE", "succeeded"],
    ]);
    const isPolled = pollBy !== "nothing";
    assertEquals(
      world.clock.now() - world.clock.startMs,
      isPolled ? (pollBy === "body" ? 6_000 : 12_000) : 0,
    );
  });
}

Deno.test("operations fail and are canceled as planned, with their reason", async () => {
  const error = { code: "Quota", message: "none left", innererror: { code: "Cores" } };
  for (const pollBy of ["azure-async-operation", "operation-location", "body"] as const) {
    const failing = createWorld({ pollBy, end: "fails", error, durationMs: 10 });
    const failed = await run(failing, "PUT");
    if (failed.kind !== "failed") throw new Error(failed.kind);
    assertEquals(failed.error.code, "operation-failed");
    assertEquals((await run(createWorld({ pollBy, end: "cancels" }), "PUT")).kind, "canceled");
    assertEquals(failing.emulator.resources, { [PATH]: shown("Failed") });
  }
  const monitored = await run(createWorld({ end: "cancels", error }), "POST");
  assertEquals(monitored.kind !== "succeeded" && monitored.error.toJSON().innermostCode, "Cores");
  // A Location has no word for it.
  const byLocation = await run(createWorld({ pollBy: "location", end: "fails", error }), "POST");
  assertEquals(byLocation.kind !== "succeeded" && byLocation.error.toJSON().providerCode, "Quota");
  const atOnce = await run(createWorld({ pollBy: "nothing", end: "fails" }), "PUT");
  assertEquals(atOnce.kind !== "succeeded" && atOnce.error.code, "request-rejected");
});

Deno.test("a failing DELETE leaves its resource", async () => {
  const world = createWorld(({ method }) => method === "DELETE" ? { end: "fails" } : {});
  await run(world, "PUT");
  assertEquals((await run(world, "DELETE")).kind, "failed");
  assertEquals(Object.keys(world.emulator.resources), [PATH]);
});

Deno.test("a result at a Location is there when the operation is over", async () => {
  const world = createWorld({ durationMs: 1_000, resultAtLocation: true, result: [1] });
  const { location, monitor } = await ask(world, "POST");
  assertEquals((await ask(world, "GET", location!)).status, 404);
  await world.clock.advance(1_000);
  assertEquals((await ask(world, "GET", monitor!)).json.properties, undefined);
  assertEquals((await ask(world, "GET", location!)).json, [1]);
  const outcome = await run(createWorld({ resultAtLocation: true, result: [1] }), "POST");
  assertEquals(outcome.kind === "succeeded" && outcome.value, [1]);
});

Deno.test("a polling URL that moves forgets the older ones", async () => {
  for (const pollBy of ["operation-location", "location"] as const) {
    const world = createWorld({ pollBy, durationMs: 60_000, moves: true });
    const first = await ask(world, "POST");
    const of = (answer: typeof first) =>
      (pollBy === "location" ? answer.location : answer.monitor)!;
    const second = of(await ask(world, "GET", of(first)));
    assertEquals(second === of(first), false);
    assertEquals((await ask(world, "GET", of(first))).status < 300, true); // the answer may have been lost
    assertEquals((await ask(world, "GET", of(first))).status, 404);
    const outcome = await run(createWorld({ pollBy, durationMs: 5_000, moves: true }), "POST");
    assertEquals([outcome.kind, outcome.polls], ["succeeded", 6]);
  }
});

Deno.test("a polling URL may be unknown at first", async () => {
  const outcome = await run(createWorld({ unknownForMs: 2_500, durationMs: 1_000 }), "POST");
  assertEquals([outcome.kind, outcome.polls, outcome.elapsedMs], ["succeeded", 4, 3_000]);
});

Deno.test("polls that come too soon are turned away, with the rest of the pause", async () => {
  const world = createWorld({ durationMs: 60_000, leastPauseMs: 5_000 });
  const { monitor } = await ask(world, "POST");
  assertEquals((await ask(world, "GET", monitor!)).status, 200);
  await world.clock.advance(1_200);
  const { status, retryAfter, json } = await ask(world, "GET", monitor!);
  assertEquals([status, retryAfter, json.error.code], [429, "4", "TooManyRequests"]);
  await world.clock.advance(3_800);
  assertEquals((await ask(world, "GET", monitor!)).status, 200);

  const outcome = await run(createWorld({ durationMs: 9_000, leastPauseMs: 5_000 }), "POST");
  assertEquals([outcome.kind, outcome.elapsedMs], ["succeeded", 10_000]);
});

Deno.test("Retry-After is in the first reply and in every poll until the end", async () => {
  const world = createWorld({ durationMs: 5_000, retryAfterSeconds: 4, pollBy: "location" });
  const { location, retryAfter } = await ask(world, "POST");
  assertEquals(retryAfter, "4");
  assertEquals((await ask(world, "GET", location!)).retryAfter, "4");
  await world.clock.advance(5_000);
  assertEquals((await ask(world, "GET", location!)).retryAfter, null);
});

Deno.test("one operation at a time: another on the same resource is refused", async () => {
  const world = createWorld({ durationMs: 1_000 });
  await ask(world, "PUT");
  for (const method of ["PUT", "PATCH", "DELETE"]) {
    const { status, json } = await ask(world, method);
    assertEquals([status, json.error.code], [409, "AnotherOperationInProgress"]);
  }
  await world.clock.advance(1_000);
  assertEquals((await ask(world, "PUT")).status, 200); // it is there already
});

Deno.test("what is not there is 404, and a DELETE of it 204", async () => {
  const world = createWorld({});
  assertEquals((await ask(world, "GET")).json.error.code, "ResourceNotFound");
  assertEquals((await ask(world, "PATCH")).status, 404);
  assertEquals((await ask(world, "DELETE")).status, 204);
  const unknown = `${ARM}/providers/Microsoft.Emulator/operationStatuses/1`;
  assertEquals((await ask(world, "GET", unknown)).json.error.code, "OperationNotFound");
  const { monitor } = await ask(world, "POST");
  assertEquals((await ask(world, "GET", monitor!.replace("Statuses", "Results"))).status, 404);
  assertEquals((await ask(world, "DELETE", monitor!)).status, 405);
  assertEquals((await ask(world, "OPTIONS")).status, 405);
});

Deno.test("URLs are relative if asked for", async () => {
  const world = createWorld({ durationMs: 10 }, { relativeUrls: true });
  const { monitor } = await ask(world, "POST");
  assertEquals(monitor?.startsWith("/providers/"), true);
  assertEquals((await run(world, "POST")).kind, "succeeded");
});

Deno.test("a token is wanted from everybody, if from anybody", async () => {
  const world = createWorld({}, { token: "t" });
  const { status, json } = await ask(world, "PUT");
  assertEquals([status, json.error.code], [401, "InvalidAuthenticationToken"]);
  const { clock, emulator } = world;
  const fetch = bearer("t", { origins: ARM, fetch: emulator.fetch });
  await using runtime = createRuntime({ clock, fetch });
  const operation = azure.operation({ request: { method: "PUT", url: URL_OF_IT } });
  assertEquals((await clock.runUntil(runtime.start(operation).outcome())).kind, "succeeded");
  assertEquals(emulator.operations.length, 1);
});

Deno.test("faults are injected, of all requests and of an operation's own polls", async () => {
  const world = createWorld({
    faults: [{ nth: 2, status: 503 }, { nth: 3, drop: "after" }],
    durationMs: 2_000,
  }, {
    faults: [{ on: "start", nth: 1, status: 500 }, { on: "read", nth: 1, drop: "before" }],
  });
  const outcome = await run(world, "PUT");
  assertEquals(outcome.kind, "succeeded");
  assertEquals(
    world.emulator.log.map(({ kind, status, dropped }) => [kind, dropped ? "dropped" : status]),
    [
      ["start", 500],
      ["start", 201],
      ["poll", 200],
      ["poll", 503],
      ["poll", "dropped"],
      ["poll", 200],
      ["poll", 200],
      ["read", "dropped"],
      ["read", 200],
    ],
  );
  const { count, operations } = world.emulator;
  assertEquals([count("start"), count("poll"), count("read"), operations[0]?.polls], [2, 5, 2, 5]);
});

Deno.test("a start whose answer is lost was done all the same, and is not repeated", async () => {
  const world = createWorld({}, { faults: [{ on: "start", drop: "after" }] });
  const outcome = await run(world, "PUT");
  assertEquals(outcome.kind !== "succeeded" && outcome.error.code, "transport");
  assertEquals([world.emulator.count("start"), world.emulator.operations.length], [1, 1]);
  await assertRejects(() => ask(world, "PUT"), TypeError);
});

Deno.test("a plan may be made for each request", async () => {
  const seen: unknown[] = [];
  const world = createWorld((start, index): AzureBehaviour => {
    seen.push([start, index]);
    return {};
  });
  await ask(world, "PUT", URL_OF_IT, { location: "w" });
  await ask(world, "POST", `${ARM}/a/b`);
  assertEquals(seen, [
    [{ method: "PUT", path: PATH, body: { location: "w" } }, 0],
    [{ method: "POST", path: "/a/b", body: undefined }, 1],
  ]);
  assertEquals(world.emulator.log.map(({ path, operationId }) => [path, operationId]), [
    [`${PATH}?api-version=2024-03-01`, world.emulator.operations[0]?.id],
    ["/a/b", world.emulator.operations[1]?.id],
  ]);
});

/** What an operation of ours yields from an emulator that behaves in some way, and when. */
async function yielded(
  behaviour: AzureBehaviour,
  method: string,
  options: Partial<AzureOptions> = {},
  emulatorOptions: AzureEmulatorOptions = {},
) {
  const { clock, emulator } = createWorld({ durationMs: 5_000, ...behaviour }, emulatorOptions);
  await using runtime = createRuntime({ clock, fetch: emulator.fetch, random: () => 0 });
  const request = { method: "PUT", url: URL_OF_IT };
  if (method === "DELETE") {
    await emulator.fetch(URL_OF_IT, { method: "PUT", body: "{}" });
    await clock.advance(10_000);
  }
  const operation = azure.operation({
    request: { ...request, method },
    pollIntervalMs: 1_000,
    ...options,
  });
  const startMs = clock.now();
  const outcome = await clock.runUntil(runtime.start(operation).outcome());
  return {
    end: outcome.kind === "succeeded" ? outcome.value : outcome.error.code,
    tookMs: clock.now() - startMs,
    emulator,
  };
}

Deno.test("a polling URL that vanishes with the end leaves the resource to tell", async () => {
  for (const pollBy of ["azure-async-operation", "operation-location", "location"] as const) {
    const plan = { vanishes: true, pollBy };
    const made = await yielded(plan, "PUT");
    assertEquals(made.end, shown("Succeeded"));
    const deleted = await yielded(plan, "DELETE");
    assertEquals([deleted.end, deleted.emulator.resources], [undefined, {}]);
    assertEquals((await yielded({ ...plan, end: "fails" }, "PUT")).end, "operation-failed");
    assertEquals((await yielded(plan, "POST")).end, "operation-expired");
  }
});

Deno.test("words of a service's own end an operation, or do not", async () => {
  const partial = await yielded({ finalWord: "PartiallySucceeded" }, "POST");
  assertEquals((partial.end as { status: string }).status, "PartiallySucceeded");
  const plan = { finalWord: "Ready", runningWord: "Baking" };
  const statusWords = { succeeded: ["Ready"] };
  const own = await yielded(plan, "POST", { statusWords });
  assertEquals([(own.end as { status: string }).status, own.tookMs], ["Ready", 5_000]);
});

Deno.test("a state at the Location leads to the result", async () => {
  const plan = { pollBy: "location", stateAtLocation: true, result: { rows: 3 } } as const;
  const { end, tookMs } = await yielded(plan, "POST");
  assertEquals([end, tookMs], [{ rows: 3 }, 5_000]);
  assertEquals((await yielded({ ...plan, end: "fails" }, "POST")).end, "operation-failed");
  assertEquals((await yielded({ ...plan, end: "cancels" }, "DELETE")).end, "operation-canceled");
});

Deno.test("a monitor that answers with the resource leaves the resource to tell", async () => {
  const { end, tookMs } = await yielded({ resourceAtMonitor: true }, "PUT");
  assertEquals([end, tookMs], [shown("Succeeded"), 5_000]);
});

Deno.test("a burst over the quota puts the polls off", async () => {
  const { end, tookMs, emulator } = await yielded({ throttledPolls: 3 }, "PUT");
  assertEquals([end, tookMs], [shown("Succeeded"), 30_000]);
  assertEquals(emulator.operations[0]?.polls, 4);
});

Deno.test("a service behind a gateway names itself", async () => {
  const behind = { pollingOrigin: "http://10.0.0.7:8080" };
  assertEquals((await yielded({}, "PUT", {}, behind)).end, "protocol");
  const asked = await yielded({}, "PUT", { pollAtRequestOrigin: true }, behind);
  assertEquals(asked.end, shown("Succeeded"));
});
