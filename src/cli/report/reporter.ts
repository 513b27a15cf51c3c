/**
 * What is told of one operation, and where: values and JSON on the standard
 * output, everything else on the standard error stream.
 *
 * @module
 */
import type { Outcome } from "../../model/outcome.ts";
import type { OperationHandle } from "../../model/handle.ts";
import type { ResumeToken } from "../../model/token.ts";
import type { CliIo, CliSignal } from "../io.ts";

/** Tells how one operation goes. */
export interface Reporter {
  /** It runs. */
  follow(handle: OperationHandle): void;
  /** The provider has it: from now on this token takes it up again. */
  accepted(token: ResumeToken): void;
  /**
   * It ended.
   *
   * @param token What takes it up again, unless that was the last word.
   */
  ended(outcome: Outcome, token?: ResumeToken): void;
  /** A signal ended the waiting. */
  interrupted(signal: CliSignal, token: ResumeToken): void;
  /** What goes on, for people alone. */
  remark(text: string): void;
  /** Something to know that is not an error. */
  warn(text: string): void;
  /** Whatever happened, nothing more is told. */
  close(): void;
}

/** Options for {@linkcode createReporter}. */
export interface ReporterOptions {
  /** The streams. */
  readonly io: CliIo;
  /** What the operation is called; its kind where it has no name of its own. */
  readonly label?: string | undefined;
  /** NDJSON instead of text. */
  readonly json?: boolean | undefined;
  /** Nothing but the value, and errors. */
  readonly quiet?: boolean | undefined;
  /** The journal's directory, where it is not the usual one. */
  readonly store?: string | undefined;
  /** How the provider takes credentials. */
  readonly credentialsHelp?: string | undefined;
}
