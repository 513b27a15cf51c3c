/**
 * Runs `deno test` with the arguments given and no more permissions than the
 * tests need, and ends with the line that CI counts, for example
 * `12 passed, 0 failed, 1 skipped`. What is not clearly a success is a failure:
 * no summary, no tests, no end, a test file that exits while it loads.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";

/** Tests that take this long have come to a halt. */
const limitMs = 60 * 60_000;

/** How the tests of a run ended. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Reads what `deno test` printed.
 *
 * @param output Everything it printed, in or out of colour.
 * @param exitCode What it exited with.
 * @param least With fewer tests passed something is amiss; 0 where all may be skipped.
 * @returns The count; `failed` is at least one if anything is amiss.
 */
export function count(output: string, exitCode: number, least = 1): Count {
  const lines = stripVTControlCharacters(output).split("\n");
  const summary = lines.findLast((line) => /^(ok|FAILED) \| \d/.test(line));
  const number = (word: string) => Number(summary?.match(`(\\d+) ${word}`)?.[1] ?? 0);
  const passed = number("passed");
  // Deno notes a test file that exits at its top level, drops it, and goes on to succeed.
  const exited = lines.some((line) => /^note .* from outside any test/.test(line));
  const amiss = exitCode !== 0 || summary === undefined || passed < least || exited;
  const failed = Math.max(number("failed"), amiss ? 1 : 0);
  return { passed, failed, skipped: number("ignored") };
}

/** The arguments of `deno test`; `scratch` is the one folder that tests may write to. */
function testArguments(scratch: string): string[] {
  return [
    "test",
    "--doc",
    "--parallel",
    "--frozen",
    "--no-prompt",
    `--allow-read=.,${scratch},/usr/bin/chromium`,
    `--allow-write=${scratch}`,
    "--allow-net=127.0.0.1",
    // npm and its company for tests/npm alone, and a shell to send an output to a full disk.
    `--allow-run=${Deno.execPath()},node,npm,npx,sh,tar`,
  ];
}

/** A server that answers slowly while the machine is busy, so that its tests run when the others are over. */
const APART = "tests/real/lxd_test.ts";

/** Runs tests, shows what they print, and counts them. */
async function run(files: readonly string[], scratch: string): Promise<Count & { code: number }> {
  const colour = Deno.stdout.isTerminal() && !Deno.noColor;
  const child = new Deno.Command(Deno.execPath(), {
    args: [...testArguments(scratch), ...files],
    env: {
      TMPDIR: scratch,
      DENO_JOBS: String(navigator.hardwareConcurrency + 1), // some wait for servers and browsers
      ...(colour && { FORCE_COLOR: "1" }),
    },
    stdout: "piped",
    stderr: "inherit",
    signal: AbortSignal.timeout(limitMs),
  }).spawn();
  const [screen, record] = child.stdout.tee();
  const [output, { code }] = await Promise.all([
    new Response(record).text(),
    child.status,
    screen.pipeTo(Deno.stdout.writable, { preventClose: true }),
  ]);
  return { ...count(output, code, files.includes(APART) ? 0 : 1), code };
}

async function main(): Promise<number> {
  const scratch = await Deno.makeTempDir({ prefix: "lro-test-" });
  const runs = Deno.args.length > 0 ? [Deno.args] : [[`--ignore=${APART}`], [APART]];
  const total = { passed: 0, failed: 0, skipped: 0, code: 0 };
  try {
    for (const files of runs) {
      const { passed, failed, skipped, code } = await run(files, scratch);
      total.passed += passed;
      total.failed += failed;
      total.skipped += skipped;
      total.code ||= code;
    }
    console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
    return total.code || (total.failed > 0 ? 1 : 0);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await main());
