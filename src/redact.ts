/**
 * Keeps credentials out of everything that is printed, thrown or written down.
 *
 * @module
 */
import type { Reply } from "./operation.ts";

const HIDDEN = "[redacted]";

/** Query parameters whose values open doors: SAS and PAR links, tokens, keys. */
const SECRET_PARAMETER =
  /sig|token|secret|passw|credential|auth|api-?key|access-?key|^(?:key|code|se|st|pwd)$/i;

/** Headers whose values open doors. */
const SECRET_HEADER =
  /cookie|authorization|authenticat|token|secret|credential|(?:api|subscription)-?key|signature|passw|^x-ms-.*key$/i;

/** Request headers that describe a request and never authorise it: only these enter a token. */
const SAFE_REQUEST_HEADERS: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "content-language",
  "content-type",
  "if-match",
  "if-none-match",
  "opc-request-id",
  "opc-retry-token",
  "prefer",
  "traceparent",
  "user-agent",
  "x-correlation-id",
  "x-ms-client-request-id",
  "x-ms-correlation-request-id",
  "x-ms-return-client-request-id",
  "x-request-id",
]);

/** Whether the values of a header open doors, by its name. */
export function isSecretHeader(name: string): boolean {
  return SECRET_HEADER.test(name);
}

/** Hides user information and secret query values of the URLs in a text, whole and relative ones. */
export function redactUrl(text: string): string {
  return text
    .replace(/:\/\/[^\s/?#@"'<>\\]*@/g, "://")
    .replace(
      /([?&])([^?=&#\s"'<>\\]+)=[^&#\s"'<>\\]*/g,
      (pair, mark, name) => SECRET_PARAMETER.test(name) ? `${mark}${name}=${HIDDEN}` : pair,
    );
}

/** Hides authorization values and the secrets of URLs in running text. */
export function redactText(text: string): string {
  const shown = text
    .replace(/\bBearer\s+[\w.~+/-]{8,}=*/gi, `Bearer ${HIDDEN}`)
    .replace(/\bBasic\s+(?=[a-z+/]*[A-Z0-9=])[\w+/]{6,}={0,2}/g, `Basic ${HIDDEN}`)
    .replace(/\bSignature version=.{0,2000}?signature="[^"]*"/gi, `Signature ${HIDDEN}`);
  return redactUrl(shown);
}

/**
 * The same value with {@linkcode redactText} applied to every text in it, and
 * every text hidden that is under the name of a secret.
 */
export function redactValue(value: unknown, isSecret = false, depth = 0): unknown {
  if (typeof value === "string") return isSecret ? HIDDEN : redactText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth > 32) return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => redactValue(item, isSecret, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      redactValue(item, isSecret || SECRET_HEADER.test(key), depth + 1),
    ]),
  );
}

/** A reply that can be shown: secret headers hidden, texts and URLs cleaned. */
export function redactReply(reply: Reply): Reply {
  return {
    ...reply,
    headers: redactValue(reply.headers) as Record<string, string>,
    body: redactValue(reply.body),
  };
}

/** Those of the given request headers that may be written into a token. */
export function safeHeaders(
  headers: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => SAFE_REQUEST_HEADERS.has(name.toLowerCase())),
  );
}
