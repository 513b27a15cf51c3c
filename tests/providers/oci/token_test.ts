import { assertEquals, assertThrows } from "@std/assert";
import { createRuntime, oci, type Operation } from "@lro/machines";
import { createMemoryStore } from "@lro/machines/store/memory";
import {
  createScriptedFetch,
  createVirtualClock,
  type Exchange,
  type ScriptedResponse,
} from "@lro/machines/testing";
import { instance, OCI, ok, refusal } from "./_play.ts";

const PATH = "/20160918/instances";
const get = { method: "GET", url: `${OCI}${PATH}/ocid1.instance.1` };
const launch = { method: "POST", url: OCI + PATH, body: { shape: "s" } };
const accepted = ok(instance("PROVISIONING"), { "opc-work-request-id": "ocid1.wr.1" });
const work = (status: string) => ok({ id: "ocid1.wr.1", status });
const at = (state: string) => ok(instance(state));
const why = [ok([{ code: "A", message: "a" }], { "opc-next-page": "2" }), ok([]), ok([])];
const gone = refusal(404, "NotAuthorizedOrNotFound");

oci.registerPredicate<{ lifecycleState: string }>(
  "isRunning",
  ({ lifecycleState }) => lifecycleState === "RUNNING",
);

const LIVES: Record<string, readonly [Operation, readonly ScriptedResponse[]]> = {
  "waitUntil by property": [
    oci.waitUntil({ get, property: "lifecycleState", state: "RUNNING" }),
    [at("A"), at("B"), at("C"), at("RUNNING")],
  ],
  "waitUntil by a predicate that is registered": [
    oci.waitUntil({ get, evaluate: "isRunning" }),
    [at("A"), at("B"), at("RUNNING")],
  ],
  "waitUntil to a 404": [
    oci.waitUntil({ get, evaluate: "isRunning", succeedOnNotFound: true }),
    [at("A"), at("B"), gone],
  ],
  "a work request that succeeds": [
    oci.workRequest({ workRequestId: "ocid1.wr.1", baseUrl: OCI }),
    [work("ACCEPTED"), work("IN_PROGRESS"), work("SUCCEEDED")],
  ],
  "a work request that fails": [
    oci.workRequest({ workRequestId: "ocid1.wr.1", baseUrl: OCI }),
    [work("ACCEPTED"), work("FAILED"), ...why],
  ],
  "an action and its work request": [
    oci.actAndWaitForWorkRequest({ action: launch, baseUrl: OCI }),
    [accepted, work("ACCEPTED"), work("IN_PROGRESS"), work("SUCCEEDED")],
  ],
  "an action and its work request that is canceled": [
    oci.actAndWaitForWorkRequest({ action: launch, baseUrl: OCI }),
    [accepted, work("CANCELED"), ...why],
  ],
  "an action and a state": [
    oci.actAndWaitForState({ action: launch, get: `${OCI}${PATH}/{id}`, states: ["RUNNING"] }),
    [accepted, at("PROVISIONING"), at("STARTING"), at("RUNNING")],
  ],
  "a DELETE": [
    oci.actAndWaitForState({
      action: { method: "DELETE", url: get.url },
      get,
      states: ["TERMINATED"],
    }),
    [at("RUNNING"), { status: 204 }, at("TERMINATING"), gone],
  ],
};

/** What an end says, but for the counts and times. */
function summary(
  outcome: { readonly kind: string; readonly value?: unknown; readonly error?: unknown },
) {
  const { code, message, details, partialResult } = (outcome.error ?? {}) as Record<
    string,
    unknown
  >;
  return { kind: outcome.kind, value: outcome.value, code, message, details, partialResult };
}

/** Runs a life to its end, handing it to another process before request `change`, if it is given. */
async function live(
  [operation, replies]: (typeof LIVES)[string],
  change = Infinity,
): Promise<unknown> {
  const clock = createVirtualClock();
  const exchanges: Exchange[] = replies.map((response) => ({ response }));
  const first = createScriptedFetch(exchanges.slice(0, change), {
    clock,
    thenRepeat: { hang: true },
  });
  const runtime = createRuntime({ clock, fetch: first, random: () => 0.5 });
  const handle = runtime.start(operation);
  if (change === Infinity) {
    const outcome = await clock.runUntil(handle.outcome());
    await runtime.dispose();
    return summary(outcome);
  }
  while (first.requests.length <= change) await clock.advance(1_000);
  const token = JSON.stringify(handle.token());
  await runtime.dispose();
  const second = createScriptedFetch(exchanges.slice(change), { clock });
  await using next = createRuntime({ clock, fetch: second, random: () => 0.5 });
  const outcome = await clock.runUntil(next.restore(token).outcome());
  second.assertDone();
  return summary(outcome);
}

for (const [name, life] of Object.entries(LIVES)) {
  Deno.test(`${name} ends the same, wherever another process goes on with it`, async () => {
    const expected = await live(life);
    for (const change of life[1].keys()) {
      assertEquals(await live(life, change), expected, `before request ${change}`);
    }
  });
}

const FUNCTIONS: Record<string, Operation> = {
  evaluate: oci.waitUntil({ get, evaluate: () => true }),
  onWait: oci.waitUntil({ get, evaluate: "isRunning", onWait: () => {} }),
  fetchReply: oci.waitUntil({
    fetchReply: () => new Promise(() => {}),
    evaluate: "isRunning",
  }),
};

for (const [name, operation] of Object.entries(FUNCTIONS)) {
  Deno.test(`an operation with the function ${name} says that it cannot be written`, async () => {
    const clock = createVirtualClock();
    const fetch = createScriptedFetch([], { clock, thenRepeat: { hang: true } });
    await using runtime = createRuntime({ clock, fetch });
    const handle = runtime.start(operation);
    assertThrows(() => handle.token(), TypeError, `"${name}"`);
    await using durable = createRuntime({ clock, fetch, store: createMemoryStore() });
    assertThrows(() => durable.start(operation, { id: "a" }), TypeError, `"${name}"`);
    assertEquals([...durable.list()], []);
  });
}

Deno.test("a token whose predicate nobody registered is refused by restore", async () => {
  const clock = createVirtualClock();
  const fetch = createScriptedFetch([], { clock, thenRepeat: at("A") });
  await using runtime = createRuntime({ clock, fetch });
  const handle = runtime.start(oci.waitUntil({ get, evaluate: "isRunning" }));
  await clock.advance(1_500);
  const token = JSON.stringify(handle.token()).replace("isRunning", "unknown");
  await using other = createRuntime({ clock, fetch });
  assertThrows(() => other.restore(token), TypeError, 'Cannot find predicate "unknown"');
});

Deno.test("registering a name again replaces the predicate", async () => {
  oci.registerPredicate("changing", () => false);
  const operation = oci.waitUntil({ get, evaluate: "changing" });
  oci.registerPredicate("changing", () => true);
  const clock = createVirtualClock();
  const fetch = createScriptedFetch([{ response: at("A") }], { clock });
  await using runtime = createRuntime({ clock, fetch });
  assertEquals(await clock.runUntil(runtime.start(operation).result()), instance("A"));
});
