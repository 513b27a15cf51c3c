/**
 * Linode's account events on the wire.
 *
 * @module
 */
import { describe, isRecord } from "../../check_input.ts";
import type { StepPolicy } from "../../kind.ts";
import type { Call, JsonValue, Reply, Verdict } from "../../operation.ts";
import { describeReply, failed, nonsense, unreachable } from "../../verdicts.ts";

/** An event, as the API gives it. */
export interface LinodeEvent {
  /** The event's id; later events have greater ones. */
  readonly id: number;
  /** What happens, e.g. `"linode_boot"`. */
  readonly action: string;
  /** `scheduled`, `started`, `finished`, `failed` or `notification`. */
  readonly status: string;
  /** Whatever else the API gives. */
  readonly [field: string]: unknown;
}

/** One page of a list of events. */
export interface EventPage {
  /** Its events, in the order of the list. */
  readonly data: readonly LinodeEvent[];
  /** How many pages there are. */
  readonly pages: number;
}

/** Events a page; the least that Linode gives. */
export const SHORT_PAGE = 25;
/** Events a page; the most that Linode gives. */
export const LONG_PAGE = 500;

/** A list of events, filtered by the header that Linode has for it. */
export function listCall(
  baseUrl: string,
  filter: Readonly<Record<string, JsonValue>>,
  query: Readonly<Record<string, number>> = {},
): Call {
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, String(value)]),
  ).toString();
  return {
    method: "GET",
    url: `${baseUrl}/account/events${search && `?${search}`}`,
    headers: { "X-Filter": JSON.stringify(filter) },
  };
}

/** Reads a list; `undefined` where the body is none. */
export function readPage(body: unknown): EventPage | undefined {
  if (!isRecord(body) || !Array.isArray(body["data"])) return undefined;
  const { data, pages } = body;
  if (!(data as unknown[]).every(isEvent)) return undefined;
  return {
    data: data as LinodeEvent[],
    pages: typeof pages === "number" && pages > 1 ? pages : 1,
  };
}

/** Whether a body is an event. */
export function isEvent(body: unknown): body is LinodeEvent {
  return isRecord(body) && Number.isSafeInteger(body["id"]) && typeof body["status"] === "string";
}

/** How Linode's requests may be treated: its clients retry these, and not 500. */
export const READ: StepPolicy = {
  repeat: "always",
  isTransient: ({ status }) => [408, 429, 502, 503, 504].includes(status),
  holdUntil: rateLimitReset,
};

/** When the next request may be sent, where there is none left: `X-RateLimit-*`. */
export function rateLimitReset({ headers }: Reply): number | undefined {
  if (headers["x-ratelimit-remaining"]?.trim() !== "0") return undefined;
  const reset = Number(headers["x-ratelimit-reset"]);
  return reset > 0 ? reset * 1_000 : undefined;
}

/** A refusal says nothing of the event itself; what can be got over can be resumed. */
export function readRefusal(doing: string, reply: Reply): Verdict {
  const { status, body } = reply;
  const message = reasonsOf(body);
  const seen = describeReply(reply, message);
  const account = {
    providerCode: String(status),
    ...(message !== undefined && { providerMessage: message }),
    ...(body !== undefined && { details: body }),
  };
  if (status === 401 || status === 403 || status === 408 || status === 429 || status >= 500) {
    return unreachable(`${doing}: ${seen}`, account);
  }
  if (status >= 400) return failed(`${doing}: ${seen}`, { ...account, isResumable: true });
  return nonsense(`${doing}: expected HTTP 200, got ${seen}`);
}

/** `errors[].reason`, as one text. */
export function reasonsOf(body: unknown): string | undefined {
  if (!isRecord(body) || !Array.isArray(body["errors"])) return undefined;
  const reasons = (body["errors"] as unknown[]).map((error) =>
    isRecord(error) ? error["reason"] : undefined
  ).filter((reason) => typeof reason === "string");
  return reasons.length > 0 ? reasons.join("; ") : undefined;
}

/** A body that is no list. */
export function notAList(doing: string, body: unknown): Verdict {
  return nonsense(`${doing}: expected a list of events, got ${describe(body)}`);
}
