import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { createRuntime, oci } from "@lro/machines";
import { ociSignature } from "@lro/machines/auth";
import {
  createOciEmulator,
  createVirtualClock,
  type OciEmulatorOptions,
  serveLoopback,
} from "@lro/machines/testing";
import { PLAIN_KEYS, PUBLIC_KEY } from "../data/oci_keys.ts";

const OCI = "https://iaas.us-ashburn-1.oraclecloud.com";
const INSTANCES = `${OCI}/20160918/instances`;
const VCN = `${OCI}/20160918/vcns/ocid1.vcn.1`;
const existing = [{ id: "ocid1.vcn.1", collection: "vcns" }];

/** An emulator on a clock that stands still. */
function create(options: OciEmulatorOptions = {}) {
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const emulator = createOciEmulator({ clock, ...options });
  const ask = async (url: string, init: RequestInit & { json?: unknown } = {}) => {
    const { json, ...rest } = init;
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    const response = await emulator.fetch(url, { ...rest, ...body });
    const text = await response.text();
    return {
      status: response.status,
      json: text === "" ? undefined : JSON.parse(text),
      workRequestId: response.headers.get("opc-work-request-id"),
      nextPage: response.headers.get("opc-next-page"),
    };
  };
  const work = (id: string | null, rest = "") => ask(`${OCI}/20160918/workRequests/${id}${rest}`);
  const post = (url = INSTANCES, json: unknown = { shape: "s" }, headers = {}) =>
    ask(url, { method: "POST", json, headers });
  return { clock, emulator, ask, work, post };
}

Deno.test("a resource goes through its states, and its work request along with it", async () => {
  const { clock, ask, work, post } = create({ plan: { durationMs: 10_000 } });
  const { status, json, workRequestId } = await post();
  assertEquals([status, json.lifecycleState, json.shape], [200, "PROVISIONING", "s"]);
  const statuses = [];
  for (const ms of [0, 4_000, 6_000]) {
    await clock.advance(ms);
    const { json: { status, percentComplete } } = await work(workRequestId);
    const { json: { lifecycleState } } = await ask(`${INSTANCES}/${json.id}`);
    statuses.push([status, percentComplete, lifecycleState]);
  }
  assertEquals(statuses, [
    ["ACCEPTED", 0, "PROVISIONING"],
    ["IN_PROGRESS", 40, "PROVISIONING"],
    ["SUCCEEDED", 100, "RUNNING"],
  ]);
});

Deno.test("actions have states of their own", async () => {
  const { clock, emulator, ask, post } = create({ plan: { durationMs: 1_000 }, existing });
  const { json: { id } } = await post();
  await clock.advance(1_000);
  const seen = [];
  const state = async () => (await ask(`${INSTANCES}/${id}`)).json?.lifecycleState;
  for (const action of ["STOP", "START", "REBOOT"]) {
    await post(`${INSTANCES}/${id}?action=${action}`, {});
    seen.push(await state());
    await clock.advance(1_000);
    seen.push(await state());
  }
  await ask(`${INSTANCES}/${id}`, { method: "PUT", json: { shape: "t" } });
  seen.push(await state());
  await clock.advance(1_000);
  assertEquals((await ask(`${INSTANCES}/${id}`)).json, {
    shape: "t",
    id,
    lifecycleState: "RUNNING",
  });
  assertEquals(seen, [
    "STOPPING",
    "STOPPED",
    "STARTING",
    "RUNNING",
    "UPDATING",
    "RUNNING",
    "UPDATING",
  ]);
  assertEquals(emulator.resources, [
    { id: "ocid1.vcn.1", collection: "vcns", lifecycleState: "AVAILABLE" },
    { id, collection: "instances", lifecycleState: "RUNNING" },
  ]);
});

Deno.test("what was deleted is shown for a while, and then answers 404", async () => {
  const { clock, emulator, ask } = create({ plan: { durationMs: 1_000, shownMs: 500 }, existing });
  const { status, json, workRequestId } = await ask(VCN, { method: "DELETE" });
  assertEquals([status, json], [204, undefined]);
  assertMatch(workRequestId!, /^ocid1\.workrequest\./);
  const seen = [];
  for (const ms of [0, 1_000, 500]) {
    await clock.advance(ms);
    const { status, json } = await ask(VCN);
    seen.push([status, json.lifecycleState ?? json.code]);
  }
  assertEquals(seen, [[200, "TERMINATING"], [200, "TERMINATED"], [404, "NotAuthorizedOrNotFound"]]);
  assertEquals((await ask(VCN, { method: "DELETE" })).status, 404);
  assertEquals(emulator.resources, [{ id: "ocid1.vcn.1", collection: "vcns" }]);
});

