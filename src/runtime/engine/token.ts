/**
 * An operation, written down: small, versioned JSON from which another process
 * can go on. It holds no credentials.
 *
 * @module
 */
import type { ResumeToken } from "../../model/token.ts";
import { parseLroError } from "../../model/parse_lro_error.ts";
import { findKind } from "../../model/kind.ts";
import { checkSchedule } from "../../model/schedule.ts";
import { transitionTable } from "./edges.ts";

const VERSION = 1;

/** A token as one word of letters, digits, `-` and `_`: fit for a shell. */
export function encodeToken(token: ResumeToken): string {
  const bytes = new TextEncoder().encode(JSON.stringify(token));
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * Reads a token: the object, its JSON, or what {@linkcode encodeToken} wrote.
 *
 * @throws {TypeError} Saying what was seen and what was expected.
 */
export function parseToken(token: unknown): ResumeToken {
  const data = typeof token === "string" ? decode(token) : token;
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    return refuse(`expected an object, got ${data === null ? "null" : typeof data}`);
  }
  const fields = data as Readonly<Record<string, unknown>>;
  if (fields.version !== VERSION) {
    return refuse(`expected version ${VERSION}, got ${JSON.stringify(fields.version)}`);
  }
  for (const [name, isValid, expected] of RULES) {
    if (!isValid(fields[name])) {
      return refuse(`${name} must be ${expected}, got ${shorten(fields[name])}`);
    }
  }
  try {
    const { machine } = findKind(fields.kind);
    const { top, isFinal } = transitionTable(machine).state(fields.value);
    const end = (fields.outcome as { kind?: unknown } | undefined)?.kind;
    if (end !== (isFinal ? top : undefined)) {
      throw new TypeError(`value ${shorten(fields.value)} and outcome ${shorten(end)} do not fit`);
    }
    checkSchedule(fields.schedule);
  } catch (error) {
    return refuse((error as Error).message);
  }
  checkOutcome(fields.outcome);
  return data as ResumeToken;
}

type Rule = readonly [name: string, isValid: (value: unknown) => boolean, expected: string];

const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
const isDuration = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
/** The last time of which one can say that it is a time, and not nonsense. */
export const END_OF_TIME: number = Date.UTC(9999, 11, 31);
const isTime = (value: unknown): boolean =>
  isDuration(value) && Math.abs(Number(value)) <= END_OF_TIME;
const isRecord = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const orAbsent = (isValid: (value: unknown) => boolean) => (value: unknown): boolean =>
  value === undefined || isValid(value);

const RULES: readonly Rule[] = [
  ["id", (value) => typeof value === "string" && value !== "", "a text"],
  ["kind", (value) => typeof value === "string", "the name of an operation kind"],
  ["input", isRecord, "an object"],
  ["memory", isRecord, "an object"],
  ["pauses", isCount, "a count"],
  ["polls", isCount, "a count"],
  ["requests", isCount, "a count"],
  ["startedAt", isTime, "a time in milliseconds, up to the year 9999"],
  ["nextPollAt", orAbsent(isTime), "a time in milliseconds, up to the year 9999"],
  [
    "deadlineMs",
    orAbsent((value) => isDuration(value) && Number(value) >= 0),
    "a duration in milliseconds",
  ],
  ["deadlineAt", orAbsent(isTime), "a time in milliseconds, up to the year 9999"],
  ["uncertain", orAbsent((value) => value === true), "true"],
  ["outcome", orAbsent(isRecord), "an object"],
];

function checkOutcome(outcome: unknown): void {
  if (outcome === undefined) return;
  const { kind, error, elapsedMs } = outcome as Readonly<Record<string, unknown>>;
  const isFailure = kind === "failed" || kind === "canceled" || kind === "expired";
  if (!isFailure && kind !== "succeeded") {
    refuse(`outcome.kind must be an end that is final, got ${shorten(kind)}`);
  }
  if (isFailure) checkError(error);
  if (!isDuration(elapsedMs)) {
    refuse(`outcome.elapsedMs must be a duration in milliseconds, got ${shorten(elapsedMs)}`);
  }
}

function checkError(error: unknown): void {
  if (!isRecord(error)) refuse(`outcome.error must be an object, got ${shorten(error)}`);
  try {
    parseLroError(error);
  } catch (reason) {
    refuse((reason as Error).message);
  }
}

function decode(text: string): unknown {
  const trimmed = text.trim();
  try {
    if (trimmed.startsWith("{")) return JSON.parse(trimmed);
    const base64 = trimmed.replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TypeError(
      `Cannot read token: expected the text that encodeToken or JSON.stringify wrote, got ${
        shorten(text)
      } (cut short?)`,
      { cause },
    );
  }
}

function refuse(reason: string): never {
  throw new TypeError(`Cannot read token: ${reason}`);
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
