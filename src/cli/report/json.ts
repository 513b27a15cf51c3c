/**
 * Newline-delimited JSON: a line for each snapshot, one for the token, and the
 * outcome in the last.
 *
 * @module
 */
import { cleanJson } from "../../model/clean_text.ts";
import type { OperationSnapshot } from "../../model/outcome.ts";
import { encodeToken } from "../../core.ts";
import type { Reporter, ReporterOptions } from "./reporter.ts";
import { interruptionText, warningText } from "./text.ts";

/** Creates the reporter. */
export function createJsonReporter({ io, store }: ReporterOptions): Reporter {
  const { stdout, stderr, env } = io;
  const print = (value: unknown): void => void stdout.write(`${cleanJson(value)}\n`);
  const show = (snapshot: OperationSnapshot): void => {
    if (snapshot.outcome === undefined) print(snapshot); // the outcome has a line of its own
  };
  return {
    follow(handle) {
      show(handle.snapshot);
      handle.subscribe(show);
    },
    accepted: (token) => print({ token: encodeToken(token) }),
    ended: (outcome) => print(outcome),
    interrupted(signal, token) {
      if (signal === "SIGPIPE") stderr.write(interruptionText(signal, token, store));
      else print({ interrupted: signal, token: encodeToken(token) });
    },
    remark: () => {},
    warn: (text) => void stderr.write(warningText(text, { stderr, env })),
    close: () => {},
  };
}
