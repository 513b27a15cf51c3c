import { assertEquals, assertStringIncludes } from "@std/assert";
import { oci } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { errorOf, instance, OCI, ok, play, refusal } from "./_play.ts";

const PATH = "/20160918/instances";
const launch = { method: "POST", url: OCI + PATH, body: { shape: "s" } };
const launched = ok(instance("PROVISIONING"));
const at = (lifecycleState: string, fields: object = {}) =>
  ok({ ...instance(lifecycleState), ...fields });

const wait = (options: object = {}) =>
  oci.actAndWaitForState({
    action: launch,
    get: `${OCI}${PATH}/{id}`,
    states: ["RUNNING"],
    ...options,
  });

const remove = (options: object = {}) =>
  oci.actAndWaitForState({
    action: { method: "DELETE", url: `${OCI}${PATH}/1` },
    get: { method: "GET", url: `${OCI}${PATH}/1` },
    states: ["TERMINATED"],
    ...options,
  });

Deno.test("the resource is read at once after the action, then after 1, 2, 4 s", async () => {
  const { asked, times, end } = await play(wait(), [
    launched,
    at("PROVISIONING"),
    at("STARTING"),
    at("Running"),
  ]);
  assertEquals(asked.slice(1), Array(3).fill(`GET ${PATH}/ocid1.instance.1`));
  assertEquals(times, [0, 0, 1_000, 3_000]);
  assertEquals(end, instance("Running"));
});

Deno.test("a template is filled from the action's body, escaped, in a URL or a call", async () => {
  const get = { method: "GET", url: `${OCI}/a/{id}/b?n={name}`, headers: { accept: "a/b" } };
  const { requests } = await play(wait({ get }), [ok({ id: "x/y", name: 7 }), at("RUNNING")]);
  assertEquals(requests[1]!.url, `${OCI}/a/x%2Fy/b?n=7`);
  assertEquals(requests[1]!.headers["accept"], "a/b");
  const fixed = await play(wait({ get: `${OCI}/a` }), [{ status: 202 }, at("RUNNING")]);
  assertEquals(fixed.asked[1], "GET /a");
});

Deno.test("a body without the field that a template needs is a protocol error, and the partial result", async () => {
  for (const body of [{ name: "x" }, { id: null }, { id: "" }, { id: {} }, []]) {
    const played = await play(wait(), [ok(body)]);
    assertEquals([played.end, errorOf(played).partialResult], ["protocol", body]);
    assertStringIncludes(errorOf(played).message, "get needs id of the reply to the action");
  }
});

Deno.test("failure states end it, with the resource's own words and the action's body", async () => {
  for (const state of ["TERMINATED", "TERMINATING", "FAILED", "Faulty"]) {
    const played = await play(wait(), [launched, at(state, { lifecycleDetails: "no host" })]);
    const { code, message, providerCode, providerMessage, partialResult, details } = errorOf(
      played,
    );
    assertEquals([code, providerCode, providerMessage], ["operation-failed", state, "no host"]);
    assertEquals(message, `Resource became ${state}, waiting for RUNNING: no host`);
    assertEquals(partialResult, instance("PROVISIONING"));
    assertEquals(details, { ...instance(state), lifecycleDetails: "no host" });
  }
});

Deno.test("a failure state that is asked for is the good end", async () => {
  for (const state of ["TERMINATED", "TERMINATING", "FAILED", "FAULTY"]) {
    const { end } = await play(wait({ states: [state.toLowerCase()] }), [launched, at(state)]);
    assertEquals(end, instance(state));
  }
  const both = [launched, at("TERMINATING"), at("TERMINATED")];
  assertEquals((await play(wait({ states: ["TERMINATED"] }), both)).end, instance("TERMINATED"));
});

Deno.test("failureStates replaces the usual ones", async () => {
  const options = { failureStates: ["needs_attention"] };
  const replies = [launched, at("FAILED"), at("TERMINATED"), at("NEEDS_ATTENTION")];
  assertEquals((await play(wait(options), replies)).end, "operation-failed");
  const none = await play(wait({ failureStates: [] }), [launched, at("FAILED"), at("RUNNING")]);
  assertEquals(none.end, instance("RUNNING"));
});

