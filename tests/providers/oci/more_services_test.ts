/** More of what Oracle Cloud's services answer; each claim names where that is written. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { createRuntime, oci } from "@lro/machines";
import { createScriptedFetch, createVirtualClock } from "@lro/machines/testing";
import { errorOf, instance, OCI, ok, play, refusal } from "./_play.ts";

const NOT_FOUND = refusal(404, "NotAuthorizedOrNotFound", "not there, or not for you");
const started = { status: 202, headers: { "opc-work-request-id": "wr" } };
const work = (status: string) => ({ id: "wr", status, compartmentId: "ocid1.compartment.c" });

/** Acts on something of a service, and follows its work request. */
const follow = (url: string, options: object = {}) =>
  oci.actAndWaitForWorkRequest({
    action: { method: "POST", url, body: {} },
    baseUrl: new URL(url).origin,
    ...options,
  });

/** Makes a volume and waits for it. */
const create = (options: object = {}) =>
  oci.actAndWaitForState({
    action: { method: "POST", url: `${OCI}/20160918/volumes`, body: {} },
    get: `${OCI}/20160918/volumes/{id}`,
    states: ["AVAILABLE"],
    ...options,
  });

// "Asynchronous Work Requests": a service's own API has the operations that follow its work requests.
Deno.test("a service that is not known has its work requests under the version of its action", async () => {
  const base = "https://newservice.us-ashburn-1.oci.oraclecloud.com";
  const replies = [started, ok(work("SUCCEEDED"))];
  const versions: Record<string, string> = {
    [`${base}/20250101/things`]: `${base}/20250101/workRequests/wr`,
    [`${base}/things`]: `${base}/20160918/workRequests/wr`,
    "https://iaas.eu-frankfurt-1.oraclecloud.com/20180530/agents":
      "https://iaas.eu-frankfurt-1.oraclecloud.com/20160918/workRequests/wr",
    "https://nosql.eu-frankfurt-1.oci.oraclecloud.com/20250101/tables":
      "https://nosql.eu-frankfurt-1.oci.oraclecloud.com/20190828/workRequests/wr",
  };
  for (const [action, expected] of Object.entries(versions)) {
    const { requests } = await play(follow(action), replies);
    assertEquals(requests[1]!.url, expected);
  }
  const elsewhere = follow(`${base}/20250101/things`, { baseUrl: "https://other.example" });
  assertEquals(
    (await play(elsewhere, replies)).requests[1]!.url,
    "https://other.example/20160918/workRequests/wr",
  );
});

// Kubernetes Engine's ListWorkRequestErrors requires compartmentId; those of other services do not know it.
Deno.test("a list of errors is asked the other way when it refuses the first", async () => {
  const errors = ok([{ code: "A", message: "why" }]);
  const refused = refusal(400, "InvalidParameter", "no such parameter");
  const urls = {
    told: `${OCI}/1/workRequests/wr/errors?compartmentId=ocid1.compartment.c`,
    untold: `${OCI}/1/workRequests/wr/errors`,
  };
  const options = { workRequestUrl: `${OCI}/1/workRequests/{workRequestId}` };
  const played = await play(follow(`${OCI}/1/x`, options), [
    started,
    ok(work("FAILED")),
    refused,
    errors,
    ok([]),
  ]);
  assertEquals(played.requests.slice(2, 4).map(({ url }) => url), [urls.told, urls.untold]);
  assertEquals(played.requests[4]!.url, `${OCI}/1/workRequests/wr/logs`);
  assertEquals(errorOf(played).providerMessage, "why");

  const common = await play(follow(`${OCI}/20160918/x`), [
    started,
    ok(work("FAILED")),
    refused,
    refused,
    ok([]),
  ]);
  assertEquals(common.asked.slice(2), [
    "GET /20160918/workRequests/wr/errors",
    "GET /20160918/workRequests/wr/errors?compartmentId=ocid1.compartment.c",
    "GET /20160918/workRequests/wr/logs?compartmentId=ocid1.compartment.c",
  ]);
  assertEquals(errorOf(common).code, "operation-failed");
});

// The header opc-work-request-id proves the work request, whatever the action was (oracle/oci-python-sdk#474).
Deno.test("the work request of any action may be 404 at first, and is never told as expired then", async () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    const operation = follow(`${OCI}/20160918/x`, { action: { method, url: `${OCI}/20160918/x` } });
    const soon = await play(operation, [started, NOT_FOUND, NOT_FOUND, ok(work("SUCCEEDED"))]);
    assertEquals([method, soon.outcome.kind], [method, "succeeded"]);
    const never = await play(operation, [started], { thenRepeat: NOT_FOUND });
    const { code, token, providerCode } = errorOf(never);
    assertEquals([code, providerCode, typeof token], [
      "transport",
      "NotAuthorizedOrNotFound",
      "object",
    ]);
  }
});

