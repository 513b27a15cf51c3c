/**
 * What the command exits with.
 *
 * @module
 */
import type { OutcomeKind } from "../model/outcome.ts";
import type { CliSignal } from "./io.ts";

/** The command was called in a way that makes no sense. */
export const USAGE = 2;

const OF_OUTCOME: Readonly<Record<OutcomeKind, number>> = {
  succeeded: 0,
  failed: 1,
  expired: 3,
  canceled: 4,
  timedOut: 124, // as `timeout` of coreutils
};

const OF_SIGNAL: Readonly<Record<CliSignal, number>> = {
  SIGINT: 130,
  SIGTERM: 143,
  SIGPIPE: 141,
};

/** The operation may have succeeded, and its value did not get out. */
export const OUTPUT_LOST = OF_SIGNAL.SIGPIPE;

/** The exit code of an operation's end. */
export function codeOfOutcome(kind: OutcomeKind): number {
  return OF_OUTCOME[kind];
}

/** The exit code after a signal: 128 and its number. */
export function codeOfSignal(signal: CliSignal): number {
  return OF_SIGNAL[signal];
}

/** All of them, for `--help`. */
export const EXIT_CODES_HELP = `
Exit codes:
  0    the operation succeeded
  1    it failed, or could not be reached
  2    the command was called in a wrong way
  3    the provider forgot the operation or its result
  4    it was canceled
  124  the deadline passed; it may still run
  130  stopped by Ctrl-C (143 by SIGTERM); it may still run
  141  the output could not be written, e.g. nobody reads it any more`;
