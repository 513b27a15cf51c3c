/**
 * The options that every command that waits takes.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Schedule } from "../model/schedule.ts";
import { parseDuration } from "./text/duration.ts";
import { addInspectionOptions, type InspectionOptions } from "./inspection.ts";
import { parseSchedule } from "./text/schedule_text.ts";

/** Their values. */
export interface WaitingOptions extends InspectionOptions {
  /** Longest wait in all, in milliseconds. */
  readonly deadline?: number;
  /** When to poll. */
  readonly schedule?: Schedule;
  /** Attempts for each request. */
  readonly retryAttempts?: number;
  /** The credentials file. */
  readonly credentials?: string;
  /** The file of a bearer token. */
  readonly tokenFile?: string;
  /** The journal's directory, or `false` for no journal. */
  readonly store?: string | false;
  /** NDJSON on the standard output. */
  readonly json?: boolean;
  /** Nothing but the value, and errors. */
  readonly quiet?: boolean;
}

/** Adds them to a command. */
export function addWaitingOptions(command: Command): Command {
  return addInspectionOptions(command)
    .addOption(
      deadlineOption(
        "longest wait in all, e.g. 4m, 240s, or milliseconds; none for ever",
      ),
    )
    .addOption(scheduleOption())
    .option(
      "--retry-attempts <n>",
      "attempts for each request, the first included",
      parseCount,
    )
    .option(
      "--credentials <file>",
      "JSON file with credentials, instead of the environment",
    )
    .addOption(
      new Option(
        "--token-file <file>",
        "file with a bearer token, instead of the environment; read again when it is refused",
      ).conflicts("credentials"),
    )
    .option(
      "--store <dir>",
      "keep the journal in this directory (default: the user's state directory)",
    )
    .option("--no-store", "keep no journal")
    .addOption(
      new Option(
        "--json",
        "a JSON line for each change, the outcome in the last",
      ).conflicts("quiet"),
    )
    .option("--quiet", "only the value, and errors");
}

/** `--deadline`. */
export function deadlineOption(description: string): Option {
  return new Option("--deadline <time>", description).argParser((text) =>
    text === "none" ? Infinity : read(() => parseDuration(text))
  );
}

/** `--schedule`. */
export function scheduleOption(): Option {
  const description =
    "when to poll: fixed:2s, or exponential:1s,1.5,10s (first pause, factor, longest)";
  return new Option("--schedule <schedule>", description)
    .argParser((text) => read(() => parseSchedule(text)));
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number of 1 or more.");
}

/** Tells commander what is wrong with an argument, in its own way. */
function read<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}
