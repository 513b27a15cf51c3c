/**
 * Keeps credentials out of everything that is printed, thrown or written down.
 *
 * Which names are secret says `secret_names.ts`, and that alone; what is hidden in
 * running text says `redact_text.ts`.
 *
 * @module
 */
import type { Failure } from "./verdict.ts";
import type { Reply } from "./message.ts";
import { HIDDEN, redactPlain } from "./redact_text.ts";
import { isSecretField, isSecretName } from "./secret_names.ts";

export { HIDDEN, redactUrl } from "./redact_text.ts";

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
  return isSecretName(name);
}

const DEEPEST = 32;
/** Texts longer than this are no JSON that anybody reads. */
const LONGEST_JSON = 1_000_000;

/**
 * The same value with every text in it cleaned by {@linkcode redactText}, and
 * every text and number hidden that is under the name of a secret.
 */
export function redactValue(value: unknown, isSecret = false, depth = 0): unknown {
  if (typeof value === "string") return isSecret ? HIDDEN : redactDeep(value, depth);
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST) return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => redactValue(item, isSecret, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const isField = isSecretField(name, value);
      const isNumber = typeof item === "number" || typeof item === "bigint";
      return [
        redactText(name),
        isField && isNumber ? HIDDEN : redactValue(item, isSecret || isField, depth + 1),
      ];
    }),
  );
}

/**
 * The same text without authorization values, keys, secrets of URLs, and whatever
 * stands under the name of a secret, be it in JSON within the text.
 */
export function redactText(text: string): string {
  return redactDeep(text, 0);
}

/** In JSON, whole or behind some words, the names are known for sure. */
function redactDeep(text: string, depth: number): string {
  const found = findJson(text, "{") ?? findJson(text, "[");
  if (!found) return redactPlain(text);
  const { start, end, value } = found;
  const shown = JSON.stringify(redactValue(value, false, depth + 1));
  const json = shown === JSON.stringify(value) ? text.slice(start, end) : shown;
  return redactPlain(text.slice(0, start)) + json + redactPlain(text.slice(end));
}

interface FoundJson {
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
}

function findJson(text: string, bracket: "{" | "["): FoundJson | undefined {
  const start = text.indexOf(bracket);
  if (start < 0 || text.length > LONGEST_JSON || !text.includes('"')) return undefined;
  const end = text.lastIndexOf(bracket === "{" ? "}" : "]") + 1;
  if (end <= start) return undefined;
  try {
    return { start, end, value: JSON.parse(text.slice(start, end)) };
  } catch {
    return undefined; // words with brackets, or JSON cut short
  }
}

/** A reply that can be shown: secret headers hidden, texts and URLs cleaned. */
export function redactReply(reply: Reply): Reply {
  return {
    ...reply,
    headers: redactValue(reply.headers) as Record<string, string>,
    body: redactValue(reply.body),
  };
}

/** The provider's codes of a failure: mostly a word, but whatever the server says. */
export function redactCodes({ providerCode, innermostCode }: Failure): Partial<Failure> {
  return {
    ...(providerCode !== undefined && { providerCode: redactText(providerCode) }),
    ...(innermostCode !== undefined && { innermostCode: redactText(innermostCode) }),
  };
}

/**
 * The same error, or a clean copy where its message or a field may hold a secret,
 * as that of a client which keeps the whole request.
 */
export function redactCause(cause: unknown, depth = 0): unknown {
  if (typeof cause === "string") return redactText(cause);
  if (typeof cause !== "object" || cause === null) return cause;
  if (depth > 8) return undefined;
  const fields = Object.entries(cause);
  const plain = Object.fromEntries(fields.filter(([, value]) => typeof value !== "object"));
  const shown = redactValue(plain) as Record<string, unknown>;
  if (!(cause instanceof Error)) return shown;
  const message = redactText(cause.message);
  const inner = redactCause(cause.cause, depth + 1);
  const isClean = message === cause.message && inner === cause.cause &&
    fields.every(([name, value]) => shown[name] === value);
  if (isClean) return cause;
  const copy = new Error(message, inner === undefined ? undefined : { cause: inner });
  copy.name = cause.name;
  const code = "code" in cause ? cause.code : undefined;
  return Object.assign(copy, shown, code !== undefined && { code });
}

/** Those of the given request headers that may be written into a token. */
export function safeHeaders(
  headers: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => SAFE_REQUEST_HEADERS.has(name.toLowerCase())),
  );
}
