import { assertEquals } from "@std/assert";
import { parseQuery, sortRows } from "../../../src/inspector/page/query.ts";
import { rankOf, stuckReason, toneOf } from "../../../src/inspector/page/trouble.ts";
import type { WireRow } from "../../../src/inspector/wire/wire.ts";

const NOW = 1_000_000;

function row(id: string, more: Partial<WireRow> = {}): WireRow {
  return {
    id,
    machine: "cloud.job",
    isOperation: true,
    status: "active",
    value: "polling.waiting",
    polls: 0,
    requests: 0,
    startedAt: NOW - 1_000,
    entry: 1,
    ...more,
  };
}

const failed = row("failed", {
  status: "done",
  value: "failed",
  code: "transport",
  note: "No way",
});
const succeeded = row("fine", { status: "done", value: "succeeded", startedAt: NOW - 3_000 });
const stopped = row("stopped", { status: "stopped" });
const retrying = row("retrying", { retries: 2, askedAt: NOW });
const slow = row("slow", { value: "polling.requesting", askedAt: NOW - 20_000 });
const overdue = row("overdue", { nextPollAt: NOW - 11_000 });
const waiting = row("waiting", { nextPollAt: NOW + 5_000, machine: "other.job" });
const asking = row("asking", { askedAt: NOW - 100, value: "polling.requesting" });
const timedOut = row("late", { status: "done", value: "timedOut" });
const ALL = [succeeded, waiting, stopped, asking, overdue, timedOut, slow, retrying, failed];

const QUERIES: readonly (readonly [query: string, ids: readonly string[]])[] = [
  ["", ALL.map(({ id }) => id)],
  ["state:failed", ["failed"]],
  ["STATE:Timed", ["late"]],
  ["state:requesting", ["asking", "slow"]],
  ["provider:other", ["waiting"]],
  ["machine:cloud.job state:succeeded", ["fine"]],
  ["is:stuck", ["overdue", "slow", "retrying"]],
  ["is:asking", ["asking", "slow", "retrying"]],
  ["is:ended", ["fine", "stopped", "late", "failed"]],
  ["is:active -is:stuck", ["waiting", "asking"]],
  ["code:trans", ["failed"]],
  ["id:low", ["slow"]],
  ["no way", ["failed"]],
  ["is:whatever", []],
  ["-", ALL.map(({ id }) => id)],
];
for (const [query, ids] of QUERIES) {
  Deno.test(`the search "${query}" finds ${ids.length} of ${ALL.length}`, () => {
    const matches = parseQuery(query);
    assertEquals(ALL.filter((each) => matches(each, NOW)).map(({ id }) => id), ids);
  });
}

Deno.test("failed comes first, then what gave up, then stuck, then active, then the rest", () => {
  const rows = sortRows([...ALL], "attention", NOW);
  assertEquals(rows.map((each) => rankOf(each, NOW)), [0, 1, 2, 2, 2, 3, 3, 4, 5]);
  assertEquals([rows[0]?.id, rows.at(-1)?.id], ["failed", "fine"]);
});

Deno.test("rows sort by their next poll, those without one at the end", () => {
  assertEquals(sortRows([succeeded, waiting, overdue], "nextPoll", NOW).map(({ id }) => id), [
    "overdue",
    "waiting",
    "fine",
  ]);
});

Deno.test("ids sort as people count", () => {
  const ids = sortRows(["n10", "n9", "n1"].map((id) => row(id)), "id", NOW).map(({ id }) => id);
  assertEquals(ids, ["n1", "n9", "n10"]);
});

Deno.test("an operation is stuck when attempts fail, an answer takes long, or a poll is overdue", () => {
  assertEquals(stuckReason(retrying, NOW), "2 attempts failed");
  assertEquals(stuckReason(slow, NOW), "no answer for long");
  assertEquals(stuckReason(overdue, NOW), "its poll is overdue");
  assertEquals(stuckReason(waiting, NOW), undefined);
  assertEquals(stuckReason({ ...retrying, status: "done" }, NOW), undefined);
});

Deno.test("the tone of a row follows its state", () => {
  assertEquals(
    [succeeded, failed, timedOut, stopped, retrying, asking, waiting].map((each) =>
      toneOf(each, NOW)
    ),
    ["good", "bad", "warn", "off", "warn", "live", "idle"],
  );
});
