/** Whatever a server answers: an end of ours, never a success that nobody announced. */
import { assert, assertEquals } from "@std/assert";
import { createRuntime, isLroError, oci, type Operation } from "@lro/machines";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedResponse,
} from "@lro/machines/testing";
import fc from "fast-check";
import { instance, OCI } from "./_play.ts";

const get = { method: "GET", url: `${OCI}/r` };
const action = { method: "POST", url: `${OCI}/r`, body: {} };

const OPERATIONS: Record<string, () => Operation> = {
  waitUntil: () => oci.waitUntil({ get, property: "lifecycleState", state: "RUNNING" }),
  workRequest: () => oci.workRequest({ workRequestId: "1", baseUrl: OCI }),
  actAndWaitForWorkRequest: () => oci.actAndWaitForWorkRequest({ action, baseUrl: OCI }),
  actAndWaitForState: () =>
    oci.actAndWaitForState({ action, get: `${OCI}/{id}`, states: ["RUNNING"] }),
  "actAndWaitForState of a DELETE": () =>
    oci.actAndWaitForState({
      action: { method: "DELETE", url: get.url },
      get,
      states: ["TERMINATED"],
    }),
};

const word = fc.constantFrom(
  "RUNNING",
  "FAILED",
  "SUCCEEDED",
  "CANCELED",
  "IN_PROGRESS",
  "",
  "toString",
);
const json = fc.oneof(
  { weight: 3, arbitrary: fc.record({ id: fc.string(), lifecycleState: word, status: word }) },
  fc.record({ lifecycleState: fc.jsonValue(), status: fc.jsonValue(), id: fc.jsonValue() }),
  fc.record({ code: fc.jsonValue(), message: fc.jsonValue() }),
  fc.jsonValue(),
);
const headers = fc.dictionary(
  fc.constantFrom(
    "opc-work-request-id",
    "opc-next-page",
    "retry-after",
    "content-type",
    "location",
  ),
  fc.constantFrom("1", "", "ocid1.wr.1", "application/json", "text/html", "-5", "/elsewhere"),
  { noNullPrototype: true },
);
const status = fc.constantFrom(
  200,
  200,
  200,
  201,
  202,
  302,
  400,
  401,
  404,
  409,
  429,
  500,
  501,
  503,
);

const response: fc.Arbitrary<ScriptedResponse> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ status, headers, json }) as fc.Arbitrary<ScriptedResponse> },
  fc.record({ status, headers, text: fc.constantFrom("", "{", "<html>", "\uFEFF[]", "null") }),
  fc.constantFrom<ScriptedResponse>({ drop: true }, { refuse: true }, { status: 204 }, {
    hang: true,
  }),
);

for (const [name, make] of Object.entries(OPERATIONS)) {
  Deno.test(`oci.${name} ends in an end of ours, whatever the replies`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(response, { maxLength: 8 }), async (replies) => {
        const clock = createVirtualClock();
        const fetch = createScriptedFetch(replies.map((response) => ({ response })), {
          clock,
          thenRepeat: { status: 200, json: instance("PROVISIONING") },
        });
        const reported: unknown[] = [];
        const runtime = createRuntime({
          clock,
          fetch,
          random: () => 0.5,
          onError: (error) => void reported.push(error),
        });
        const handle = runtime.start(make(), { deadlineMs: 600_000 });
        const outcome = await clock.runUntil(handle.outcome());
        await runtime.dispose();
        assertEquals([clock.timers, reported], [0, []]);
        assert(clock.now() <= 600_000);
        if (outcome.kind !== "succeeded") {
          assert(isLroError(outcome.error));
          assertEquals(JSON.parse(JSON.stringify(outcome.error)).code, outcome.error.code);
          return;
        }
        const { status = 200 } = replies[fetch.requests.length - 1] ?? {};
        assert((status >= 200 && status < 300) || (status === 404 && outcome.notFound === true));
      }),
      { numRuns: 300, seed: 6 },
    );
  });
}
