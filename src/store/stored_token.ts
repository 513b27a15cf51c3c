/**
 * Tokens as the text that stores keep.
 *
 * @module
 */
import { isRecord } from "../model/check_input.ts";
import type { ResumeToken } from "../model/token.ts";

/**
 * Reads what a store kept. Only whether it is a token of ours at all: whoever
 * restores it checks the rest.
 *
 * @param text What was kept.
 * @param place Where, for the error text.
 * @throws {TypeError} If it is damaged, or something else.
 */
export function readStoredToken(text: string, place: string): ResumeToken {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new TypeError(
      `Cannot read token: ${place} is damaged, it holds no whole JSON`,
      {
        cause,
      },
    );
  }
  const fields = isRecord(data) ? data : {};
  if (
    ["id", "kind"].some((name) => typeof fields[name] !== "string") ||
    !("version" in fields)
  ) {
    throw new TypeError(
      `Cannot read token: ${place} holds something else than a token`,
    );
  }
  return data as ResumeToken;
}
