/**
 * Linode's account events on the wire.
 *
 * @module
 */
import { describe, isRecord } from "../../model/check_input.ts";
import type { StepPolicy } from "../../model/step.ts";
import type { Failure, Verdict } from "../../model/verdict.ts";
import type { Call, JsonValue, Reply } from "../../model/message.ts";
import { describeReply, nonsense, refused, unreachable } from "../../model/verdicts.ts";

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

/** Reads a list; `undefined` where the body is none, or is not whole. */
export function readPage(body: unknown): EventPage | undefined {
  if (!isRecord(body) || !Array.isArray(body["data"]) || isCutShort(body)) return undefined;
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

/** Whether a list says that it has more events than there are on its only page: then what is missing proves nothing. */
function isCutShort({ data, pages, results }: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(data) && typeof results === "number" && results > data.length &&
    !(typeof pages === "number" && pages > 1);
}

/** How Linode's questions may be treated: its clients retry these, and not 500. */
export const READ: StepPolicy = {
  repeat: "always",
  isTransient: (reply) => {
    const { status, body } = reply;
    if (status === 200) return isRecord(body) && isCutShort(body);
    if (status === 503) return !isMaintenance(reply);
    return status === 408 || status === 429 || status === 502 || status === 504 ||
      isGatewaysWord(reply);
  },
  holdUntil: rateLimitReset,
};

/** How a list may be treated that is asked for once: there is no next poll that "busy" could wait for. */
export const READ_ONCE: StepPolicy = {
  ...READ,
  isTransient: (reply) => READ.isTransient!(reply) || isBusy(reply),
};

/**
 * How the trigger may be treated. What may have been processed is not sent
 * again; the statuses here leave that open, but 429 and 503 with `Retry-After`.
 */
export const TRIGGER: StepPolicy = {
  repeat: "unsent",
  isTransient: (reply) => {
    const { status } = reply;
    return status === 408 || status === 429 || status >= 500 ||
      (status !== 409 && isGatewaysWord(reply));
  },
  holdUntil: rateLimitReset,
};

/** When the next request may be sent, where there is none left: `X-RateLimit-*`. */
export function rateLimitReset({ headers }: Reply): number | undefined {
  if (headers["x-ratelimit-remaining"]?.trim() !== "0") return undefined;
  const reset = Number(headers["x-ratelimit-reset"]);
  return reset > 0 ? reset * 1_000 : undefined;
}

/** "Linode busy.": certainly not processed, and it passes by itself (linodego, `linodeBusyRetryCondition`). */
export function isBusy({ status, body }: Reply): boolean {
  return status === 400 &&
    errorsOf(body).some(({ reason }) =>
      typeof reason === "string" && /^\s*linode busy\.?\s*$/i.test(reason)
    );
}

/** A 4xx in HTML or another text: Linode's own errors are JSON, so a gateway wrote it (linodego#273). */
export function isGatewaysWord({ status, body }: Reply): boolean {
  return status >= 400 && status <= 499 && typeof body === "string";
}

/** "Cannot filter on entity.type": the API does not take the filter any more, or for now (linode-cli#500). */
export function isFilterRefused({ status, body }: Reply): boolean {
  return status === 400 &&
    errorsOf(body).some(({ field, reason }) =>
      field === "X-Filter" || (typeof reason === "string" && /^cannot filter on\b/i.test(reason))
    );
}

/** The API is being worked on and says so: asking again soon is in vain (linodego#216). */
function isMaintenance({ status, headers }: Reply): boolean {
  return status === 503 && (headers["x-maintenance-mode"] ?? "") !== "";
}

/** A question that was refused says nothing of the event itself, and can be asked again. */
export function readRefusal(doing: string, reply: Reply): Verdict {
  const account = { ...accountOf(reply), isResumable: true };
  const seen = `${doing}: ${describeReply(reply, account.providerMessage)}`;
  if (isGatewaysWord(reply)) {
    return unreachable(`${seen} is a gateway's answer, not Linode's`, account);
  }
  if (isMaintenance(reply)) return unreachable(`${seen}: Linode's API is in maintenance`, account);
  return refused(doing, reply, account);
}

/** Linode's own account of a refusal, for an error. */
export function accountOf({ status, body }: Reply): Partial<Failure> {
  const message = reasonsOf(body);
  return {
    providerCode: String(status),
    ...(message !== undefined && { providerMessage: message }),
    ...(body !== undefined && { details: body }),
  };
}

/** `errors[].reason`, as one text. */
export function reasonsOf(body: unknown): string | undefined {
  const reasons = errorsOf(body).map(({ reason }) => reason)
    .filter((reason) => typeof reason === "string");
  return reasons.length > 0 ? reasons.join("; ") : undefined;
}

function errorsOf(body: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!isRecord(body) || !Array.isArray(body["errors"])) return [];
  return (body["errors"] as unknown[]).filter(isRecord);
}

/** A body that is no list, or only a part of one. */
export function notAList(doing: string, body: unknown): Verdict {
  if (!isRecord(body) || !isCutShort(body)) {
    return nonsense(`${doing}: expected a list of events, got ${describe(body)}`);
  }
  const { results, data } = body;
  return nonsense(
    `${doing}: expected a list of ${results} events, as it says, got ${(data as unknown[]).length}`,
    { isResumable: true },
  );
}