Deno.test("a failure has error entries and log lines, in pages", async () => {
  const errors = ["a", "b", "c"].map((code) => ({ code, message: code.toUpperCase() }));
  const { clock, work, post, ask } = create({
    plan: { durationMs: 1_000, end: "fails", errors, logs: ["one"] },
    pageSize: 2,
  });
  const { json: { id }, workRequestId } = await post();
  assertEquals((await work(workRequestId, "/errors")).json, []);
  await clock.advance(1_000);
  assertEquals((await work(workRequestId)).json.status, "FAILED");
  const first = await work(workRequestId, "/errors");
  const second = await work(workRequestId, `/errors?page=${first.nextPage}`);
  const codes = [first, second].map(({ json }) => json.map(({ code }: { code: string }) => code));
  assertEquals([codes, second.nextPage], [[["a", "b"], ["c"]], null]);
  assertEquals((await work(workRequestId, "/logs")).json[0].message, "one");
  assertEquals((await ask(`${INSTANCES}/${id}`)).json.lifecycleState, "FAILED");
});

Deno.test("ends differ by what was asked for", async () => {
  const { work, post, ask } = create({
    plan: ({ kind, body }, index) =>
      body.shape === "bad"
        ? { end: "fails" }
        : { end: "canceled", hasWorkRequest: kind === "create" && index < 2 },
    existing,
  });
  const bad = await post(INSTANCES, { shape: "bad" });
  assertEquals((await work(bad.workRequestId, "/errors")).json[0].code, "OutOfHostCapacity");
  const canceled = await post();
  assertEquals((await work(canceled.workRequestId)).json.status, "CANCELED");
  assertEquals((await ask(`${INSTANCES}/${canceled.json.id}`)).json.lifecycleState, "TERMINATED");
  assertEquals((await ask(VCN, { method: "DELETE" })).workRequestId, null);
  assertEquals((await ask(VCN)).json.lifecycleState, "AVAILABLE");
});

Deno.test("a POST with a retry token is done once", async () => {
  const { emulator, post } = create({ plan: { durationMs: 1_000 } });
  const token = { "opc-retry-token": "1" };
  const [first, second] = [await post(INSTANCES, {}, token), await post(INSTANCES, {}, token)];
  assertEquals(first, second);
  await post(INSTANCES, {}, { "opc-retry-token": "2" });
  assertEquals(emulator.resources.length, 2);
  const { status, json } = await post(INSTANCES, { shape: "l" }, token);
  assertEquals([status, json.code], [409, "InvalidatedRetryToken"]);
});

Deno.test("a second action meanwhile is refused with IncorrectState", async () => {
  const { ask } = create({ plan: { durationMs: 1_000 }, existing });
  await ask(VCN, { method: "PUT", json: {} });
  const { status, json } = await ask(VCN, { method: "DELETE" });
  assertEquals([status, json], [
    409,
    { code: "IncorrectState", message: "The resource is in state UPDATING." },
  ]);
});

Deno.test("more requests than the limit get 429", async () => {
  const { clock, ask, emulator } = create({ limit: { requests: 2, windowMs: 1_000 }, existing });
  const statuses = [];
  for (let request = 0; request < 3; request++) statuses.push((await ask(VCN)).status);
  await clock.advance(2_000);
  statuses.push((await ask(VCN)).status);
  assertEquals(statuses, [200, 200, 429, 200]);
  assertEquals(emulator.count("read"), 4);
});

Deno.test("faults are injected by kind, and into one work request's own", async () => {
  const { ask, work, post, emulator } = create({
    plan: { faults: [{ on: "errors", status: 500 }] },
    faults: [{ on: "create", nth: 1, drop: "after" }],
  });
  await assertRejects(() => post(), TypeError);
  const { workRequestId } = await post();
  assertEquals((await work(workRequestId, "/errors")).status, 500);
  assertEquals((await work(workRequestId, "/logs")).status, 200);
  assertEquals(emulator.resources.length, 2);
  assertEquals(emulator.log.map(({ kind, dropped }) => [kind, dropped]), [
    ["create", true],
    ["create", false],
    ["errors", false],
    ["logs", false],
  ]);
  assertEquals((await ask(`${OCI}/20160918/vcns/%E0%A4%A`)).status, 404);
});

