/**
 * Errors in words: what happened, what the provider said, what to do next.
 *
 * @module
 */
import { cleanJson, cleanLine } from "../../model/clean_text.ts";
import type { AnyLroError } from "../../model/errors.ts";
import type { ResumeToken } from "../../model/token.ts";
import type { Paint } from "./paint.ts";
import { recoveryOf, resumeLine } from "./resume_line.ts";

/** What else the text may need. */
export interface ErrorTextOptions {
  /** Colour. */
  readonly paint: Paint;
  /** The journal's directory, where it is not the usual one. */
  readonly store?: string | undefined;
  /** What takes the operation up again, if the error is not the last word. */
  readonly token?: ResumeToken | undefined;
  /** How the provider takes credentials. */
  readonly credentialsHelp?: string | undefined;
}

/** Writes an error in several lines. The library has removed credentials already. */
export function errorText(
  error: AnyLroError,
  options: ErrorTextOptions,
): string {
  const { paint } = options;
  const { providerCode, innermostCode, providerMessage, details } = error as {
    providerCode?: string;
    innermostCode?: string;
    providerMessage?: string;
    details?: unknown;
  };
  const fields: readonly (readonly [name: string, text: string | undefined])[] = [
    ["provider code", lineOf(providerCode)],
    ["innermost code", lineOf(innermostCode)],
    ["provider message", lineOf(providerMessage)],
    ["details", details === undefined ? undefined : detailsText(details)],
    ["next", nextText(error, options)],
  ];
  return [
    `${paint("red", "error:")} ${error.code}: ${cleanLine(error.message)}`,
    ...fields.flatMap(([name, text]) =>
      text === undefined ? [] : [`  ${`${name}:`.padEnd(18)}${text}`]
    ),
  ].map((line) => `${line}\n`).join("");
}

/** One line each: with a line break a server could write lines of its own below ours. */
function lineOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : cleanLine(text);
}

function detailsText(details: unknown): string {
  const short = cleanJson(details);
  if (short.length <= 60) return short;
  return cleanJson(details, 2).replaceAll("\n", "\n    ");
}

function nextText(error: AnyLroError, options: ErrorTextOptions): string {
  if (options.token) return takeUpText(options.token, { error, options });
  switch (error.code) {
    case "request-rejected":
      return isRefusal(error.status)
        ? `check the credentials: ${options.credentialsHelp}`
        : "nothing was started; correct the request and run the command again";
    case "operation-failed":
      return "the operation is over; remove the cause and start a new one";
    case "operation-canceled":
      return error.confirmed
        ? "the operation is over; start a new one if it is still wanted"
        : "only the waiting ended; the operation may still run";
    case "operation-expired":
      return error.resultMayBeLost
        ? "the result was perhaps sent and lost on the way; it cannot be read again"
        : "the result cannot be had any more; start a new operation if it is still wanted";
    case "deadline-exceeded":
    case "transport":
      return "it may still run; check with the provider";
    case "protocol":
      return "the server does not answer as this provider does; check the address";
  }
}

function takeUpText(
  token: ResumeToken,
  { error, options }: {
    readonly error: AnyLroError;
    readonly options: ErrorTextOptions;
  },
): string {
  const recovery = recoveryOf(token);
  switch (recovery) {
    case "resume":
    case "begin": {
      const hint = isRefusal(error.lastReply?.status)
        ? `check the credentials (${options.credentialsHelp}), then`
        : recovery === "resume"
        ? "take it up again with"
        : "nothing was started by this command yet; go on with";
      return `${hint}\n${resumeLine(token, options.store)}`;
    }
    case "restart":
      return "nothing was started; run the command again";
    case "unclear":
      return "it may have been started; check with the provider before you start it again";
  }
}

function isRefusal(status: number | undefined): boolean {
  return status === 401 || status === 403;
}
