/**
 * What the LXD factories take, and the check of it.
 *
 * @module
 */
import {
  checkBaseUrl,
  checkCall,
  checkHeaders,
  checkMs,
  checkRecord,
  checkText,
  checkUrl,
  refuse,
} from "../../model/check_input.ts";
import type { Call } from "../../model/message.ts";

/** What every LXD request takes. */
export interface LxdCommonInput {
  /**
   * The server. Over a unix socket the name does not matter, so that the default will do.
   *
   * @default {"http://lxd"}
   */
  readonly baseUrl?: string | undefined;
  /** Added to every call to the server. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What `lxd.operation` takes. */
export interface LxdOperationInput extends LxdCommonInput {
  /**
   * The request that starts it; its path alone will do for a URL. It needs no
   * `baseUrl` where the URL is whole.
   */
  readonly request?: Call | undefined;
  /** Instead: an operation that is under way, by its UUID or its URL, whole or as LXD gives it. */
  readonly operation?: string | undefined;
  /**
   * Longest time for which one request waits at the server, in milliseconds; LXD
   * counts whole seconds. Where such requests are cut, by a proxy perhaps, they
   * become half as long, down to 5 s.
   *
   * @default {30000}
   */
  readonly longPollMs?: number | undefined;
  /**
   * Whether to listen to the server's events, where the runtime's fetch can open
   * a websocket: {@linkcode unixFetch} and {@linkcode certificateFetch} can. An
   * operation of which they say nothing for 4 s is looked at.
   *
   * @default {true}
   */
  readonly events?: boolean | undefined;
}

/** The same, checked, with nothing left out. */
export interface OperationInput extends LxdOperationInput {
  /** The server. */
  readonly baseUrl: string;
  /** Longest time for which one request waits at the server, in milliseconds. */
  readonly longPollMs: number;
  /** Whether to listen to the server's events. */
  readonly events: boolean;
}

const DEFAULT_BASE_URL = "http://lxd";
const LONGEST_POLL_MS = 3_600_000;
const KNOWN = ["request", "operation", "baseUrl", "headers", "longPollMs", "events"];
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * Checks the input of `lxd.operation`.
 *
 * @throws {TypeError} Naming the field.
 * @throws {RangeError} If `longPollMs` is out of bounds.
 */
export function checkOperationInput(input: unknown): OperationInput {
  const doing = "make lxd.operation";
  const fields = checkRecord(input, doing, "input", KNOWN);
  const { request, operation, longPollMs = 30_000, events = true } = fields;
  if ((request === undefined) === (operation === undefined)) {
    throw new TypeError(`Cannot ${doing}: expected either request or operation`);
  }
  if (typeof events !== "boolean") refuse(doing, "events", "true or false", events);
  const pollMs = checkMs(longPollMs, doing, "longPollMs");
  if (pollMs < 1_000 || pollMs > LONGEST_POLL_MS) {
    throw new RangeError(
      `Cannot ${doing}: longPollMs must be 1000 to ${LONGEST_POLL_MS}, got ${pollMs}`,
    );
  }
  const common = checkCommonInput(fields, doing);
  const start = request === undefined ? undefined : checkRequest(request, common.baseUrl, doing);
  return {
    ...common,
    ...(start && { request: start, baseUrl: baseOf(start.url) }),
    ...(operation !== undefined && {
      operation: checkOperationUrl(operation, common.baseUrl, doing),
    }),
    longPollMs: pollMs,
    events: events as boolean,
  };
}

/**
 * Checks what every LXD request takes.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkCommonInput(
  { baseUrl = DEFAULT_BASE_URL, headers }: Readonly<Record<string, unknown>>,
  doing: string,
): LxdCommonInput & { readonly baseUrl: string } {
  return {
    baseUrl: checkBaseUrl(baseUrl, doing),
    ...(headers !== undefined && { headers: checkHeaders(headers, doing) }),
  };
}

/**
 * Checks a request, whose URL may be a path.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkRequest(request: unknown, baseUrl: string, doing: string): Call {
  const call = checkRecord(request, doing, "request");
  const { url } = call;
  const isPath = typeof url === "string" && url.startsWith("/");
  return checkCall(isPath ? { ...call, url: baseUrl + url } : call, doing, "request");
}

/**
 * The whole URL of an operation.
 *
 * @throws {TypeError} If it is neither a UUID nor the URL of an operation on that server.
 */
export function checkOperationUrl(operation: unknown, baseUrl: string, doing: string): string {
  const text = checkText(operation, doing, "operation");
  if (UUID.test(text)) return `${baseUrl}/1.0/operations/${text.toLowerCase()}`;
  const url = text.startsWith("/1.0/operations/") ? baseUrl + text : text;
  const { pathname } = new URL(checkUrl(url, doing, "operation"));
  if (UUID.test(pathname.split("/1.0/operations/")[1] ?? "")) return url;
  return refuse(doing, "operation", "a UUID, or the URL of an operation", operation);
}

/** The server of a URL: what comes before `/1.0`. */
export function baseOf(url: string): string {
  const { origin, pathname } = new URL(url);
  const end = pathname.indexOf("/1.0");
  return origin + (end < 0 ? "" : pathname.slice(0, end));
}
