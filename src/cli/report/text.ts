/**
 * For people: live progress or plain lines, the token, the value.
 *
 * @module
 */
import { cleanJson } from "../../model/clean_text.ts";
import type { AnyLroError } from "../../model/errors.ts";
import type { Outcome } from "../../model/outcome.ts";
import type { ResumeToken } from "../../model/token.ts";
import { createDisplay } from "../display/create_display.ts";
import { errorText } from "../text/error_text.ts";
import type { CliIo, CliSignal } from "../io.ts";
import { createPaint } from "../text/paint.ts";
import { recoveryOf, resumeLine } from "../text/resume_line.ts";
import type { Reporter, ReporterOptions } from "./reporter.ts";

/** Creates the reporter. */
export function createTextReporter(options: ReporterOptions): Reporter {
  const { io, label, store } = options;
  const display = createDisplay(io);
  const warn = (text: string): void => display.print(warningText(text, io));
  return {
    follow: (handle) => display.follow({ label: label ?? handle.snapshot.kind }, handle),
    accepted: (token) => display.print(`${resumeLine(token, store)}\n`),
    ended(outcome, token) {
      display.close();
      writeOutcome(outcome, { ...options, token });
    },
    interrupted(signal, token) {
      display.close();
      io.stderr.write(interruptionText(signal, token, store));
    },
    remark: (text) => display.print(`${text}\n`),
    warn,
    close: () => display.close(),
  };
}

/** The value to the standard output, or the error to the other. */
export function writeOutcome(
  outcome: Outcome,
  options: ReporterOptions & { readonly token: ResumeToken | undefined },
): void {
  const { io, store, credentialsHelp, token } = options;
  const { stdout, stderr, env } = io;
  if (outcome.kind === "succeeded") {
    const indent = stdout.isTTY ? 2 : undefined;
    stdout.write(`${cleanJson(outcome.value, indent)}\n`);
    return;
  }
  const paint = createPaint(stderr, env);
  stderr.write(errorText(outcome.error as AnyLroError, {
    paint,
    store,
    credentialsHelp,
    token,
  }));
}

/** What to tell somebody who pressed Ctrl-C. */
export function interruptionText(
  signal: CliSignal,
  token: ResumeToken,
  store?: string,
): string {
  const why = signal === "SIGPIPE" ? "nobody reads the output any more" : signal;
  const stopped = `Stopped waiting (${why})`;
  switch (recoveryOf(token)) {
    case "resume":
      return `${stopped}; the operation goes on. Take it up again with\n${
        resumeLine(token, store)
      }\n`;
    case "begin":
      return `${stopped}; nothing was started by this command yet. Go on with\n${
        resumeLine(token, store)
      }\n`;
    case "restart":
      return `${stopped}; nothing was started.\n`;
    case "unclear":
      return `${stopped} while the request that starts it was out: it may have been started, ` +
        "check with the provider before you start it again.\n";
  }
}

/** A remark, marked as such. */
export function warningText(
  text: string,
  io: Pick<CliIo, "stderr" | "env">,
): string {
  return `${createPaint(io.stderr, io.env)("yellow", "warning:")} ${text}\n`;
}
