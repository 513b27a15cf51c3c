/**
 * The error of a command that was called in a wrong way.
 *
 * @module
 */
import { cleanLine } from "../model/clean_text.ts";

/** What is wrong with the command line, in one line without secrets. */
export class UsageError extends Error {
  /** The class's name. */
  override readonly name = "UsageError";
}

/** Runs `fn`; what the library calls misuse is the command line's mistake. */
export function checkUsage<T>(fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    throw toUsageError(error);
  }
}

/** The same error, or a {@linkcode UsageError} where the library says that it was misused. */
export function toUsageError(error: unknown): unknown {
  const isMisuse = error instanceof TypeError || error instanceof RangeError;
  // It may quote a token, or a file, and both may come from a stranger.
  return isMisuse ? new UsageError(cleanLine(error.message), { cause: error }) : error;
}
