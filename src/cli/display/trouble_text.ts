/**
 * Why an operation does not get on, or did not end well, in one line.
 *
 * @module
 */
import { cleanLine } from "../../model/clean_text.ts";
import type { OperationSnapshot, Outcome } from "../../model/outcome.ts";

/** Why it tries again; `undefined` where it does not. */
export function troubleText({ status, trouble }: OperationSnapshot): string | undefined {
  if (status !== "active" || trouble === undefined) return undefined;
  const { attempts, reason } = trouble;
  const times = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
  return `trying again after ${times}: ${cleanLine(reason)}`;
}

/** Why it ended; `undefined` where it ended well. */
export function reasonText(outcome: Outcome): string | undefined {
  if (outcome.kind === "succeeded") return undefined;
  const { code, message } = outcome.error;
  return `${code}: ${cleanLine(message)}`;
}
