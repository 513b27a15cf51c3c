/**
 * Whether and how an operation can be taken up again.
 *
 * @module
 */
import { findKind } from "../../model/kind.ts";
import { encodeToken } from "../../core.ts";
import type { ResumeToken } from "../../model/token.ts";
import { strangerOf } from "../credentials/authorize.ts";
import { topState } from "../newer_token.ts";

/**
 * - `resume`: the token takes it up again
 * - `begin`: so it does, but nothing was started yet
 * - `restart`: nothing was started, so run the command again
 * - `unclear`: it may have been started, and nobody can tell from here
 */
export type Recovery = "resume" | "begin" | "restart" | "unclear";

/** What can be done about an operation that is no longer waited for. */
export function recoveryOf(token: ResumeToken): Recovery {
  if (topState(token.value) !== "initial") return "resume";
  if (token.uncertain) return "unclear";
  try {
    findKind(token.kind).check(token.input);
    return "begin";
  } catch {
    return "restart"; // what it needs to start is secret and not in the token
  }
}

/**
 * The command that takes it up again, as one line.
 *
 * @param store The journal's directory, where it is not the usual one.
 */
export function resumeLine(token: ResumeToken, store?: string): string {
  const stranger = strangerOf(token);
  return [
    `lro resume ${encodeToken(token)}`,
    ...(stranger === undefined ? [] : [`--trust ${quote(stranger)}`]),
    ...(store === undefined ? [] : [`--store ${quote(store)}`]),
  ].join(" ");
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
