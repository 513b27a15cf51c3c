/**
 * The `lro` command: waits for long-running operations of cloud APIs from a
 * shell.
 *
 * ```text
 * lro wait <provider> ...   start an operation, wait, print its value as JSON
 * lro resume <token>        take one up again, here or on another machine
 * lro lxd <ls|show|cancel>  list, show or cancel operations of LXD
 * lro plan                  show when an operation would be polled
 * lro inspect               watch all unfinished ones in a browser
 * lro machines [name]       list the statecharts, or draw one
 * lro demo                  watch many run against emulated providers
 * lro linode events         list an account's events as they come
 * ```
 *
 * The value goes to the standard output, everything else to the standard error
 * stream. As soon as the provider has accepted an operation a line
 * `lro resume <token>` is printed; from then on the process may be killed at any
 * moment, and that line ends with the same value. For that, operations are
 * written down in `$XDG_STATE_HOME/lro` (`~/.local/state/lro`), readable by their
 * owner only, and forgotten a day after their end.
 *
 * | exit code | meaning |
 * | --- | --- |
 * | 0 | the operation succeeded |
 * | 1 | it failed, or could not be reached |
 * | 2 | the command was called in a wrong way |
 * | 3 | the provider forgot the operation or its result |
 * | 4 | it was canceled |
 * | 124 | the deadline passed; it may still run |
 * | 130, 143 | stopped by Ctrl-C, by SIGTERM; it may still run |
 * | 141 | the output could not be written, e.g. nobody reads it any more (`| head -1`); it may still run |
 *
 * @module
 */
import { CommanderError } from "commander";
import { cleanLine } from "../model/clean_text.ts";
import { OUTPUT_LOST, USAGE } from "./exit_code.ts";
import { failureOf, guardStream, onFailure } from "./guarded_stream.ts";
import { type CliIo, systemIo } from "./io.ts";
import { createProgram } from "./program.ts";
import { UsageError } from "./usage_error.ts";

export type { CliIo, CliSignal } from "./io.ts";
export type { TextStream } from "./text_stream.ts";

/**
 * Runs the command.
 *
 * @example The polls of a minute
 * ```ts
 * import { main } from "@lro/machines/cli";
 * import { assertEquals } from "@std/assert";
 *
 * let output = "";
 * const stdout = { write: (text: string) => output += text };
 * const exitCode = await main(["plan", "--schedule", "fixed:20s", "--deadline", "1m", "--json"], {
 *   stdout,
 * });
 * assertEquals(exitCode, 0);
 * assertEquals(JSON.parse(output), [20_000, 40_000]);
 * ```
 *
 * @param args The arguments, without the program's name.
 * @param io The doors to the world; the process's own where they are not given.
 * @returns The exit code; it never rejects for anything that a user can do.
 */
export async function main(
  args: readonly string[],
  io: { readonly [Door in keyof CliIo]?: CliIo[Door] | undefined } = {},
): Promise<number> {
  const given = { ...systemIo(), ...onlyGiven(io) };
  const stdout = guardStream(given.stdout);
  const world: CliIo = {
    ...given,
    stdout,
    stderr: guardStream(given.stderr),
    onSignal(listener) {
      const unlisten = given.onSignal(listener);
      const unhear = onFailure(stdout, () => listener("SIGPIPE"));
      return () => {
        unlisten();
        unhear();
      };
    },
  };
  const exitCode = await runProgram(args, world);
  const failure = await failureOf(stdout);
  if (failure === undefined || exitCode !== 0) return exitCode;
  world.stderr.write(`error: Cannot write to the standard output: ${failure}\n`);
  return OUTPUT_LOST;
}

/** Without what is `undefined`, which would hide what is there without it. */
function onlyGiven(io: Parameters<typeof main>[1] & object): Partial<CliIo> {
  return Object.fromEntries(Object.entries(io).filter(([, door]) => door !== undefined));
}

async function runProgram(args: readonly string[], world: CliIo): Promise<number> {
  let exitCode = 0;
  const finish = (code: number): void => void (exitCode = code);
  try {
    await createProgram({ io: world, finish }).parseAsync(args, {
      from: "user",
    });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? 0 : USAGE; // told already
    }
    const message = error instanceof Error ? error.message : String(error);
    const isUsage = error instanceof UsageError; // our own words, which may take several lines
    world.stderr.write(`error: ${isUsage ? message : cleanLine(message)}\n`);
    return isUsage ? USAGE : 1;
  }
}
