import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createStage, run, tokenIn } from "./_console.ts";

Deno.test("lro wait prints the value, and nothing else, on the standard output", async () => {
  const stage = createStage({ plan: { durationMs: 5_000, result: { answer: 42 } } });
  const { exitCode, stdout } = await stage.wait();
  assertEquals([exitCode, stdout], [0, '{"answer":42}\n']);
});

Deno.test("lro wait prints null for a result without data", async () => {
  const { exitCode, stdout } = await createStage().wait();
  assertEquals([exitCode, stdout], [0, "null\n"]);
});

Deno.test("lro wait prints one line for each step forward, none for a poll without news", async () => {
  const stage = createStage({ plan: { durationMs: 20_000, result: 1 } });
  const { stderr } = await stage.wait(["--schedule", "fixed:2s"]);
  assertEquals(
    stderr.replace(tokenIn(stderr), "TOKEN"),
    [
      "    0.0 s  elasticio.execution  initial.scheduling",
      "    0.0 s  elasticio.execution  polling",
      "lro resume TOKEN",
      "   20.0 s  elasticio.execution  polling.retrieving",
      "   20.0 s  elasticio.execution  succeeded (10 polls, 12 requests)",
      "",
    ].join("\n"),
  );
});

Deno.test("lro wait prints the token once, before the first poll", async () => {
  const stage = createStage({ plan: { durationMs: 60_000 } });
  let pollsWhenPrinted = -1;
  const stderr: string[] = [];
  await stage.wait([], {
    stderr: {
      write(text) {
        stderr.push(text);
        if (text.includes("lro resume")) pollsWhenPrinted = stage.emulator.count("poll");
      },
    },
  });
  assertEquals(pollsWhenPrinted, 0);
  assertEquals(stderr.join("").match(/lro resume/g)?.length, 1);
});

Deno.test("lro wait --quiet prints the value only", async () => {
  const { stdout, stderr } = await createStage({ plan: { result: "x" } }).wait(["--quiet"]);
  assertEquals([stdout, stderr], ['"x"\n', ""]);
});

Deno.test("lro wait --json prints snapshots, the token when it is accepted, and the outcome last", async () => {
  const stage = createStage({ plan: { durationMs: 3_000, result: [1] } });
  const { stdout, stderr } = await stage.wait(["--json"]);
  const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(stderr, "");
  assertEquals(lines.map(({ state, token }) => state ?? (token ? "token" : "outcome")), [
    "initial",
    "polling",
    "token",
    ...Array(6).fill("polling"),
    "outcome",
  ]);
  assertEquals(lines.at(-1), {
    kind: "succeeded",
    value: [1],
    polls: 3,
    requests: 5,
    elapsedMs: 4_750,
  });
});

Deno.test("lro wait --json prints the whole error of an operation that failed", async () => {
  const stage = createStage({ plan: { end: "rejected", reason: { a: 1 } } });
  const { exitCode, stdout } = await stage.wait(["--json"]);
  const { kind, error } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
  assertEquals(exitCode, 1);
  assertEquals([kind, error.code, error.details], ["failed", "operation-failed", { a: 1 }]);
});

Deno.test("lro wait tells what happened, what the provider said, and what to do next", async () => {
  const stage = createStage({ plan: { end: "rejected", reason: { error: "no mailbox" } } });
  const { exitCode, stderr } = await stage.wait(["--quiet"]);
  assertEquals(exitCode, 1);
  assertEquals(
    stderr,
    [
      'error: operation-failed: Execution rejected: HTTP 400 "Rejected."',
      "  provider code:    400",
      "  provider message: Rejected.",
      '  details:          {"error":"no mailbox"}',
      "  next:             the operation is over; remove the cause and start a new one",
      "",
    ].join("\n"),
  );
});

Deno.test("lro wait exits with 3 when the provider forgot the operation", async () => {
  const stage = createStage({ plan: { end: "expires" } });
  assertEquals((await stage.wait()).exitCode, 3);
});

Deno.test("lro wait exits with 124 at the deadline and says how to go on", async () => {
  const stage = createStage({ plan: { durationMs: 60_000, result: "late" } });
  const { exitCode, stderr } = await stage.wait(["--deadline", "4s", "--quiet"]);
  assertEquals(exitCode, 124);
  assertStringIncludes(stderr, "error: deadline-exceeded: ");
  const again = await stage.run(["resume", tokenIn(stderr), "--no-store", "--deadline", "none"]);
  assertEquals([again.exitCode, again.stdout], [0, '"late"\n']);
  assertEquals(stage.emulator.count("schedule"), 1);
});

Deno.test("lro wait gives up after --retry-attempts and says how to go on", async () => {
  const stage = createStage({ faults: [{ on: "poll", status: 500 }] });
  const { exitCode, stderr } = await stage.wait(["--retry-attempts", "2"]);
  assertEquals([exitCode, stage.emulator.count("poll")], [1, 2]);
  assertMatch(stderr, /error: transport: [\s\S]*take it up again with\nlro resume \S+\n$/);
});

