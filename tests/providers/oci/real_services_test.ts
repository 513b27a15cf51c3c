/** What Oracle Cloud's services really answer, as reported in public. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createRuntime, oci } from "@lro/machines";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedResponse,
} from "@lro/machines/testing";
import { errorOf, instance, OCI, ok, play, refusal } from "./_play.ts";

const launch = { method: "POST", url: `${OCI}/20160918/instances`, body: { shape: "s" } };
const launched = ok(instance("PROVISIONING"), { "opc-work-request-id": "ocid1.wr.1" });
const missing = refusal(404, "NotAuthorizedOrNotFound", "not there");
const work = (status: string, fields: object = {}) => ok({ id: "ocid1.wr.1", status, ...fields });

const wait = (options: object = {}) =>
  oci.actAndWaitForState({
    action: launch,
    get: `${OCI}/20160918/instances/{id}`,
    states: ["RUNNING"],
    ...options,
  });

const follow = (options: object = {}) =>
  oci.actAndWaitForWorkRequest({ action: launch, baseUrl: OCI, ...options });

/** Where a work request is asked for. */
async function placeOf(options: object): Promise<string> {
  const operation = oci.workRequest({ workRequestId: "w", ...options } as never);
  return (await play(operation, [work("SUCCEEDED")])).requests[0]!.url;
}

const host = (service: string) => `https://${service}.eu-frankfurt-1.oci.oraclecloud.com`;

Deno.test("services that are known by their host have their work requests where their APIs say", async () => {
  const iaas = "https://iaas.eu-frankfurt-1.oraclecloud.com";
  const database = "https://database.eu-frankfurt-1.oraclecloud.com";
  const storage = "https://objectstorage.eu-frankfurt-1.oraclecloud.com";
  const places: [string, string][] = [
    [iaas, `${iaas}/20160918/workRequests/w`],
    [database, `${iaas}/20160918/workRequests/w`],
    [storage, `${storage}/workRequests/w`],
    [host("containerengine"), `${host("containerengine")}/20180222/workRequests/w`],
    [host("apigateway"), `${host("apigateway")}/20190501/workRequests/w`],
    ["https://example.com/p", "https://example.com/p/20160918/workRequests/w"],
    [
      `https://constructor.r.oraclecloud.com`,
      "https://constructor.r.oraclecloud.com/20160918/workRequests/w",
    ],
  ];
  for (const [baseUrl, url] of places) assertEquals(await placeOf({ baseUrl }), url);
});

Deno.test("a load balancer's work request is told by its id, or by the action's path", async () => {
  const id = "ocid1.loadbalancerworkrequest.oc1..1";
  assertEquals(
    await placeOf({ baseUrl: OCI, workRequestId: id }),
    `${OCI}/20170115/loadBalancerWorkRequests/${id}`,
  );
  const action = { method: "POST", url: `${OCI}/20170115/loadBalancers`, body: {} };
  const reply = { status: 204, headers: { "opc-work-request-id": "w" } };
  const { asked } = await play(follow({ action }), [reply, ok({ lifecycleState: "SUCCEEDED" })]);
  assertEquals(asked[1], "GET /20170115/loadBalancerWorkRequests/w");
});

Deno.test("a load balancer tells its state as lifecycleState, and why in errorDetails", async () => {
  const operation = oci.workRequest({
    workRequestId: "ocid1.loadbalancerworkrequest.1",
    baseUrl: OCI,
  });
  const errorDetails = [{ errorCode: "BAD_INPUT", message: "no such subnet" }];
  const failed = { lifecycleState: "FAILED", errorDetails };
  const played = await play(operation, [ok({ lifecycleState: "IN_PROGRESS" }), ok(failed)]);
  const { code, providerCode, providerMessage, details } = errorOf(played);
  assertEquals([code, providerCode, providerMessage], [
    "operation-failed",
    "BAD_INPUT",
    "no such subnet",
  ]);
  assertEquals(details, { workRequest: failed, errors: errorDetails, logs: [] });
});

