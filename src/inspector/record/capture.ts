/**
 * Makes anything fit to be kept and shown: secrets hidden, long things cut short,
 * deep things cut off. Nothing enters the inspector's memory but through here.
 *
 * @module
 */
import type { Call, Fault, JsonValue, Reply } from "../../model/message.ts";
import { cleanText } from "../../model/clean_text.ts";
import { HIDDEN, redactText, safeHeaders } from "../../model/redact.ts";
import { isSecretField } from "../../model/secret_names.ts";
import type { WireMessage } from "../wire/wire.ts";

const MAX_DEPTH = 8;
const MAX_ITEMS = 50;
const MAX_TEXT = 2_000;
const MAX_CONFIG = 200_000;
/** Values in one capture; what comes after is cut. */
const MAX_VALUES = 400;

/** A text without secrets and without controls, of bounded length. */
export function captureText(text: string): string {
  // A secret that is cut in two is not known for one: more is looked at than is kept.
  const isCut = text.length > 2 * MAX_TEXT;
  // Cleaned first: what is not seen must not hide the name of a secret.
  const shown = redactText(cleanText(isCut ? text.slice(0, 2 * MAX_TEXT) : text));
  if (shown.length <= MAX_TEXT && !isCut) return shown;
  const kept = shown.slice(0, Math.min(MAX_TEXT, isCut ? shown.length >> 1 : MAX_TEXT));
  return `${kept}… (${text.length - kept.length} more)`;
}

/** A value without secrets, of bounded size, as JSON. */
export function capture(value: unknown): JsonValue {
  if (typeof value === "boolean" || value === null || value === undefined) return value ?? null;
  return walk(value, { depth: 0, budget: { left: MAX_VALUES } });
}

/** A call without secrets: of its headers only those that never authorise anything. */
export function captureCall({ method, url, headers, body }: Call): WireMessage {
  return {
    method,
    url: captureText(url),
    ...(headers && { headers: captureRequestHeaders(headers) }),
    ...(body !== undefined && { body: capture(body) }),
  };
}

/** A call in few words: what was asked for. */
export function captureCallBriefly({ method, url }: Call): WireMessage {
  return { method, url: captureText(url) };
}

/** A reply in few words: one that says how things are without its headers, any other whole. */
export function captureReplyBriefly(reply: Reply): WireMessage {
  const { status, body } = reply;
  if (status >= 300 || reply.retryAfterMs !== undefined) return captureReply(reply);
  return body === undefined ? { status } : { status, body: capture(body) };
}

/** A reply without secrets. */
export function captureReply({ status, headers, body, retryAfterMs }: Reply): WireMessage {
  return {
    status,
    headers: capture(headers),
    ...(body !== undefined && { body: capture(body) }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** A fault without secrets. */
export function captureFault({ kind, message, reply }: Fault): WireMessage {
  return { ...(reply && captureReply(reply)), fault: captureText(`${kind}: ${message}`) };
}

/**
 * A machine's config as JSON, without what a function or a secret would say.
 *
 * @returns At least the machine's name, whatever the config holds.
 */
export function captureConfig(config: unknown, name: string): string {
  try {
    const text = JSON.stringify(config, (key, value) => {
      if (typeof value === "function") return { type: value.name };
      if (typeof value === "bigint") return String(value);
      if (key === "context" || key === "input") return capture(value);
      return typeof value === "string" ? captureText(value) : value;
    });
    if (text !== undefined && text.length <= MAX_CONFIG) return text;
  } catch {
    // a config that turns round in a circle
  }
  return JSON.stringify({ id: name });
}

interface Walk {
  readonly depth: number;
  readonly budget: { left: number };
}

function walk(value: unknown, at: Walk): JsonValue {
  if (typeof value === "string") return captureText(value);
  if (typeof value === "boolean" || value === null || value === undefined) return value ?? null;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "function" || typeof value === "symbol") return `[${typeof value}]`;
  if (at.budget.left-- <= 0 || at.depth >= MAX_DEPTH) return "[…]";
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) {
    return { name: value.name, message: captureText(value.message) };
  }
  const next: Walk = { depth: at.depth + 1, budget: at.budget };
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => walk(item, next));
    return value.length > MAX_ITEMS ? [...items, `… (${value.length - MAX_ITEMS} more)`] : items;
  }
  const object = typeof (value as { toJSON?: unknown }).toJSON === "function"
    ? (value as { toJSON(): unknown }).toJSON()
    : value;
  return typeof object === "object" && object !== null
    ? walkFields(object, next)
    : walk(object, next);
}

function walkFields(object: object, next: Walk): JsonValue {
  const fields: Record<string, JsonValue> = {};
  let count = 0;
  for (const name of Object.keys(object)) {
    const value = (object as Readonly<Record<string, unknown>>)[name];
    if (value === undefined) continue;
    if (++count > MAX_ITEMS || next.budget.left <= 0) {
      fields["…"] = "more";
      break;
    }
    const isSecret = value !== null && typeof value !== "boolean" && isSecretField(name, object);
    fields[captureName(name)] = isSecret
      ? HIDDEN
      : name === "headers" && typeof value === "object" && value !== null
      ? captureRequestHeaders(value)
      : walk(value, next);
  }
  return fields;
}

/** A caller may put a credential into a header of any name, so only known ones are shown. */
function captureRequestHeaders(headers: object): JsonValue {
  const safe = safeHeaders(headers as Record<string, string>);
  return Object.fromEntries(
    Object.entries(headers).slice(0, MAX_ITEMS).map(([name, value]) => [
      captureName(name),
      Object.hasOwn(safe, name) ? captureText(String(value)) : HIDDEN,
    ]),
  );
}

/** The same names come with every message. */
const names = new Map<string, string>();
const MAX_NAMES = 2_000;

function captureName(name: string): string {
  let known = names.get(name);
  if (known === undefined) {
    known = captureText(name);
    if (names.size < MAX_NAMES && name.length < 100) names.set(name, known);
  }
  return known;
}
