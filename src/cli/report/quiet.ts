/**
 * For scripts: the value, errors and warnings.
 *
 * @module
 */
import type { Reporter, ReporterOptions } from "./reporter.ts";
import { interruptionText, warningText, writeOutcome } from "./text.ts";

/** Creates the reporter. */
export function createQuietReporter(options: ReporterOptions): Reporter {
  const { io, store } = options;
  return {
    follow: () => {},
    accepted: () => {},
    ended: (outcome, token) => writeOutcome(outcome, { ...options, token }),
    interrupted: (signal, token) => void io.stderr.write(interruptionText(signal, token, store)),
    remark: () => {},
    warn: (text) => void io.stderr.write(warningText(text, io)),
    close: () => {},
  };
}
