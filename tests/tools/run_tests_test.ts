import { assertEquals } from "@std/assert";
import { count } from "../../tools/run_tests.ts";

Deno.test("count() reads the summary, in colour and with steps", () => {
  assertEquals(count("ok | 12 passed | 0 failed (3s)\n", 0), {
    passed: 12,
    failed: 0,
    skipped: 0,
  });
  const output = "\x1b[32mok\x1b[0m | 3 passed (2 steps) | 0 failed " +
    "| 1 ignored (1 step) | 4 filtered out \x1b[90m(5ms)\x1b[0m\n";
  assertEquals(count(output, 0), { passed: 3, failed: 0, skipped: 1 });
});

Deno.test("count() finds the summary before a long table", () => {
  const table = "| File | Branch % | Line % |\n".repeat(500);
  assertEquals(count(`ok | 2 passed | 0 failed (1ms)\n${table}`, 0), {
    passed: 2,
    failed: 0,
    skipped: 0,
  });
});

Deno.test("count() takes the last summary: a test may have printed another", () => {
  const output = "ok | 99 passed | 0 failed\nFAILED | 1 passed | 2 failed\n";
  assertEquals(count(output, 1), { passed: 1, failed: 2, skipped: 0 });
});

Deno.test("count() counts a failure where there is no summary", () => {
  const crashed = { passed: 0, failed: 1, skipped: 0 };
  assertEquals(count("", 0), crashed);
  assertEquals(count("error: Type checking failed.\n", 1), crashed);
  assertEquals(count("running 1 test from ./a_test.ts\n", 137), crashed);
});

Deno.test("count() counts a failure where nothing ran", () => {
  assertEquals(count("ok | 0 passed | 0 failed | 7 ignored\n", 0), {
    passed: 0,
    failed: 1,
    skipped: 7,
  });
});

Deno.test("count() takes it that all are skipped where all may be", () => {
  const skipped = { passed: 0, failed: 0, skipped: 7 };
  assertEquals(count("ok | 0 passed | 0 failed | 7 ignored\n", 0, 0), skipped);
  assertEquals(count("", 0, 0).failed, 1);
});

Deno.test("count() counts a failure where only the exit code tells", () => {
  assertEquals(count("ok | 5 passed | 0 failed (1ms)\n", 1), {
    passed: 5,
    failed: 1,
    skipped: 0,
  });
});

/** Runs one file under `testdata` through the runner. */
async function run(file: string): Promise<{ code: number; last: string }> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-read",
      "--allow-run",
      "--allow-write",
      "tools/run_tests.ts",
      ...file.split(" ").map((name) => `tests/tools/testdata/${name}`),
    ],
    stderr: "null",
  }).output();
  const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
  return { code, last: lines.at(-1) ?? "" };
}

Deno.test("the runner ends in the counted line, and passes the exit code on", async () => {
  assertEquals(await run("passing.ts"), {
    code: 0,
    last: "2 passed, 0 failed, 1 skipped",
  });
  assertEquals(await run("passing.ts failing.ts"), {
    code: 1,
    last: "3 passed, 1 failed, 1 skipped",
  });
});

Deno.test("the runner fails when a test file exits while it loads", async () => {
  assertEquals(await run("passing.ts exiting.ts"), {
    code: 1,
    last: "2 passed, 1 failed, 1 skipped",
  });
});

Deno.test("the runner fails when there are no tests", async () => {
  assertEquals(await run("empty.ts"), {
    code: 1,
    last: "0 passed, 1 failed, 0 skipped",
  });
});
