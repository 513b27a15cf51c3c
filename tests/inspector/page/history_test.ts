import { assertEquals } from "@std/assert";
import { findChanges } from "../../../src/inspector/page/diff.ts";
import { findExchanges, findSpans } from "../../../src/inspector/page/spans.ts";
import { spanText } from "../../../src/inspector/page/text.ts";
import type { WireEntry, WireSnapshot } from "../../../src/inspector/wire/wire.ts";

let count = 0;
function entry(type: WireEntry["type"], at: number, more: Partial<WireEntry> = {}): WireEntry {
  return { entry: ++count, type, at, ...more };
}

function snapshot(value: string, nextPollAt?: number): { readonly snapshot: WireSnapshot } {
  return {
    snapshot: {
      value,
      context: {},
      polls: 0,
      requests: 0,
      ...(nextPollAt !== undefined && { nextPollAt }),
    },
  };
}

const LIFE: readonly WireEntry[] = [
  entry("began", 0, snapshot("initial.sending")),
  entry("asked", 0, { message: { method: "POST", url: "/start" }, step: "send" }),
  entry("sent", 0),
  entry("replied", 100, { message: { status: 202, retryAfterMs: 900 } }),
  entry("moved", 100, snapshot("polling.waiting", 1_000)),
  entry("asked", 1_000, { message: { method: "GET", url: "/job" } }),
  entry("sent", 1_000),
  entry("moved", 1_000, snapshot("polling.requesting")),
  entry("repeats", 1_200, { message: { status: 503, retryAfterMs: 500 } }),
  entry("sent", 1_700),
  entry("replied", 1_800, { message: { status: 200 } }),
  entry("ended", 1_800, snapshot("succeeded")),
];

Deno.test("a history is spans of asking, waiting and pausing before another attempt", () => {
  const spans = findSpans(LIFE).map(({ kind, from, to, retryAfterMs, status }) => [
    kind,
    from,
    to,
    retryAfterMs ?? status,
  ]);
  assertEquals(spans, [
    ["requesting", 0, 100, 202],
    ["waiting", 100, 1_000, 900],
    ["requesting", 1_000, 1_200, 503],
    ["retrying", 1_200, 1_700, 500],
    ["requesting", 1_700, 1_800, 200],
  ]);
});

Deno.test("the last span goes on while the operation does", () => {
  assertEquals(findSpans(LIFE.slice(0, 5)).at(-1)?.to, undefined);
  assertEquals(findSpans(LIFE.slice(0, 3)).at(-1)?.kind, "requesting");
  assertEquals(findSpans([]), []);
});

Deno.test("calls, attempts and replies are put together", () => {
  const [start, poll, ...others] = findExchanges(LIFE);
  assertEquals(others, []);
  assertEquals([start?.call?.method, start?.end?.status, start?.step, start?.endedAt], [
    "POST",
    202,
    "send",
    100,
  ]);
  assertEquals(poll?.attempts, [
    { at: 1_000, message: { status: 503, retryAfterMs: 500 } },
    { at: 1_700 },
  ]);
  assertEquals(poll?.end?.status, 200);
});

Deno.test("a reply that tells the whole exchange is one", () => {
  const brief = [
    entry("began", 0, snapshot("initial.sending")),
    entry("replied", 90, {
      call: { method: "POST", url: "/start" },
      sentAt: 10,
      message: { status: 202 },
    }),
  ];
  assertEquals(findSpans(brief).map(({ kind, from, to }) => [kind, from, to]), [
    ["requesting", 10, 90],
  ]);
  assertEquals(findExchanges(brief).map(({ call, end, attempts }) => [call?.url, end, attempts]), [
    ["/start", { status: 202 }, [{ at: 10 }]],
  ]);
});

Deno.test("a reply without a call is one that was shared", () => {
  const [shared] = findExchanges([entry("replied", 5, { message: { status: 200 } })]);
  assertEquals([shared?.call, shared?.end?.status], [undefined, 200]);
});

Deno.test("an exchange that is under way has no end", () => {
  assertEquals(findExchanges(LIFE.slice(0, 3)).map(({ end }) => end), [undefined]);
});

Deno.test("a diff names what came, what went and what is another", () => {
  assertEquals(
    findChanges(
      { same: 1, old: true, other: { deep: [1, 2] }, empty: {} },
      { same: 1, other: { deep: [1, 3] }, fresh: null, empty: { now: "full" } },
    ),
    [
      { path: "other.deep.1", before: "2", after: "3" },
      { path: "fresh", after: "null" },
      { path: "empty.now", after: '"full"' },
      { path: "old", before: "true" },
    ],
  );
  assertEquals(findChanges({ a: 1 }, { a: 1 }), []);
  assertEquals(findChanges({}, { a: 1 }), [{ path: "a", after: "1" }]);
});

const SPANS: readonly (readonly [timeMs: number, text: string])[] = [
  [0, "0 ms"],
  [12, "12 ms"],
  [1_440, "1.4 s"],
  [59_999, "59 s"],
  [200_000, "3 m 20 s"],
  [7_500_000, "2 h 5 m"],
  [90_000_000, "1 d 1 h"],
  [-5, "0 ms"],
];
for (const [timeMs, text] of SPANS) {
  Deno.test(`${timeMs} ms are "${text}"`, () => assertEquals(spanText(timeMs), text));
}
