/** Test your own code that waits: no real sleeping, every request asserted. */
import { assertEquals } from "@std/assert";
import { elasticio, wait } from "@lro/machines";
import { createScriptedFetch, createVirtualClock } from "@lro/machines/testing";

/** The code under test: it takes fetch and clock like everything in this library. */
async function loadModel(services: Parameters<typeof wait>[1]): Promise<unknown> {
  return await wait(elasticio.poll({ executionId: "1" }), services);
}

const clock = createVirtualClock();
const fetch = createScriptedFetch([
  { response: { status: 200, json: { message: "Result is not ready yet." } } },
  { response: { status: 503, headers: { "retry-after": "9" } } },
  {
    response: { status: 303, headers: { location: "/v1/exec/result/1" } },
    request: { url: "https://api.elastic.io/v1/exec/poll/1" },
  },
  { response: { status: 200, json: { data: "model" }, latencyMs: 250 } },
], { clock });

assertEquals(await clock.runUntil(loadModel({ clock, fetch })), "model");
assertEquals(fetch.requests.map(({ atMs }) => atMs), [0, 1_000, 10_000, 10_000]);
assertEquals(clock.now(), 10_250);
fetch.assertDone();
console.log("an outage of nine seconds, tested in no time");