Deno.test("lro wait does not offer to resume what may or may not have been scheduled", async () => {
  const stage = createStage({ faults: [{ on: "schedule", drop: "after" }] });
  const { exitCode, stderr } = await stage.wait();
  assertEquals([exitCode, tokenIn(stderr)], [1, ""]);
  assertStringIncludes(stderr, "it may have been started; check with the provider");
});

Deno.test("lro wait stops at Ctrl-C with 130 and a token that goes on", async () => {
  const stage = createStage({ plan: { durationMs: 9_000, result: "done" } });
  const stopped = await stage.wait([], { signalAt: ["lro resume", "SIGINT"] });
  assertEquals([stopped.exitCode, stopped.stdout], [130, ""]);
  assertStringIncludes(stopped.stderr, "Stopped waiting (SIGINT); the operation goes on.");
  const token = stopped.stderr.trimEnd().split("lro resume ").at(-1)!;
  const resumed = await stage.run(["resume", token, "--no-store"]);
  assertEquals([resumed.exitCode, resumed.stdout], [0, '"done"\n']);
  assertEquals(stage.emulator.count("schedule"), 1);
});

Deno.test("lro wait stops at SIGTERM with 143", async () => {
  const stage = createStage({ plan: { durationMs: 9_000 } });
  const { exitCode } = await stage.wait([], { signalAt: ["lro resume", "SIGTERM"] });
  assertEquals(exitCode, 143);
});

Deno.test("lro wait takes a whole execution from the standard input", async () => {
  const stage = createStage();
  const execution = {
    execution_type: "verify_credentials",
    component: "c",
    account_data: { k: "v" },
  };
  const { exitCode, stderr } = await stage.run(
    ["wait", "elasticio", "--base-url", "http://127.0.0.1:1", "--execution", "-", "--no-store"],
    { stdin: JSON.stringify(execution) },
  );
  assertEquals(exitCode, 0);
  assertEquals(stderr.includes("warning"), false);
  assertEquals(stage.emulator.executions[0]?.request, execution);
});

Deno.test("lro wait joins an execution that somebody else scheduled", async () => {
  const stage = createStage({ plan: { result: 7 } });
  await stage.emulator.fetch("http://127.0.0.1:1/v1/exec/schedule", {
    method: "POST",
    body: '{"execution_type":"verify_credentials","component":"c","account_data":{}}',
  });
  const id = stage.emulator.executions[0]!.id;
  const { stdout } = await stage.run(
    ["wait", "elasticio", "--base-url", "http://127.0.0.1:1", "--execution-id", id, "--no-store"],
  );
  assertEquals([stdout, stage.emulator.count("schedule")], ["7\n", 1]);
});

for (
  const [args, message] of [
    [["wait", "elasticio"], "Expected exactly one of --execution-id, --execution"],
    [["wait", "elasticio", "--type", "x"], "execution.execution_type must be get_meta_model"],
    [["wait", "elasticio", "--jsn"], "unknown option '--jsn'\n(Did you mean --json?)"],
    [["wait", "elastcio"], "unknown command 'elastcio'\n(Did you mean elasticio?)"],
    [["wiat"], "unknown command 'wiat'\n(Did you mean wait?)"],
    [["wait", "elasticio", "--deadline", "4x"], "expected such as 4m, 1.5s, 250ms"],
    [["wait", "elasticio", "--schedule", "sometimes"], "expected fixed:2s or exponential:"],
    [["wait", "elasticio", "--retry-attempts", "0"], "Expected a whole number of 1 or more"],
    [["wait", "elasticio", "--json", "--quiet"], "cannot be used with option '--quiet'"],
    [["wait", "elasticio", "--execution", "{secret"], "Cannot read --execution: it is not JSON"],
    [["wait", "elasticio", "--cfg", "@/nowhere"], "file /nowhere: "],
    [["resume", "abc"], "Cannot read token: "],
    [["resume"], "missing required argument 'token'"],
    [[], "Usage: lro"],
  ] as const
) {
  Deno.test(`lro ${args.join(" ")} exits with 2 and says why`, async () => {
    const { exitCode, stdout, stderr } = await run(args);
    assertEquals([exitCode, stdout], [2, ""]);
    assertStringIncludes(stderr, message);
    assertEquals(stderr.includes("secret"), false);
  });
}

Deno.test("lro --help tells the exit codes and exits with 0", async () => {
  const { exitCode, stdout } = await run(["--help"]);
  assertEquals(exitCode, 0);
  for (const code of ["0 ", "1 ", "2 ", "3 ", "4 ", "124 ", "130 "]) {
    assertStringIncludes(stdout, `\n  ${code}`);
  }
});
