import { assertEquals } from "@std/assert";
import type { ScriptedResponse } from "@lro/machines/testing";
import { retryAfterMs } from "../../src/runtime/http/retry_after.ts";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, outcomeOf, PENDING } from "./_world.ts";

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);
const at = (ms: number) => new Date(NOW + ms).toUTCString();
const rfc850 = "Thursday, 01-Jan-26 12:00:30 GMT";
const asctime = "Thu Jan  1 12:00:30 2026";

const forms: [what: string, headers: Record<string, string>, ms: number | undefined][] = [
  ["seconds", { "retry-after": "7" }, 7_000],
  ["a fraction of a second", { "retry-after": "0.25" }, 250],
  ["blanks around seconds", { "retry-after": " 7 " }, 7_000],
  ["an HTTP-date", { "retry-after": at(30_000) }, 30_000],
  [
    "an HTTP-date and the server's own Date",
    { "retry-after": at(90_000), date: at(80_000) },
    10_000,
  ],
  ["an HTTP-date and a Date that is garbage", { "retry-after": at(30_000), date: "today" }, 30_000],
  ["the obsolete RFC 850 date", { "retry-after": rfc850 }, 30_000],
  [
    "the obsolete asctime date",
    { "retry-after": asctime, date: "Thu Jan  1 12:00:00 2026" },
    30_000,
  ],
  ["retry-after-ms", { "retry-after-ms": "1500" }, 1_500],
  ["x-ms-retry-after-ms", { "x-ms-retry-after-ms": "1500" }, 1_500],
  ["milliseconds before seconds", { "retry-after-ms": "1500", "retry-after": "7" }, 1_500],
  [
    "seconds where milliseconds are garbage",
    { "retry-after-ms": "soon", "retry-after": "7" },
    7_000,
  ],
  ["zero", { "retry-after": "0" }, undefined],
  ["less than zero", { "retry-after": "-5" }, undefined],
  ["the past", { "retry-after": at(-30_000) }, undefined],
  ["the present", { "retry-after": at(0) }, undefined],
  ["nothing", {}, undefined],
  ["an empty text", { "retry-after": "" }, undefined],
  ["words", { "retry-after": "soon" }, undefined],
  ["hexadecimal", { "retry-after": "0x10" }, undefined],
  ["an exponent", { "retry-after": "1e3" }, undefined],
  ["two values", { "retry-after": "5, 10" }, undefined],
  ["Infinity", { "retry-after": "Infinity" }, undefined],
  ["more digits than a number has", { "retry-after": "9".repeat(400) }, undefined],
];

for (const [what, headers, ms] of forms) {
  Deno.test(`Retry-After: ${what} means ${ms ?? "no"} ms`, () => {
    assertEquals(retryAfterMs(headers, NOW), ms);
  });
}

/** The times of the requests of a job that is polled every second. */
async function pollTimes(responses: readonly ScriptedResponse[]): Promise<number[]> {
  await using world = createWorld([...responses, DONE], { startMs: NOW });
  await outcomeOf(world, world.runtime.start(jobs.unsent()));
  return world.times();
}

const waiting = (headers: Record<string, string>): ScriptedResponse => ({ ...PENDING, headers });

const polls: [claim: string, responses: ScriptedResponse[], times: number[]][] = [
  ["is respected on the first reply", [{ ...ACCEPTED, headers: { "retry-after": "5" } }], [
    0,
    5_000,
  ]],
  ["is not sticky", [ACCEPTED, waiting({ "retry-after": "9" }), PENDING], [
    0,
    1_000,
    10_000,
    11_000,
  ]],
  ["is a lower bound: a shorter one changes nothing", [
    ACCEPTED,
    waiting({ "retry-after-ms": "10" }),
  ], [
    0,
    1_000,
    2_000,
  ]],
  ["is respected as a date", [ACCEPTED, waiting({ "retry-after": at(8_000) })], [0, 1_000, 8_000]],
  ["is measured against the server's own date", [
    ACCEPTED,
    waiting({ "retry-after": at(-3_592_000), date: at(-3_600_000) }),
  ], [0, 1_000, 9_000]],
  ["is ignored where it is garbage", [ACCEPTED, waiting({ "retry-after": "later" })], [
    0,
    1_000,
    2_000,
  ]],
  ["is ignored where it has passed", [ACCEPTED, waiting({ "retry-after": at(-1_000) })], [
    0,
    1_000,
    2_000,
  ]],
  ["bounds what the protocol itself wants", [
    ACCEPTED,
    { status: 200, json: { waitMs: 10 }, headers: { "retry-after": "4" } },
    { status: 200, json: { waitMs: 10 } },
  ], [0, 1_000, 5_000, 5_010]],
  ["is respected before a retry", [
    ACCEPTED,
    { status: 503, headers: { "retry-after": "20" } },
    PENDING,
  ], [
    0,
    1_000,
    21_000,
    22_000,
  ]],
];

for (const [claim, responses, times] of polls) {
  Deno.test(`Retry-After ${claim}`, async () => {
    assertEquals(await pollTimes(responses), times);
  });
}
