/** Whoever gives out tokens may never answer: nobody waits for ever, and nothing is uncertain. */
import { assertEquals, assertRejects } from "@std/assert";
import { createRuntime, linode, oci } from "@lro/machines";
import { bearer, type TokenCredential } from "@lro/machines/auth";
import { createScriptedFetch, createVirtualClock } from "@lro/machines/testing";

const OCI = "https://iaas.us-ashburn-1.oraclecloud.com";
const HANGS = new Promise<never>(() => {});
const DONE = { response: { status: 200, json: { id: "1", lifecycleState: "RUNNING" } } };
const action = { method: "PATCH", url: `${OCI}/20160918/instances/1`, body: { shape: "s" } };
const patch = () =>
  oci.actAndWaitForState({ action, get: `${OCI}/20160918/instances/{id}`, states: ["RUNNING"] });

for (const hasClock of [true, false]) {
  const name = hasClock ? "the same clock" : "a clock of its own";
  Deno.test(`a token that never comes is asked for anew, with ${name}`, async () => {
    const clock = createVirtualClock();
    const script = createScriptedFetch([DONE, DONE], { clock });
    let asked = 0;
    const fetch = bearer(() => ++asked === 1 ? HANGS : "token", {
      origins: OCI,
      fetch: script,
      ...(hasClock && { clock }),
    });
    await using runtime = createRuntime({ clock, fetch, random: () => 0.5 });
    const outcome = await clock.runUntil(runtime.start(patch()).outcome());
    script.assertDone();
    assertEquals([outcome.kind, asked, clock.timers], ["succeeded", 2, 0]);
  });

  Deno.test(`a start whose token never comes was certainly not sent, with ${name}`, async () => {
    const clock = createVirtualClock();
    const script = createScriptedFetch([], { clock });
    const fetch = bearer(() => HANGS, { origins: OCI, fetch: script, ...(hasClock && { clock }) });
    await using runtime = createRuntime({ clock, fetch, retry: { attempts: 2 } });
    const handle = runtime.start(patch());
    await clock.advance(1_000);
    assertEquals(handle.token().uncertain, undefined);
    const outcome = await clock.runUntil(handle.outcome());
    assertEquals(outcome.kind, "failed");
    if (outcome.kind !== "failed" || outcome.error.code !== "transport") throw outcome;
    assertEquals(outcome.error.token?.uncertain, undefined);
    assertEquals(script.requests.length, 0);

    const well = createScriptedFetch([DONE, DONE], { clock });
    await using second = createRuntime({ clock, fetch: well });
    const again = await clock.runUntil(second.restore(outcome.error.token!).outcome());
    assertEquals([again.kind, well.requests[0]?.method], ["succeeded", "PATCH"]);
  });
}

Deno.test("a deadline that passes while a token is waited for leaves nothing uncertain", async () => {
  const clock = createVirtualClock();
  const fetch = bearer(() => HANGS, {
    origins: "https://api.linode.com",
    fetch: createScriptedFetch([], { clock }),
    clock,
  });
  await using runtime = createRuntime({ clock, fetch });
  const handle = runtime.start(
    linode.event({ entityType: "linode", action: "linode_boot", entityId: 1 }),
    { deadlineMs: 5_000 },
  );
  const outcome = await clock.runUntil(handle.outcome());
  if (outcome.kind !== "timedOut") throw outcome;
  assertEquals([outcome.elapsedMs, outcome.error.token?.uncertain], [5_000, undefined]);
});

Deno.test("a refresh that never answers is asked for anew", async () => {
  for (const hasClock of [true, false]) {
    const clock = createVirtualClock();
    const script = createScriptedFetch([
      { response: { status: 401 } },
      { request: { headers: { authorization: "Bearer 3" } }, ...DONE },
      DONE,
    ], { clock });
    let asked = 0;
    const fetch = bearer(() => ++asked === 2 ? HANGS : String(asked), {
      origins: OCI,
      fetch: script,
      ...(hasClock && { clock }),
    });
    await using runtime = createRuntime({ clock, fetch, random: () => 0.5 });
    const outcome = await clock.runUntil(runtime.start(patch()).outcome());
    script.assertDone();
    assertEquals([outcome.kind, asked], ["succeeded", 3]);
  }
});

Deno.test("a credential of @azure/identity that hangs once spoils nothing", async () => {
  const clock = createVirtualClock();
  let asked = 0;
  const credential: TokenCredential = {
    getToken: () =>
      ++asked === 1 ? HANGS : Promise.resolve({ token: "t", expiresOnTimestamp: 1e15 }),
  };
  const fetch = bearer(credential, {
    origins: OCI,
    fetch: () => Promise.resolve(new Response("{}")),
    clock,
  });
  const first = assertRejects(() => fetch(OCI), Error, "Cannot get credentials");
  await clock.advance(30_000);
  await first;
  assertEquals((await fetch(OCI)).status, 200);
  assertEquals([asked, clock.timers], [2, 0]);
});

Deno.test("who gives up waiting for a token takes it from nobody else", async () => {
  const clock = createVirtualClock();
  const gate = Promise.withResolvers<string>();
  let asked = 0;
  const fetch = bearer(() => (asked++, gate.promise), {
    origins: OCI,
    fetch: () => Promise.resolve(new Response("{}")),
    clock,
  });
  const controller = new AbortController();
  const given = assertRejects(() => fetch(OCI, { signal: controller.signal }));
  const waiting = fetch(OCI);
  controller.abort();
  await given;
  gate.resolve("token");
  assertEquals([(await waiting).status, asked, clock.timers], [200, 1, 0]);
});
