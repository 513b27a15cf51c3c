/** What was accepted is never sent again, whatever became of its answer. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { createRuntime, oci, type Operation } from "@lro/machines";
import { createMemoryStore } from "@lro/machines/store/memory";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedResponse,
} from "@lro/machines/testing";
import { errorOf, OCI, ok, play } from "./_play.ts";

const VOLUMES = `${OCI}/20160918/volumes`;

/** Acts on something whose state is then read by a field of the answer. */
const act = (method: string): Operation =>
  oci.actAndWaitForState({
    action: { method, url: VOLUMES, body: { sizeInGBs: 50 } },
    get: `${VOLUMES}/{id}`,
    states: ["AVAILABLE"],
  });

const ANSWERS: Record<string, ScriptedResponse> = {
  "an answer without an id": ok({ name: "v" }),
  "no body": { status: 202 },
  "a list": ok([]),
};

/** Acts on something that starts a work request. */
const follow = (method: string): Operation =>
  oci.actAndWaitForWorkRequest({
    action: { method, url: VOLUMES, body: { sizeInGBs: 50 } },
    baseUrl: OCI,
  });

Deno.test("what names no work request is not sent again by its token, and is no success", async () => {
  for (const answer of [{ status: 202 }, { status: 202, json: { id: "v" } }]) {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const { code, token } = errorOf(await play(follow(method), [answer]));
      assertEquals([code, typeof token], ["protocol", "object"]);
      const clock = createVirtualClock();
      const fetch = createScriptedFetch([], { clock, thenRepeat: ok({}) });
      await using runtime = createRuntime({ clock, fetch });
      const outcome = await clock.runUntil(runtime.restore(token as never).outcome());
      assertEquals([outcome.kind, fetch.requests.length], ["failed", 0]);
    }
  }
});

for (const [what, answer] of Object.entries(ANSWERS)) {
  for (const method of ["POST", "PUT", "PATCH"]) {
    Deno.test(`a ${method} that was answered with ${what} is not sent again by its token`, async () => {
      const { code, token, requests } = errorOf(await play(act(method), [answer]));
      assertEquals([code, requests, typeof token], ["protocol", 1, "object"]);

      const clock = createVirtualClock();
      const fetch = createScriptedFetch([], { clock });
      await using runtime = createRuntime({ clock, fetch });
      const outcome = await clock.runUntil(runtime.restore(token as never).outcome());
      if (outcome.kind !== "failed") throw outcome;
      assertEquals(
        [fetch.requests.length, ["protocol", "transport"].includes(outcome.error.code)],
        [
          0,
          true,
        ],
      );
      assertStringIncludes(outcome.error.message, "not sent");
    });
  }
}

Deno.test("after a page instead of an answer, only what is the same request again is sent by the token", async () => {
  const page = { status: 200, text: "<html>", headers: { "content-type": "text/html" } };
  for (const make of [follow, act]) {
    for (const [method, again] of [["POST", 1], ["PUT", 1], ["PATCH", 0]] as const) {
      const ended = await play(make(method), [page]);
      const clock = createVirtualClock();
      const fetch = createScriptedFetch([], { clock, thenRepeat: { status: 400, json: {} } });
      await using runtime = createRuntime({ clock, fetch });
      const outcome = await clock.runUntil(
        runtime.restore(errorOf(ended).token as never).outcome(),
      );
      assertEquals([method, outcome.kind, fetch.requests.length], [method, "failed", again]);
      for (const request of fetch.requests) {
        assertEquals(request.body, ended.requests[0]!.body);
        assertEquals(
          request.headers["opc-retry-token"],
          ended.requests[0]!.headers["opc-retry-token"],
        );
      }
      if (outcome.kind === "failed") assertEquals(outcome.error.code, "transport"); // it may run
    }
  }
});

Deno.test("a POST that was out when the process was killed is not told as rejected by what comes after it", async () => {
  const clock = createVirtualClock();
  const store = createMemoryStore();
  const hung = createScriptedFetch([], { clock, thenRepeat: { hang: true } });
  await using killed = createRuntime({ clock, store, fetch: hung });
  killed.start(follow("POST"));
  await clock.advance(0);
  const [saved] = await store.list(); // all that is left of it
  assertEquals(hung.requests.length, 1);

  const exists = { status: 409, json: { code: "Conflict", message: "it exists already" } };
  const fetch = createScriptedFetch([{ response: exists }], { clock });
  await using runtime = createRuntime({ clock, fetch });
  const outcome = await clock.runUntil(runtime.restore(saved!).outcome());
  if (outcome.kind !== "failed" || outcome.error.code !== "transport") throw outcome;
  assertEquals(outcome.error.providerCode, "Conflict");
  assertStringIncludes(outcome.error.message, "may have been processed");
  assertEquals(
    fetch.requests[0]!.headers["opc-retry-token"],
    hung.requests[0]!.headers["opc-retry-token"],
  );
});