Deno.test("Logging Analytics has its work requests within the action's namespace, storage ones apart", async () => {
  const base = host("loganalytics");
  const url = `${base}/20200601/namespaces/ns/storage/actions/purgeStorageData`;
  const baseUrl = base;
  for (
    const [id, list] of [
      ["ocid1.loganalyticsstorageworkrequest.oc1..1", "storageWorkRequests"],
      ["ocid1.loganalyticsworkrequest.oc1..1", "workRequests"],
    ] as const
  ) {
    const reply = { status: 202, headers: { "opc-work-request-id": id } };
    const operation = follow({ action: { method: "POST", url, body: {} }, baseUrl });
    const { requests } = await play(operation, [reply, work("SUCCEEDED")]);
    assertEquals(requests[1]!.url, `${base}/20200601/namespaces/ns/${list}/${id}`);
  }
});

Deno.test("Object Storage's COMPLETED is a good end", async () => {
  assertEquals((await play(follow(), [launched, work("COMPLETED")])).outcome.kind, "succeeded");
});

Deno.test("workRequestUrl is filled, and its errors and logs are under it, of the compartment", async () => {
  const compartmentId = "ocid1.compartment.c";
  const workRequestUrl = `${host("dns")}/20180115/workRequests/{workRequestId}?a=b`;
  const played = await play(follow({ workRequestUrl, baseUrl: undefined }), [
    launched,
    work("FAILED", { compartmentId }),
    ok([{ code: "C", message: "register timeout" }], { "opc-next-page": "2" }),
    ok([]),
    ok([]),
  ]);
  const url = `${host("dns")}/20180115/workRequests/ocid1.wr.1`;
  assertEquals(played.requests.slice(1).map(({ url }) => url), [
    `${url}?a=b`,
    `${url}/errors?a=b&compartmentId=${compartmentId}`,
    `${url}/errors?a=b&compartmentId=${compartmentId}&page=2`,
    `${url}/logs?a=b&compartmentId=${compartmentId}`,
  ]);
  assertEquals(errorOf(played).providerMessage, "register timeout");
});

Deno.test("the compartment is told to a list that wants it, and only to that", async () => {
  const compartmentId = "ocid1.compartment.c";
  const played = await play(oci.workRequest({ workRequestId: "w", baseUrl: OCI }), [
    work("FAILED", { compartmentId }),
    refusal(400, "InvalidParameter", "compartmentId is required"),
    ok([{ code: "C", message: "m" }]),
    refusal(400, "InvalidParameter"),
  ]);
  assertEquals(played.asked.slice(1).map((text) => text.split("workRequests/w")[1]), [
    "/errors",
    `/errors?compartmentId=${compartmentId}`,
    `/logs?compartmentId=${compartmentId}`,
  ]);
  assertEquals(errorOf(played).providerCode, "C");
});

Deno.test("a 404 right after an accepted create is not yet, for 60 s and once at least", async () => {
  const early = await play(wait(), [launched, missing, missing, ok(instance("RUNNING"))]);
  assertEquals([early.end, early.times], [instance("RUNNING"), [0, 0, 1_000, 3_000]]);
  const slow = await play(wait({ maxIntervalMs: 300_000, notFoundGraceMs: 1 }), [
    launched,
    missing,
    ok(instance("RUNNING")),
  ]);
  assertEquals(slow.end, instance("RUNNING"));
  const request = await play(follow(), [launched, missing, work("ACCEPTED"), work("SUCCEEDED")]);
  assertEquals(request.outcome.kind, "succeeded");
});

Deno.test("after the grace nobody knows: transport, with a token and all that is known", async () => {
  for (const operation of [wait(), follow(), wait({ notFoundGraceMs: 0 })]) {
    const played = await play(operation, [launched], { thenRepeat: missing });
    const { code, token, partialResult, providerCode, providerMessage, message } = errorOf(played);
    assertEquals([played.outcome.kind, code], ["failed", "transport"]);
    assertEquals([partialResult, providerCode, providerMessage], [
      instance("PROVISIONING"),
      "NotAuthorizedOrNotFound",
      "not there",
    ]);
    assertEquals(typeof token, "object");
    assertStringIncludes(message, "it may be there");
    const isAtOnce = (operation.input as { notFoundGraceMs?: number }).notFoundGraceMs === 0;
    assert(isAtOnce ? played.endMs === 0 : played.endMs >= 60_000 && played.endMs < 100_000);
  }
});

