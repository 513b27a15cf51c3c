import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { formatDuration, parseDuration } from "../../src/cli/text/duration.ts";
import { codeOfOutcome } from "../../src/cli/exit_code.ts";
import { parseSchedule } from "../../src/cli/text/schedule_text.ts";
import { run } from "./_console.ts";

Deno.test("lro plan lists when an operation would be polled", async () => {
  const { exitCode, stdout } = await run([
    ...["plan", "--schedule", "exponential:1s,1.5,10s", "--deadline", "6s"],
  ]);
  assertEquals(exitCode, 0);
  assertEquals(
    stdout,
    [
      "   poll          at       pause",
      "      1       1.0 s       1.0 s",
      "      2       2.5 s       1.5 s",
      "      3       4.8 s       2.3 s",
      "3 polls before the deadline of 6.0 s",
      "",
    ].join("\n"),
  );
});

Deno.test("lro plan --json prints milliseconds", async () => {
  const { stdout } = await run(["plan", "--schedule", "fixed:2s", "--deadline", "7s", "--json"]);
  assertEquals(JSON.parse(stdout), [2_000, 4_000, 6_000]);
});

Deno.test("lro plan without an end is refused", async () => {
  const { exitCode, stderr } = await run(["plan", "--deadline", "none"]);
  assertEquals(exitCode, 2);
  assertStringIncludes(stderr, "deadlineMs must be positive and finite");
});

Deno.test("lro machines lists the kinds of operations", async () => {
  const { exitCode, stdout } = await run(["machines"]);
  assertEquals(exitCode, 0);
  assertMatch(stdout, /^elasticio\.execution +Schedules a component execution and waits/m);
});

Deno.test("lro machines NAME draws a statechart", async () => {
  const { stdout } = await run(["machines", "elasticio.execution"]);
  for (
    const line of [
      "stateDiagram-v2",
      'state "elasticio.execution" as machine {',
      'state "scheduling" as initial_scheduling',
      "initial_scheduling --> polling : accepted",
      "polling_requesting --> polling_retrieving : ready",
      "machine --> canceled : canceled, cancel",
      "succeeded --> [*]",
    ]
  ) {
    assertMatch(stdout, new RegExp(`^ *${RegExp.escape(line)}$`, "m"));
  }
});

Deno.test("lro machines NAME --format json prints the machine's config", async () => {
  const { stdout } = await run(["machines", "elasticio.execution", "--format", "json"]);
  const config = JSON.parse(stdout);
  assertEquals([config.id, config.initial], ["elasticio.execution", "initial"]);
  assertEquals(config.states.succeeded.type, "final");
});

Deno.test("lro machines names a near match of an unknown machine", async () => {
  const { exitCode, stderr } = await run(["machines", "elasticio.exection"]);
  assertEquals(exitCode, 2);
  assertStringIncludes(stderr, "(Did you mean elasticio.execution?)");
});

Deno.test("durations are read with units, and milliseconds without", () => {
  const texts = ["4m", "240s", "1.5s", "250", "250ms", "1h"];
  assertEquals(texts.map(parseDuration), [240_000, 240_000, 1_500, 250, 250, 3_600_000]);
  for (const text of ["", "4x", "-1s", "1e3", "s"]) {
    assertThrows(() => parseDuration(text), TypeError, "Cannot read duration");
  }
});

Deno.test("durations are written so that they can be read at a glance", () => {
  assertEquals(
    [0, 840, 59_949, 59_950, 61_000, 3_600_000, 90_061_000].map(formatDuration),
    ["0.0 s", "0.8 s", "59.9 s", "1 m 00 s", "1 m 01 s", "1 h 00 m", "25 h 01 m"],
  );
});

Deno.test("schedules are read as they are documented", () => {
  assertEquals(parseSchedule("fixed:2s"), { kind: "fixed", intervalMs: 2_000 });
  assertEquals(parseSchedule("exponential:1s,1.5,10s"), {
    kind: "exponential",
    initialMs: 1_000,
    factor: 1.5,
    maxMs: 10_000,
    jitter: 0,
  });
  assertThrows(() => parseSchedule("exponential:1s"), TypeError, "Cannot read schedule");
  assertThrows(() => parseSchedule("fixed:0"), RangeError);
});

Deno.test("every end of an operation has an exit code of its own", () => {
  assertEquals(
    (["succeeded", "failed", "expired", "canceled", "timedOut"] as const).map(codeOfOutcome),
    [0, 1, 3, 4, 124],
  );
});
