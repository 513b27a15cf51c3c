/**
 * The options of a wait for an operation's result.
 *
 * @module
 */
import { checkOptions, having, type OptionRule } from "../../model/check_options.ts";
import type { ResultOptions } from "../../model/handle.ts";

export const SIGNAL: OptionRule = {
  ...having("addEventListener", "removeEventListener"),
  expected: "an AbortSignal",
};

/**
 * Checks the options of a wait for the result.
 *
 * @throws {TypeError} If one is unknown or of the wrong type.
 */
export function checkResultOptions(options: ResultOptions): void {
  checkOptions(options, { signal: SIGNAL }, "wait for result");
}
