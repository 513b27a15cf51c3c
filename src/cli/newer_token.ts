/**
 * Which of two tokens of one operation was written later.
 *
 * @module
 */
import type { ResumeToken } from "../model/token.ts";

/**
 * The token that knows more. An outcome is the last word; otherwise everything
 * that a token counts only ever grows.
 *
 * @param given The one that somebody kept.
 * @param kept The journal's; it wins where both know the same.
 */
export function newerToken(given: ResumeToken, kept: ResumeToken): ResumeToken {
  const [a, b] = [rank(given), rank(kept)];
  const index = a.findIndex((count, i) => count !== b[i]);
  return index >= 0 && a[index]! > b[index]! ? given : kept;
}

function rank(token: ResumeToken): number[] {
  const { outcome, value, requests, polls, pauses, uncertain } = token;
  return [
    outcome === undefined ? 0 : 1,
    topState(value) === "initial" ? 0 : 1,
    requests,
    polls,
    pauses,
    uncertain ? 1 : 0, // written just before a request, so after everything else
  ];
}

/** The top-level word of a state value. */
export function topState(value: ResumeToken["value"]): string {
  return typeof value === "string" ? value : Object.keys(value)[0] ?? "";
}
