/** What was accepted is never sent again, whatever became of its answer. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { createRuntime, oci, type Operation } from "@lro/machines";
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
  const page = { status: 200, text: "<html>", headers: { "content-type": "text/html" } };
  for (const answer of [{ status: 202 }, { status: 202, json: { id: "v" } }, page]) {
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