Deno.test("property names another field for the state", async () => {
  const replies = [launched, ok({ status: "CREATING" }), ok({ status: "ACTIVE" })];
  const { end } = await play(wait({ property: "status", states: ["ACTIVE"] }), replies);
  assertEquals(end, { status: "ACTIVE" });
});

Deno.test("a body without a state is a protocol error", async () => {
  for (const body of [{}, { lifecycleState: 1 }, [], "RUNNING"]) {
    assertEquals((await play(wait(), [launched, ok(body)])).end, "protocol");
    assertEquals((await play(wait(), [launched, launched, ok(body)])).end, "protocol");
    assertEquals((await play(remove(), [ok(body)])).end, "protocol");
  }
});

Deno.test("a 404 to what was there is its end, good where that is asked for", async () => {
  const gone = refusal(404, "NotAuthorizedOrNotFound");
  const later = await play(wait(), [launched, launched, gone]);
  const { partialResult, providerCode, token } = errorOf(later);
  assertEquals([later.end, later.endMs, partialResult], [
    "operation-expired",
    1_000,
    instance("PROVISIONING"),
  ]);
  assertEquals([providerCode, typeof token], ["NotAuthorizedOrNotFound", "object"]);
  const { outcome } = await play(wait({ succeedOnNotFound: true }), [launched, launched, gone]);
  assertEquals(outcome.kind === "succeeded" && outcome.notFound, true);
});

const DELETED: readonly ScriptedResponse[] = [at("AVAILABLE"), { status: 204 }];

Deno.test("a DELETE reads first, deletes, and looks again after a second", async () => {
  const { asked, times, outcome } = await play(remove(), [...DELETED, at("TERMINATED")]);
  assertEquals(asked, [`GET ${PATH}/1`, `DELETE ${PATH}/1`, `GET ${PATH}/1`]);
  assertEquals(times, [0, 0, 1_000]);
  assertEquals(outcome.kind === "succeeded" && outcome.value, instance("TERMINATED"));
});

Deno.test("a DELETE that answers 404, or a 404 after it, is the good end", async () => {
  const gone = refusal(404, "NotAuthorizedOrNotFound");
  for (const replies of [[at("AVAILABLE"), gone], [...DELETED, gone]]) {
    const { outcome } = await play(remove(), replies);
    assertEquals(outcome.kind === "succeeded" && [outcome.value, outcome.notFound], [
      undefined,
      true,
    ]);
  }
  const refused = await play(remove({ succeedOnNotFound: false }), [...DELETED, gone]);
  assertEquals(refused.end, "operation-expired");
});

Deno.test("what was as wanted before the DELETE is not looked at again", async () => {
  const { end, asked } = await play(remove(), [at("TERMINATED"), { status: 204 }]);
  assertEquals([end, asked.length], [instance("TERMINATED"), 2]);
});

Deno.test("what had failed before the DELETE has not failed by it", async () => {
  const before = [at("FAILED"), { status: 204 }, at("FAILED"), at("TERMINATING"), at("TERMINATED")];
  assertEquals((await play(remove(), before)).end, instance("TERMINATED"));
  assertEquals((await play(remove(), [...DELETED, at("FAILED")])).end, "operation-failed");
});

Deno.test("a DELETE with no states to wait for ends with it", async () => {
  const { outcome, asked } = await play(remove({ states: [] }), DELETED);
  assertEquals([outcome.kind, asked.length], ["succeeded", 2]);
});

Deno.test("onWait hears of every check but the first", async () => {
  const heard: unknown[] = [];
  const onWait = (timesChecked: number, { lifecycleState }: never) =>
    void heard.push([timesChecked, lifecycleState]);
  const replies = [launched, at("PROVISIONING"), at("STARTING"), at("STARTING"), at("RUNNING")];
  await play(wait({ onWait }), replies);
  assertEquals(heard, [[1, "STARTING"], [2, "STARTING"]]);
});
