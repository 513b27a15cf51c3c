import { assertEquals } from "@std/assert";
import type { ScriptedResponse } from "@lro/machines/testing";
import { monitored, ok, play, RUNNING, SUCCEEDED } from "./_play.ts";

const NOW = "Thu, 01 Jan 1970 00:00:00 GMT"; // when the virtual clock starts

/** When polls are sent after a first reply and a second with these headers. */
async function times(
  first: Readonly<Record<string, string>>,
  second: Readonly<Record<string, string>> = {},
): Promise<readonly number[]> {
  const replies: ScriptedResponse[] = [
    monitored(first),
    { ...RUNNING, headers: second },
    RUNNING,
    SUCCEEDED,
  ];
  return (await play({ method: "POST", pollIntervalMs: 1_000 }, replies)).times.slice(1);
}

Deno.test("the first poll is sent at once, the others by the interval", async () => {
  assertEquals(await times({}), [0, 1_000, 2_000]);
  const played = await play({ method: "POST" }, [monitored(), RUNNING, SUCCEEDED]);
  assertEquals(played.times, [0, 0, 30_000]);
});

const forms: [string, Readonly<Record<string, string>>, number][] = [
  ["whole seconds", { "retry-after": "7" }, 7_000],
  ["a fraction of seconds", { "retry-after": "1.5" }, 1_500],
  ["an HTTP-date", { "retry-after": "Thu, 01 Jan 1970 00:00:09 GMT", date: NOW }, 9_000],
  ["retry-after-ms", { "retry-after-ms": "2500" }, 2_500],
  ["x-ms-retry-after-ms", { "x-ms-retry-after-ms": "3500" }, 3_500],
  ["milliseconds rather than seconds", { "retry-after": "9", "retry-after-ms": "4500" }, 4_500],
  ["more than a day", { "retry-after": "90000" }, 90_000_000],
];
for (const [what, headers, ms] of forms) {
  Deno.test(`Retry-After of ${what} delays the first poll, and is not sticky`, async () => {
    assertEquals(await times(headers), [ms, ms + 1_000, ms + 2_000]);
  });

  Deno.test(`Retry-After of ${what} delays the next poll, and is not sticky`, async () => {
    assertEquals(await times({}, headers), [0, ms, ms + 1_000]);
  });
}

const ignored: Readonly<Record<string, string>>[] = [
  { "retry-after": "0" },
  { "retry-after": "0.5" }, // less than the interval
  { "retry-after": "-1" },
  { "retry-after": "soon" },
  { "retry-after": "/bar" },
  { "retry-after": "" },
  { "retry-after": "Infinity" },
  { "retry-after": "1e3" },
  { "retry-after": "Wed, 31 Dec 1969 23:59:00 GMT", date: NOW },
  { "retry-after-ms": "-5", "x-ms-retry-after-ms": "x" },
];
for (const headers of ignored) {
  Deno.test(`a reply with ${JSON.stringify(headers)} leaves the schedule as it is`, async () => {
    assertEquals(await times({}, headers), [0, 1_000, 2_000]);
    if (headers["retry-after"] !== "0.5") {
      assertEquals(await times(headers), [0, 1_000, 2_000]);
    }
  });
}

Deno.test("Retry-After counts in every way to poll", async () => {
  const later = { "retry-after": "100" };
  const byLocation = await play({ method: "POST" }, [
    { status: 202, headers: { location: "/l", ...later } },
    { status: 202, headers: later },
    ok(1),
  ]);
  assertEquals(byLocation.times, [0, 100_000, 200_000]);
  const byResource = await play({}, [
    { status: 202, headers: later },
    { status: 202, headers: later },
    ok({ id: "/r" }),
  ]);
  assertEquals(byResource.times, [0, 100_000, 200_000]);
});

Deno.test("Retry-After does not delay the final GET", async () => {
  const played = await play({}, [
    monitored(),
    { ...SUCCEEDED, headers: { "retry-after": "100" } },
    ok({ id: "/r" }),
  ]);
  assertEquals(played.times, [0, 0, 0]);
});

Deno.test("a server that is busy is asked again when it says", async () => {
  const busy = { status: 429, headers: { "retry-after": "40" } };
  const played = await play({ method: "POST" }, [busy, monitored(), busy, RUNNING, SUCCEEDED]);
  assertEquals(played.times, [0, 40_000, 40_000, 80_000, 110_000]);
});
