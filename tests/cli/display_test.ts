import { assert, assertEquals, assertMatch } from "@std/assert";
import type { OperationSnapshot } from "@lro/machines";
import { stripVTControlCharacters } from "node:util";
import {
  chooseRows,
  type Row,
  rowFields,
  rowHeadings,
  rowText,
} from "../../src/cli/display/rows.ts";
import { phaseText, stateText } from "../../src/cli/display/state_text.ts";
import { createStage } from "./_console.ts";

const plain = (_colour: string, text: string): string => text;

function snapshot(fields: Partial<OperationSnapshot> = {}): OperationSnapshot {
  return {
    id: "1",
    provider: "elasticio",
    kind: "elasticio.execution",
    status: "active",
    state: "polling",
    value: { polling: "waiting" },
    polls: 3,
    requests: 4,
    startedAt: 0,
    nextPollAt: 12_500,
    ...fields,
  };
}

Deno.test("a live line tells state, polls, requests, time and the next poll in aligned columns", () => {
  const rows = [
    { label: "one", snapshot: snapshot() },
    {
      label: "two",
      snapshot: snapshot({ value: { polling: "requesting" }, step: "poll", requests: 12 }),
    },
    { label: "three", snapshot: snapshot({ state: "initial", value: { initial: "scheduling" } }) },
  ].map((row, index) => index === 1 ? { ...row, snapshot: withoutNextPoll(row.snapshot) } : row);
  const fields = rowFields(rows, 80);
  const lines = [
    rowHeadings(fields, plain),
    ...rows.map((row) => rowText(row, fields, { now: 10_000, paint: plain })),
  ];
  assertEquals(lines, [
    "   operation  state               polls  requests    elapsed  next poll",
    "⠋  one        polling.waiting         3         4     10.0 s      2.5 s",
    "⠋  two        polling.requesting      3        12     10.0 s        now",
    "⠋  three      initial.scheduling      3         4     10.0 s",
  ]);
});

Deno.test("a live line tells the percentage if the provider does", () => {
  const row = { label: "one", snapshot: snapshot({ progress: { percent: 45.7 } }) };
  const fields = rowFields([row], 80);
  assertMatch(rowText(row, fields, { now: 0, paint: plain }), / {2}━━━━━─{5} +45 % {2}/);
});

for (
  const [width, headings] of [
    [120, "provider  operation state  done polls requests elapsed next poll"],
    [100, "provider  operation state  done polls requests elapsed"],
    [80, "provider  operation state  done polls elapsed"],
    [60, "operation state  done elapsed"],
    [40, "operation state"],
  ] as const
) {
  Deno.test(`on ${width} columns a live line says what tells most, and fits`, () => {
    const row: Row = {
      provider: "Oracle Cloud",
      label: "create, same feed",
      snapshot: snapshot({
        value: { polling: { awaitingFinish: "requesting" } },
        progress: { percent: 100 },
      }),
    };
    const fields = rowFields([row], width);
    const line = rowText(row, fields, { now: 90_061_000, paint: plain });
    assertEquals(
      rowHeadings(fields, plain).trim().split(/ +/).join(" "),
      headings.split(/ +/).join(" "),
    );
    assert(line.length <= width, line);
    assertMatch(line, /create, s(ame feed|.*…) {2}awaitingFinish/);
  });
}

Deno.test("a long name is cut only where there is no room for it", () => {
  const label = "a-very-long-name-that-somebody-gave-to-this-operation";
  const row = { label, snapshot: snapshot() };
  const lineOn = (width: number) =>
    rowText(row, rowFields([row], width), { now: 90_061_000, paint: plain });
  assert(lineOn(120).includes(label));
  assertMatch(lineOn(80), /^⠋ {2}a-very-long-name-[a-z-]*… {2}polling\.waiting /);
  assert(lineOn(80).length <= 80);
});

Deno.test("a live line shows at its beginning whether and how an operation ended", () => {
  const mark = (
    state: OperationSnapshot["state"],
    status: OperationSnapshot["status"] = "done",
  ) => {
    const row = { label: "one", snapshot: snapshot({ state, status, value: state }) };
    return rowText(row, rowFields([row], 80), { now: 0, paint: plain })[0];
  };
  const ends = ["succeeded", "failed", "expired", "canceled", "timedOut"] as const;
  assertEquals(ends.map((state) => mark(state)).join(""), "✔✖✖◼◼");
  assertEquals(mark("polling", "stopped"), "◼");
});

Deno.test("where not all rows fit, those that have not ended are shown first", () => {
  const ended = snapshot({
    outcome: { kind: "succeeded", value: 1, polls: 1, requests: 1, elapsedMs: 1 },
  });
  const rows = ["a", "b", "c", "d"].map((label) => ({
    label,
    snapshot: label === "a" ? ended : snapshot(),
  }));
  const labels = (lines: number) => {
    const { shown, hidden } = chooseRows(rows, lines);
    return [...shown.map(({ label }) => label), hidden];
  };
  assertEquals(labels(4), ["a", "b", "c", "d", 0]);
  assertEquals(labels(3), ["b", "c", 2]);
});

