/**
 * A history as spans of time: what an operation was doing when.
 *
 * @module
 */
import type { WireEntry, WireMessage } from "../wire/wire.ts";

/** A stretch of time. */
export interface Span {
  /** When it began. */
  readonly from: number;
  /** When it ended; `undefined` while it goes on. */
  readonly to?: number;
  /** A request under way, a pause between polls, or one before an attempt is repeated. */
  readonly kind: "requesting" | "waiting" | "retrying";
  /** How long the server asked to stay away, of a pause. */
  readonly retryAfterMs?: number;
  /** The entry with which it began. */
  readonly entry: number;
  /** The status of the reply, of a request. */
  readonly status?: number;
}

/** One call and what came of it. */
export interface HttpExchange {
  /** The entry that it is known by. */
  readonly entry: number;
  /** When it was asked for. */
  readonly at: number;
  /** Its step. */
  readonly step?: string;
  /** The call; absent where another's request answered. */
  readonly call?: WireMessage;
  /** Attempts, and what came of those that were repeated. */
  readonly attempts: readonly { readonly at: number; readonly message?: WireMessage }[];
  /** The reply, or why there is none. */
  readonly end?: WireMessage;
  /** When that came. */
  readonly endedAt?: number;
  /** The newest entry that it was made of. */
  readonly newest: number;
}

/** Finds the spans of a history. */
export function findSpans(entries: readonly WireEntry[]): Span[] {
  const spans: Span[] = [];
  let open: Span | undefined;
  let retryAfterMs: number | undefined;
  const close = (to: number, status?: number): void => {
    if (open && to >= open.from) {
      spans.push({ ...open, to, ...(status !== undefined && { status }) });
    }
    open = undefined;
  };
  for (const { type, at, entry, message, snapshot, sentAt } of entries) {
    if (sentAt !== undefined) {
      close(sentAt);
      open = { kind: "requesting", from: sentAt, entry };
    }
    if (type === "sent") {
      close(at);
      open = { kind: "requesting", from: at, entry };
    } else if (type === "repeats" || type === "replied" || type === "faulted") {
      retryAfterMs = message?.retryAfterMs;
      close(at, message?.status);
      if (type === "repeats") open = { kind: "retrying", from: at, entry, ...after(retryAfterMs) };
    } else if (type === "ended" || type === "stopped") {
      close(at);
    } else if (snapshot?.nextPollAt !== undefined && open?.kind !== "requesting") {
      close(at);
      open = { kind: "waiting", from: at, entry, ...after(retryAfterMs) };
    }
  }
  return open ? [...spans, open] : spans;
}

/** Puts calls, attempts and replies together. */
export function findExchanges(entries: readonly WireEntry[]): HttpExchange[] {
  const exchanges: HttpExchange[] = [];
  let open: HttpExchange | undefined;
  const keep = (exchange: HttpExchange): void => {
    if (open) exchanges[exchanges.length - 1] = exchange;
    else exchanges.push(exchange);
    open = exchange;
  };
  for (const { type, at, entry, message, step, call, sentAt } of entries) {
    if (call) {
      open = undefined;
      exchanges.push({
        entry,
        at: sentAt ?? at,
        call,
        attempts: sentAt === undefined ? [] : [{ at: sentAt }],
        ...(message && { end: message }),
        endedAt: at,
        newest: entry,
      });
      continue;
    }
    const base: HttpExchange = open ?? { entry, at, attempts: [], newest: entry };
    if (type === "asked") {
      open = undefined;
      keep({
        entry,
        at,
        attempts: [],
        newest: entry,
        ...(step !== undefined && { step }),
        ...(message && { call: message }),
      });
    } else if (type === "sent") {
      keep({ ...base, attempts: [...base.attempts, { at }], newest: entry });
    } else if (type === "repeats") {
      const attempts = [...base.attempts.slice(0, -1), {
        at: base.attempts.at(-1)?.at ?? at,
        ...(message && { message }),
      }];
      keep({ ...base, attempts, newest: entry });
    } else if (type === "replied" || type === "faulted") {
      keep({ ...base, ...(message && { end: message }), endedAt: at, newest: entry });
      open = undefined;
    }
  }
  return exchanges;
}

function after(retryAfterMs: number | undefined): { readonly retryAfterMs?: number } {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}
