/**
 * From a `Response` to plain data: headers in lower case, a body with a size
 * cap, JSON whether or not the server says so.
 *
 * @module
 */
import type { Fault, Reply } from "../../model/message.ts";
import type { Clock } from "../../services.ts";
import { retryAfterMs } from "./retry_after.ts";

/**
 * The HTTP status.
 *
 * @throws {TypeError} If it is no response.
 */
export function statusOf(response: Response): number {
  if (Number.isInteger(response?.status)) return response.status;
  throw new TypeError("fetch yielded something that is no response");
}

/**
 * Makes a reply of its parts.
 *
 * @param text The decoded body; `undefined` where it is larger than the cap.
 * @param options The cap in bytes, and the clock, which is asked only for a `Retry-After`.
 * @returns The reply, or a fault that holds it, its body as far as it came.
 */
export function joinReply(
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string | undefined,
  options: { readonly maxReplyBytes: number; readonly clock: Pick<Clock, "now"> },
): Reply | Fault {
  const nowMs = headers["retry-after"] === undefined ? 0 : options.clock.now();
  if (text === undefined) {
    const message = `the reply has more than ${options.maxReplyBytes} bytes`;
    return { kind: "tooLarge", message, reply: createReply(status, headers, undefined, nowMs) };
  }
  const body = parseBody(text, headers["content-type"]);
  if (!(body instanceof Malformed)) return createReply(status, headers, body, nowMs);
  const reply = createReply(status, headers, body.text, nowMs);
  // The text of a refusal is worth reading even where it is not what it claims to be.
  if (status >= 400) return reply;
  const message = `the reply is not the JSON it claims to be: ${body.reason}`;
  return { kind: "malformed", message, reply };
}

/** Makes a reply again of what it was made of; none with a `Retry-After` that names a date. */
export function rejoinReply(
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): Reply {
  const body = parseBody(text, headers["content-type"]);
  return createReply(status, headers, body instanceof Malformed ? body.text : body, 0);
}

/** Whether {@linkcode rejoinReply} makes the same reply again, whenever it is called. */
export function isRejoinable({ headers, retryAfterMs: wait }: Reply): boolean {
  return wait === undefined || wait === retryAfterMs(headers, 0);
}

/** A text that says it is JSON, and is not. */
class Malformed {
  constructor(readonly text: string, readonly reason: string) {}
}

const JSON_TYPE = /[/+]json\b/i;
const JSON_BEGINNING = /^\s*[[{]/;
const BRACE = 0x7b;
const BRACKET = 0x5b;

function parseBody(text: string, type: string | undefined): unknown {
  const first = text.charCodeAt(0);
  const source = first === 0xfeff ? text.slice(1) : text;
  // Nearly all are told by their first character; a pattern costs ten times as much.
  if (first !== BRACE && first !== BRACKET && !JSON_BEGINNING.test(source)) {
    if (source.trim() === "") return undefined;
    if (type === undefined || !JSON_TYPE.test(type)) return source;
  }
  try {
    return JSON.parse(source);
  } catch (error) {
    // A text that calls itself one may well begin with a bracket.
    if (type !== undefined && !JSON_TYPE.test(type)) return source;
    return new Malformed(source, (error as Error).message);
  }
}

function createReply(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  nowMs: number,
): Reply {
  const wait = retryAfterMs(headers, nowMs);
  return wait === undefined
    ? { status, headers, body }
    : { status, headers, body, retryAfterMs: wait };
}

/**
 * Completes a reply that did not come from a `Response`: the caller's own, or one
 * that somebody else received.
 *
 * @throws {TypeError} If it is no reply.
 */
export function completeReply(reply: Reply, nowMs: number): Reply {
  const { status, headers = {}, body } = reply ?? {};
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    throw new TypeError(`Cannot read reply: expected an HTTP status, got ${String(status)}`);
  }
  const lowerCase: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    lowerCase[name.toLowerCase()] = String(value);
  }
  return createReply(status, lowerCase, body, nowMs);
}

/**
 * Reads the body.
 *
 * @param maxBytes The size cap for the decoded body.
 * @returns The decoded body, or `undefined` where it is larger than the cap.
 */
export function readText(
  response: Response,
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
): string | Promise<string | undefined> {
  const { body } = response;
  if (body === null) return "";
  const length = headers["content-length"];
  if (length !== undefined && Number(length) > maxBytes) {
    return body.cancel().then(() => undefined);
  }
  // HTTP itself checks the length, but of a compressed or a chunked body.
  const isChecked = headers["content-encoding"] === undefined &&
    headers["transfer-encoding"] === undefined;
  return length !== undefined && isChecked ? response.text() : readStream(body, maxBytes);
}

async function readStream(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<string | undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