Deno.test("what was never seen is not gone, although a 404 is asked for: it was never there", async () => {
  const options = { succeedOnNotFound: true };
  const played = await play(wait(options), [launched], { thenRepeat: missing });
  assertEquals(errorOf(played).code, "transport");
  assert(played.endMs >= 60_000);
});

Deno.test("what was known before is gone only after the grace, where a 404 is asked for", async () => {
  const options = { succeedOnNotFound: true, get: `${OCI}/20160918/instances/ocid1.instance.1` };
  const { outcome, endMs } = await play(wait(options), [launched], { thenRepeat: missing });
  assertEquals(outcome.kind === "succeeded" && outcome.notFound, true);
  assert(endMs >= 60_000);
});

Deno.test("a 410, and a 404 to what was there, are not asked again", async () => {
  for (const replies of [[refusal(410, "Gone")], [work("ACCEPTED"), missing]]) {
    const played = await play(follow(), [launched, ...replies]);
    const { code, token, providerCode } = errorOf(played);
    assertEquals([played.outcome.kind, code, typeof token], [
      "expired",
      "operation-expired",
      "object",
    ]);
    assert(providerCode !== undefined);
  }
});

Deno.test("out of host capacity after all attempts: the service's code and words are fields", async () => {
  const none = refusal(500, "InternalError", "Out of host capacity.");
  for (const operation of [wait(), follow()]) {
    const { outcome, ...played } = await play(operation, Array.from({ length: 8 }, () => none));
    const { code, providerCode, providerMessage, token, message } = errorOf({ outcome, ...played });
    assertEquals([outcome.kind, code, providerCode, providerMessage], [
      "failed",
      "transport",
      "InternalError",
      "Out of host capacity.",
    ]);
    assertEquals(typeof token, "object");
    assertStringIncludes(message, "it may have been processed");
  }
});

const LATER: Record<string, readonly ScriptedResponse[]> = {
  "the first look": [launched],
  "a later look": [launched, ok(instance("PROVISIONING"))],
};

for (const [when, before] of Object.entries(LATER)) {
  Deno.test(`every refusal of ${when} has the service's code and words, a token and the partial result`, async () => {
    for (const status of [400, 401, 403, 408, 429, 500, 501, 503]) {
      const replies = Array.from({ length: 8 }, () => refusal(status, "Code", "words"));
      const isRepeated = status === 429 || status === 500 || status === 503;
      const script = [...before, ...replies.slice(0, isRepeated ? 8 : 1)];
      const { code, providerCode, providerMessage, partialResult, token } = errorOf(
        await play(wait(), script),
      );
      assertEquals([status, code, providerCode, providerMessage], [
        status,
        "transport",
        "Code",
        "words",
      ]);
      assertEquals([partialResult, typeof token], [instance("PROVISIONING"), "object"]);
    }
  });
}

Deno.test("both spellings of canceled end a work request; CANCELING and NEEDS_ATTENTION go on, as progress", async () => {
  for (const word of ["CANCELED", "CANCELLED", "Cancelled"]) {
    const played = await play(follow(), [launched, work(word), ok([]), ok([])]);
    assertEquals(played.end, "operation-canceled");
  }
  const clock = createVirtualClock();
  const words = ["WAITING", "CANCELING", "NEEDS_ATTENTION", "SUCCEEDED"];
  const replies = [launched, ...words.map((word) => work(word, { percentComplete: 10 }))];
  const fetch = createScriptedFetch(replies.map((response) => ({ response })), { clock });
  await using runtime = createRuntime({ clock, fetch });
  const handle = runtime.start(follow());
  const seen = new Set<string | undefined>();
  handle.subscribe(({ progress }) => void seen.add(progress?.text));
  await clock.runUntil(handle.result());
  for (const word of words.slice(0, 3)) assert(seen.has(word), word);
  const attention = await play(follow({ states: ["needs_attention"] }), [
    launched,
    work("NEEDS_ATTENTION"),
  ]);
  assertEquals(attention.outcome.kind, "succeeded");
});