Deno.test("what it does not know is 404, and a body that is no object 400", async () => {
  const { ask, work, post, emulator } = create({ existing });
  const urls = [
    OCI,
    `${OCI}/instances`,
    `${INSTANCES}/none`,
    `${OCI}/20160918/instances/ocid1.vcn.1`,
  ];
  for (const url of urls) assertEquals((await ask(url)).status, 404, url);
  assertEquals((await work("none")).status, 404);
  assertEquals((await ask(VCN, { method: "HEAD" })).status, 404);
  assertEquals((await post(INSTANCES, [])).json.code, "CannotParseRequest");
  assertEquals(emulator.count("create"), 1);
});

const key = {
  tenancyId: "ocid1.tenancy.oc1..t",
  userId: "ocid1.user.oc1..u",
  fingerprint: "20:3b",
  privateKey: PLAIN_KEYS.pkcs8,
};
const publicKeys = { [`${key.tenancyId}/${key.userId}/${key.fingerprint}`]: PUBLIC_KEY };

/** An emulator that checks signatures, and what a proxy between may do to a request. */
function createChecked(
  tamper: (init: RequestInit, headers: Headers) => RequestInit = (init) => init,
) {
  const { clock, emulator } = create({ publicKeys, existing });
  const fetch = ociSignature({
    ...key,
    origins: OCI,
    now: clock.now,
    fetch: (input, init = {}) => {
      const headers = new Headers(init.headers);
      return emulator.fetch(input, tamper({ ...init, headers }, headers));
    },
  });
  return { clock, emulator, fetch };
}

Deno.test("what was signed with the right key is answered, in both forms", async () => {
  const { fetch, emulator } = createChecked();
  const posts = [INSTANCES, `${VCN}?action=x`].map((url) => [url, "POST", "{}"] as const);
  for (const headers of [{}, { "x-date": new Date(1_700_000_000_000).toUTCString() }]) {
    for (const [url, method, body] of [...posts, [VCN, "PUT", '{"a":1}'], [VCN, "GET"]] as const) {
      const { status } = await fetch(url, { method, headers, ...(body && { body }) });
      assertEquals(status, 200, method);
    }
  }
  const unsigned = await emulator.fetch(VCN);
  assertEquals([unsigned.status, (await unsigned.json()).code], [401, "NotAuthenticated"]);
});

