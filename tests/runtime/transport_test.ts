/** Where the transport looks for a question that is on its way. */
import { assertAlmostEquals } from "@std/assert";
import { createVirtualClock } from "@lro/machines/testing";
import type { Call } from "../../src/model/message.ts";
import { completeRetryPolicy } from "../../src/runtime/http/retry.ts";
import { TimerWheel } from "../../src/runtime/timers.ts";
import { Transport } from "../../src/runtime/http/transport.ts";

Deno.test("equal URLs with other headers do not crowd one place of the table", () => {
  const clock = createVirtualClock();
  const report = (error: unknown) => {
    throw error;
  };
  const transport = new Transport(
    { clock, fetch, random: () => 0.5 },
    new TimerWheel(clock, report),
    {
      maxRequests: 1,
      maxRequestsPerOrigin: 1,
      requestTimeoutMs: 1,
      maxReplyBytes: 1,
      report,
    },
  );
  const retry = completeRetryPolicy(undefined, undefined);
  const options = { policy: { repeat: "always" }, retry, uncertain: false } as const;
  const owner = { attempted() {}, replied() {}, faulted() {} };
  const url = "https://a.example/events";
  const places = Array.from({ length: 100 }, (_, index) => {
    const call: Call = { method: "GET", url, headers: { "x-filter": `{"id":${index}}` } };
    return transport.take(call, transport.origin(url), options, owner).hash;
  });
  assertAlmostEquals(new Set(places).size, 83, 20); // a hundred balls into 256 urns
});
