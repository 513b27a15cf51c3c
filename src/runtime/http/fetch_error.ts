/**
 * What a rejected `fetch` says about the request: certainly never processed, or
 * perhaps.
 *
 * @module
 */
import { NEVER_SENT } from "../../model/fetch.ts";
import type { Fault } from "../../model/message.ts";
import { redactText } from "../../model/redact.ts";

/** Causes that arise before a byte of the request is out (Node's and Bun's codes). */
const UNSENT_CODES: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ConnectionRefused",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "UND_ERR_CONNECT_TIMEOUT",
  "ERR_UNSENT", // our own wrappers, when there are no credentials
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** Deno's way to say that there was no connection. */
const UNSENT_TEXT = /client error \(Connect\)|requests to port \d+ are blocked/i;

/** Reads the error that `fetch`, or reading its body, rejected with. */
export function readFetchError(error: unknown): Fault {
  const chain = causes(error);
  const isLasting = chain.some((cause) => (cause as { code?: unknown }).code === NEVER_SENT);
  const isUnsent = isLasting ||
    chain.some((cause) =>
      UNSENT_CODES.has((cause as { code?: unknown }).code) || UNSENT_TEXT.test(messageOf(cause))
    );
  const texts = new Set(chain.map(messageOf).filter((text) => text !== ""));
  const message = [...texts].join(": ") ||
    (typeof error === "string" ? error : `fetch was rejected with ${typeof error}`);
  return {
    kind: isUnsent ? "unsent" : "lost",
    message: redactText(message),
    ...(isLasting && { isLasting }),
    cause: error,
  };
}

function messageOf(cause: object): string {
  const { message } = cause as { message?: unknown };
  return typeof message === "string" ? message : "";
}

/** The error, its cause, its cause's cause, ... */
function causes(error: unknown): object[] {
  const chain: object[] = [];
  let link: unknown = error;
  while (typeof link === "object" && link !== null && chain.length < 8) {
    chain.push(link);
    link = (link as { cause?: unknown }).cause;
  }
  return chain;
}