Deno.test("states are told as paths, shortened from the front", () => {
  assertEquals(stateText({ polling: "waiting" }, 18), "polling.waiting");
  const awaiting = { polling: { awaitingFinish: "waiting" } };
  assertEquals(
    [30, 22, 18, 8].map((width) => stateText(awaiting, width)),
    ["polling.awaitingFinish.waiting", "awaitingFinish.waiting", "awaitingFinish", "waiting"],
  );
  assertEquals(phaseText({ polling: { awaitingFinish: "waiting" } }), "polling.awaitingFinish");
  assertEquals(phaseText({ polling: "retrieving" }), "polling.retrieving");
  assertEquals(phaseText("succeeded"), "succeeded");
});

Deno.test("on a terminal the last line stays, and the cursor comes back", async () => {
  const stage = createStage({ plan: { durationMs: 2_000, result: 1 } });
  const { exitCode, stderr, stdout } = await stage.wait([], { terminal: 80 });
  assertEquals([exitCode, stdout], [0, "1\n"]);
  const last = stripVTControlCharacters(stderr).trimEnd().split("\n").at(-1)!;
  assertMatch(last, /^✔ {2}elasticio\.execution {2}succeeded +2 +4 +2\.5 s$/);
  assert(stderr.lastIndexOf("\x1b[?25h") > stderr.lastIndexOf("\x1b[?25l"), "cursor");
  assert(stderr.lastIndexOf("\x1b[?7h") > stderr.lastIndexOf("\x1b[?7l"), "line wrap");
});

Deno.test("on a terminal the token is printed while long lines wrap", async () => {
  const { stderr } = await createStage().wait([], { terminal: 80 });
  const before = stderr.slice(0, stderr.indexOf("lro resume"));
  assert(before.lastIndexOf("\x1b[?7h") >= before.lastIndexOf("\x1b[?7l"));
});

Deno.test("on a terminal a line is redrawn in place ten times a second, and only then", async () => {
  const stage = createStage({ plan: { durationMs: 4_000, result: 1 } });
  const { stderr } = await stage.wait(["--schedule", "fixed:3s"], { terminal: 80 });
  const times = [
    ...stripVTControlCharacters(stderr).matchAll(/polling\.waiting .* (\d\.\d) s$/gm),
  ];
  const seconds = times.map(([, time]) => Number(time));
  assertEquals(seconds.slice(0, 30), Array.from({ length: 30 }, (_, index) => index / 10));
});

Deno.test("NO_COLOR is respected", async () => {
  const coloured = await createStage().wait([], { terminal: 80 });
  const uncoloured = await createStage().wait([], { terminal: 80, env: { NO_COLOR: "1" } });
  assert(coloured.stderr.includes("\x1b[32m"));
  // deno-lint-ignore no-control-regex -- these are what is looked for
  assertEquals(/\x1b\[\d*m/.test(uncoloured.stderr), false);
});

function withoutNextPoll(snapshot: OperationSnapshot): OperationSnapshot {
  const { nextPollAt: _gone, ...rest } = snapshot;
  return rest;
}

Deno.test("a live line says that it tries again, and why, within its width", () => {
  const trouble = { reason: "Fetch failed: Connection refused\nhere", attempts: 2 };
  const rows = [
    { label: "one", snapshot: snapshot({ trouble }) },
    { label: "two", snapshot: snapshot({ trouble: { reason: "HTTP 503", attempts: 1 } }) },
    { label: "three", snapshot: snapshot({ trouble, status: "stopped" }) },
  ];
  const fields = rowFields(rows, 80);
  assertEquals(rows.map((row) => rowText(row, fields, { now: 0, paint: plain })), [
    "⠋  one        trying again after 2 attempts: Fetch failed: Connection …",
    "⠋  two        trying again after 1 attempt: HTTP 503",
    "◼  three      stopped                 3         4      0.0 s",
  ]);
});

Deno.test("piped lines say why it tries again, and why it failed", async () => {
  const stage = createStage({
    plan: { durationMs: 3_000 },
    faults: [{ on: "poll", nth: 1, status: 503 }, { on: "poll", nth: 2, status: 502 }],
  });
  const good = await stage.wait();
  assertMatch(
    good.stderr,
    /polling {2}trying again after 1 attempt: HTTP 503\n.*polling {2}trying again after 2 attempts: HTTP 502\n.*polling\n.*polling\.retrieving\n.*succeeded/,
  );
  const bad = await createStage({ faults: [{ on: "poll", status: 404 }] }).wait();
  assertMatch(bad.stderr, /\w+ \(1 poll, 2 requests\) {2}operation-\w+: Cannot poll /);
});
