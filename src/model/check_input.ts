/**
 * Checks that every provider's input needs. Each says what was being made, which
 * field is wrong, what was expected and what was seen.
 *
 * @module
 */
import { checkJson } from "./check_json.ts";
import type { Call } from "./message.ts";

/** Whether a value is an object that is neither null nor an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a value is, in a few words and without its secrets. */
export function describe(value: unknown): string {
  if (typeof value === "string") return `a text of ${value.length} characters`;
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return value === undefined ? "nothing" : typeof value === "object" ? "an object" : String(value);
}

/** Refuses a field. */
export function refuse(doing: string, field: string, expected: string, value: unknown): never {
  throw new TypeError(`Cannot ${doing}: ${field} must be ${expected}, got ${describe(value)}`);
}

/**
 * An object whose fields are all known.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkRecord(
  value: unknown,
  doing: string,
  field: string,
  known?: readonly string[],
): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return refuse(doing, field, "an object", value);
  for (const name of known ? Object.keys(value) : []) {
    if (!known!.includes(name)) {
      throw new TypeError(
        `Cannot ${doing}: unknown field ${field}.${name}, expected ${known!.join(", ")}`,
      );
    }
  }
  return value;
}

/**
 * A text that is not empty.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkText(value: unknown, doing: string, field: string): string {
  return typeof value === "string" && value !== "" ? value : refuse(doing, field, "a text", value);
}

/**
 * An absolute http URL without user information, as `URL` writes it.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkUrl(value: unknown, doing: string, field: string): string {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    return refuse(doing, field, "an absolute http URL", value);
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(
      `Cannot ${doing}: ${field} must not hold credentials; wrap fetch with those of ./auth instead`,
    );
  }
  return url.href;
}

/**
 * The address of an API, without a slash at its end.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkBaseUrl(value: unknown, doing: string): string {
  const url = new URL(checkUrl(value, doing, "baseUrl"));
  return url.origin + url.pathname.replace(/\/+$/, "");
}

/**
 * Header names and values.
 *
 * @throws {TypeError} Naming the header.
 */
export function checkHeaders(
  value: unknown,
  doing: string,
  field = "headers",
): Readonly<Record<string, string>> {
  if (value instanceof Headers) {
    refuse(doing, field, "plain data, e.g. Object.fromEntries(headers)", value);
  }
  const headers = checkRecord(value, doing, field);
  for (const [name, text] of Object.entries(headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name)) refuse(doing, field, "headers by name", name);
    if (typeof text !== "string" || /[\r\n\0]|[^\0-\xff]/.test(text)) {
      refuse(doing, `${field}.${name}`, "a text in one line, of characters up to U+00FF", text);
    }
  }
  return headers as Readonly<Record<string, string>>;
}

/** The methods of RFC 9110 and RFC 5789 that a caller can mean. */
const METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
]);

/**
 * A whole request.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkCall(value: unknown, doing: string, field: string): Call {
  const call = checkRecord(value, doing, field, ["method", "url", "headers", "body"]);
  const { method, url, headers, body } = call;
  if (typeof method !== "string") return refuse(doing, `${field}.method`, "an HTTP method", method);
  if (!METHODS.has(method.toUpperCase())) {
    const seen = /^[a-z]{1,20}$/i.test(method) ? `"${method}"` : describe(method);
    throw new TypeError(
      `Cannot ${doing}: ${field}.method must be one of ${[...METHODS].join(", ")}, got ${seen}`,
    );
  }
  if (body !== undefined && !(body instanceof Uint8Array)) checkJson(body, doing, `${field}.body`);
  return {
    method: method.toUpperCase(),
    url: checkUrl(url, doing, `${field}.url`),
    ...(headers !== undefined && { headers: checkHeaders(headers, doing, `${field}.headers`) }),
    ...(body !== undefined && { body: body as NonNullable<Call["body"]> }),
  };
}

/**
 * Milliseconds: a finite number, 0 or more.
 *
 * @throws {TypeError} If it is no number.
 * @throws {RangeError} If it is out of bounds.
 */
export function checkMs(value: unknown, doing: string, field: string): number {
  if (typeof value !== "number") return refuse(doing, field, "milliseconds", value);
  if (value >= 0 && value < Infinity) return value;
  throw new RangeError(`Cannot ${doing}: ${field} must be 0 or more milliseconds, got ${value}`);
}