Deno.test("the state of a resource is its progress", async () => {
  for (
    const operation of [
      wait(),
      oci.waitUntil({
        get: { method: "GET", url: launch.url },
        property: "lifecycleState",
        state: "RUNNING",
      }),
    ]
  ) {
    const clock = createVirtualClock();
    const fetch = createScriptedFetch(
      [launched, ok(instance("STARTING"))].map((response) => ({ response })),
      { clock, thenRepeat: ok(instance("RUNNING")) },
    );
    await using runtime = createRuntime({ clock, fetch });
    const handle = runtime.start(operation);
    const seen = new Set<string | undefined>();
    handle.subscribe(({ progress }) => void seen.add(progress?.text));
    await clock.runUntil(handle.result());
    assert(seen.has("STARTING"));
  }
});

Deno.test("a POST, PUT or DELETE that was lost and then refused may have been processed", async () => {
  for (const method of ["POST", "PUT", "DELETE"]) {
    for (const lost of [{ drop: true }, { hang: true }, refusal(502, "x"), refusal(500, "x")]) {
      const action = { method, url: launch.url };
      const exists = refusal(409, "InvalidatedRetryToken", "already exists");
      const played = await play(follow({ action }), [lost, exists]);
      const { code, message, providerMessage, token } = errorOf(played);
      assertEquals([code, providerMessage, typeof token], [
        "transport",
        "already exists",
        "object",
      ]);
      assertStringIncludes(message, "may have been processed");
    }
  }
  for (const refused of [{ refuse: true }, refusal(429, "x"), refusal(409, "IncorrectState")]) {
    const played = await play(follow(), [refused, refusal(409, "Exists")]);
    assertEquals(played.end, "request-rejected");
  }
});

Deno.test("that an attempt was lost is remembered by the token", async () => {
  const clock = createVirtualClock();
  const hung = createScriptedFetch([], { clock, thenRepeat: { hang: true } });
  const first = createRuntime({ clock, fetch: hung });
  const handle = first.start(follow());
  await clock.advance(1_000);
  const token = JSON.stringify(handle.token());
  await first.dispose();
  assertStringIncludes(token, '"shape":"s"');
  const fetch = createScriptedFetch([{ response: refusal(409, "Exists") }], { clock });
  await using second = createRuntime({ clock, fetch });
  const outcome = await clock.runUntil(second.restore(token).outcome());
  assertEquals(outcome.kind !== "succeeded" && outcome.error.code, "transport");
});

Deno.test("only a 4xx says that an action never started", async () => {
  for (const status of [408, 501, 505, 520, 524, 599, 300, 399]) {
    const replies = Array.from({ length: 8 }, () => refusal(status, "x"));
    const isRepeated = status >= 500 && status !== 501;
    const played = await play(wait(), replies.slice(0, isRepeated ? 8 : 1));
    const { code, message, token } = errorOf(played);
    assertEquals([status, code, typeof token], [
      status,
      status < 400 ? "protocol" : "transport",
      "object",
    ]);
    assertStringIncludes(message, "may have been processed");
  }
});

Deno.test("an action answered by a page, a text, or a 2xx that says nothing is no success", async () => {
  const html = { "content-type": "text/html" };
  const odd: ScriptedResponse[] = [
    { status: 200, text: "<html>Sign in</html>", headers: html },
    { status: 200, text: "OK" },
    { status: 201, text: '{"status":"Succ', headers: { "content-type": "text/plain" } },
    ...[202, 205, 206, 207, 208, 226, 299].map((status) => ({ status })),
  ];
  for (const reply of odd) {
    const { end, outcome, ...played } = await play(follow(), [reply]);
    assertEquals([end, typeof errorOf({ end, outcome, ...played }).token], ["protocol", "object"]);
    if (reply.status !== 202) {
      assertEquals((await play(wait({ states: [] }), [reply])).end, "protocol");
      assertEquals((await play(follow({ states: [] }), [reply])).end, "protocol");
    }
  }
});

Deno.test("a PATCH that may have been processed is not sent again, so its body leaves the token", async () => {
  const action = { method: "PATCH", url: launch.url, body: { password: "x" } };
  const played = await play(follow({ action }), [{ drop: true }]);
  const { token } = errorOf(played);
  assertEquals((token as { input: { action: object } }).input.action, {
    method: "PATCH",
    url: launch.url,
    headers: {},
  });
});