Deno.test("what was made and never seen is not gone, even where 404 is what is waited for", async () => {
  const operation = create({ succeedOnNotFound: true, states: ["TERMINATED"] });
  const never = await play(operation, [ok(instance("PROVISIONING"))], { thenRepeat: NOT_FOUND });
  assertEquals([never.end, errorOf(never).partialResult], ["transport", instance("PROVISIONING")]);
  const seen = await play(operation, [
    ok(instance("PROVISIONING")),
    ok(instance("TERMINATING")),
    NOT_FOUND,
  ]);
  assertEquals([seen.outcome.kind, seen.end], ["succeeded", undefined]);
});

// Resource Manager's jobs have CANCELED; newer services have DELETING and DELETED (their API references).
Deno.test("a resource that was canceled or deleted is waited for no longer", async () => {
  for (const state of ["CANCELED", "CANCELLED", "canceled"]) {
    const played = await play(create(), [ok(instance("CREATING")), ok(instance(state))]);
    assertEquals([played.outcome.kind, played.end], ["canceled", "operation-canceled"]);
    assertEquals(errorOf(played).providerCode, state);
  }
  for (const state of ["DELETING", "DELETED"]) {
    const played = await play(create(), [ok(instance("CREATING")), ok(instance(state))]);
    assertEquals([played.end, errorOf(played).providerCode], ["operation-failed", state]);
  }
  const asked = create({ states: ["deleted"] });
  const replies = [ok(instance("CREATING")), ok(instance("DELETING")), ok(instance("DELETED"))];
  assertEquals((await play(asked, replies)).end, instance("DELETED"));
  const job = create({ states: ["CANCELLED"] });
  assertEquals(
    (await play(job, [ok(instance("CREATING")), ok(instance("CANCELED"))])).end,
    instance("CANCELED"),
  );
});

Deno.test("a DELETE waits on while its resource says DELETING or DELETED", async () => {
  const operation = oci.actAndWaitForState({
    action: { method: "DELETE", url: `${OCI}/r` },
    get: `${OCI}/r`,
    states: ["TERMINATED"],
  });
  const { outcome } = await play(operation, [
    ok(instance("ACTIVE")),
    { status: 204 },
    ok(instance("DELETING")),
    ok(instance("DELETED")),
    NOT_FOUND,
  ]);
  assertEquals(outcome.kind === "succeeded" && outcome.notFound, true);
});

Deno.test("a page in the place of the action's answer is never its body", async () => {
  const page = {
    status: 200,
    text: "<html>Sign in</html>",
    headers: { "content-type": "text/html" },
  };
  const named = { ...page, headers: { ...page.headers, "opc-work-request-id": "wr" } };
  const ended = await play(follow(`${OCI}/20160918/x`), [named]);
  assertEquals([ended.end, errorOf(ended).partialResult], ["protocol", undefined]);
  const clock = createVirtualClock();
  const [sent] = ended.requests;
  const replies = [{ ...started, json: { id: "x" } }, ok(work("SUCCEEDED"))];
  const fetch = createScriptedFetch(replies.map((response) => ({ response })), { clock });
  await using runtime = createRuntime({ clock, fetch });
  const again = await clock.runUntil(runtime.restore(errorOf(ended).token as never).result());
  assertEquals(again, { body: { id: "x" }, workRequest: work("SUCCEEDED") });
  const [post] = fetch.requests;
  for (const part of ["method", "url", "body"] as const) assertEquals(post![part], sent![part]);
  assertEquals(post!.headers["opc-retry-token"], sent!.headers["opc-retry-token"]);
  for (const operation of [follow(`${OCI}/20160918/x`), create()]) {
    const played = await play(operation, [page]);
    const { code, partialResult, providerMessage, message } = errorOf(played);
    assertEquals([code, partialResult, providerMessage], ["protocol", undefined, undefined]);
    assertStringIncludes(message, "may have been processed");
  }
});

Deno.test("a gateway's page is not told as Oracle Cloud's own words", async () => {
  const page = { status: 502, text: "<html>Bad gateway</html>" };
  const operation = oci.workRequest({ workRequestId: "wr", baseUrl: OCI });
  const { code, providerMessage } = errorOf(await play(operation, [], { thenRepeat: page }));
  assertEquals([code, providerMessage], ["transport", undefined]);
});

Deno.test("410 is gone as 404 is", async () => {
  const gone = refusal(410, "Gone");
  const operation = oci.waitUntil({
    get: { method: "GET", url: `${OCI}/r` },
    property: "lifecycleState",
    state: "TERMINATED",
    succeedOnNotFound: true,
  });
  const { outcome } = await play(operation, [ok(instance("TERMINATING")), gone]);
  assertEquals(outcome.kind === "succeeded" && outcome.notFound, true);
  const made = await play(create(), [ok(instance("CREATING")), gone]);
  assertEquals([made.end, typeof errorOf(made).token], ["operation-expired", "object"]);
});