const TAMPERED: Record<string, (init: RequestInit, headers: Headers) => RequestInit> = {
  "The body is not the one that was signed": (init) => ({ ...init, body: '{"shape":"L"}' }),
  "The signature is not valid": (init, headers) => {
    headers.set("content-type", "text/plain");
    return init;
  },
  "The date is off by more than 5 minutes": (init, headers) => {
    headers.set("date", new Date(1_700_000_301_000).toUTCString());
    return init;
  },
  "Unknown key ocid1.tenancy.oc1..t/x": (init, headers) => {
    const authorization = headers.get("authorization")!;
    headers.set("authorization", authorization.replace(/t\/[^"]*/, "t/x"));
    return init;
  },
  "Header x-content-sha256 is not signed": (init, headers) => {
    headers.set("authorization", headers.get("authorization")!.replace("x-content-sha256 ", ""));
    return init;
  },
  "Unknown signature version": (init, headers) => {
    headers.set(
      "authorization",
      headers.get("authorization")!.replace('version="1"', 'version="2"'),
    );
    return init;
  },
};

for (const [complaint, tamper] of Object.entries(TAMPERED)) {
  Deno.test(`a request is refused: ${complaint}`, async () => {
    const { fetch, emulator } = createChecked(tamper);
    const response = await fetch(INSTANCES, { method: "POST", body: '{"shape":"s"}' });
    assertEquals(response.status, 401);
    assertStringIncludes((await response.json()).message, complaint);
    assertEquals(emulator.resources.length, 1);
  });
}

Deno.test("a signed operation runs against it, in process and over a socket", async () => {
  const { clock, fetch } = createChecked();
  await using runtime = createRuntime({ clock, fetch: clock.watch(fetch) });
  const action = { method: "POST", url: INSTANCES, body: { shape: "s" } };
  const operation = oci.actAndWaitForWorkRequest({ action, baseUrl: OCI });
  const { workRequest } = await clock.runUntil(runtime.start(operation).result());
  assertEquals(workRequest?.status, "SUCCEEDED");

  const emulator = createOciEmulator({ publicKeys, plan: { durationMs: 5 } });
  await using server = await serveLoopback(emulator.handle);
  await using real = createRuntime({ fetch: ociSignature({ ...key, origins: server.url }) });
  const result = await real.start(oci.actAndWaitForState<{ lifecycleState: string }>({
    action: { ...action, url: `${server.url}/20160918/instances` },
    get: `${server.url}/20160918/instances/{id}`,
    states: ["running"],
    maxIntervalMs: 10,
  })).result();
  assertEquals(result.lifecycleState, "RUNNING");
});

Deno.test("what was created is not to be seen for a while", async () => {
  const { clock, emulator } = create({ plan: { unseenMs: 2_500, durationMs: 4_000 } });
  await using runtime = createRuntime({ clock, fetch: emulator.fetch, random: () => 0.5 });
  const operation = oci.actAndWaitForState<{ lifecycleState: string }>({
    action: { method: "POST", url: INSTANCES, body: { shape: "s" } },
    get: `${INSTANCES}/{id}`,
    states: ["RUNNING"],
  });
  const { lifecycleState } = await clock.runUntil(runtime.start(operation).result());
  assertEquals([lifecycleState, emulator.count("create")], ["RUNNING", 1]);
  assertEquals(emulator.count("read"), 4); // at 0, 1 and 3 s, of which two are too early, and at 7 s
});

Deno.test("out of capacity begins nothing; there may be room later", async () => {
  const { emulator, post } = create({ plan: (_action, index) => ({ isOutOfCapacity: index < 2 }) });
  const answers = [await post(), await post(), await post()];
  assertEquals(answers.map(({ status }) => status), [500, 500, 200]);
  assertEquals(answers[0]!.json, { code: "InternalError", message: "Out of host capacity." });
  assertEquals(emulator.resources.length, 1);
});

Deno.test("work requests under another version, whose lists want the compartment", async () => {
  const base = "https://containerengine.us-ashburn-1.oci.oraclecloud.com";
  const { clock, emulator, work } = create({
    plan: { durationMs: 1_000, end: "fails" },
    workRequestVersion: "20180222",
    wantsCompartment: true,
  });
  await using runtime = createRuntime({ clock, fetch: emulator.fetch, random: () => 0.5 });
  const body = { compartmentId: "ocid1.compartment.c" };
  const operation = oci.actAndWaitForWorkRequest({
    action: { method: "POST", url: `${base}/20180222/nodePools`, body },
    baseUrl: base,
  });
  const error = await assertRejects(() => clock.runUntil(runtime.start(operation).result()));
  assertEquals((error as { providerMessage?: string }).providerMessage, "Out of host capacity.");
  const id = "ocid1.workrequest.oc1..00000001";
  assertEquals((await work(id)).status, 404);
  const bare = await emulator.fetch(`${base}/20180222/workRequests/${id}/logs`);
  assertEquals([bare.status, (await bare.json()).code], [400, "InvalidParameter"]);
});

Deno.test("a work request that needs attention says so until it goes on", async () => {
  const { clock, work, post } = create({ plan: { durationMs: 10_000, needsAttention: true } });
  const { workRequestId } = await post();
  const seen = [];
  for (const ms of [0, 5_000, 5_000]) {
    await clock.advance(ms);
    seen.push((await work(workRequestId)).json.status);
  }
  assertEquals(seen, ["ACCEPTED", "NEEDS_ATTENTION", "SUCCEEDED"]);
});

Deno.test("a quota answers 429, which is got over", async () => {
  const { clock, emulator } = create({
    plan: { durationMs: 20_000 },
    limit: { requests: 2, windowMs: 10_000 },
  });
  await using runtime = createRuntime({ clock, fetch: emulator.fetch, random: () => 0.5 });
  const operation = oci.actAndWaitForWorkRequest({
    action: { method: "POST", url: INSTANCES, body: {} },
    baseUrl: OCI,
  });
  const { workRequest } = await clock.runUntil(runtime.start(operation).result());
  assertEquals([workRequest?.status, emulator.count("create")], ["SUCCEEDED", 1]);
});
