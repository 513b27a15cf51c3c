/**
 * What deserves a look first.
 *
 * @module
 */
import type { WireRow } from "../wire/wire.ts";

/** A request that takes this long is stuck, in milliseconds. */
const LONG_REQUEST_MS = 15_000;
/** A poll that is overdue by this much is stuck, in milliseconds. */
const OVERDUE_MS = 10_000;

/** How a row is coloured. */
export type Tone = "good" | "bad" | "warn" | "live" | "idle" | "off";

/** The top-level word of a row's state. */
export function stateOf({ value, status }: WireRow): string {
  if (status === "stopped") return "stopped";
  if (status === "error") return "failed";
  return value.split(/[. ]/, 1)[0] ?? "";
}

/** Why an operation does not get on; `undefined` where it does. */
export function stuckReason(row: WireRow, now: number): string | undefined {
  if (row.status !== "active") return undefined;
  const { retries = 0, askedAt, nextPollAt } = row;
  if (retries > 0) return retries === 1 ? "1 attempt failed" : `${retries} attempts failed`;
  if (askedAt !== undefined && now - askedAt > LONG_REQUEST_MS) return "no answer for long";
  if (askedAt === undefined && nextPollAt !== undefined && now - nextPollAt > OVERDUE_MS) {
    return "its poll is overdue";
  }
  return undefined;
}

/** The tone of a row. */
export function toneOf(row: WireRow, now: number): Tone {
  switch (stateOf(row)) {
    case "succeeded":
      return "good";
    case "failed":
      return "bad";
    case "timedOut":
    case "expired":
      return "warn";
    case "canceled":
    case "stopped":
      return "off";
  }
  if (row.status === "done") return "good";
  if (stuckReason(row, now) !== undefined) return "warn";
  return row.askedAt === undefined ? "idle" : "live";
}

/** Failed, then stuck, then under way, then given up, then good: 0 comes first. */
export function rankOf(row: WireRow, now: number): number {
  const state = stateOf(row);
  if (state === "failed") return 0;
  if (state === "timedOut" || state === "expired") return 1;
  if (stuckReason(row, now) !== undefined) return 2;
  if (row.status === "active") return 3;
  return row.status === "stopped" || state === "canceled" ? 4 : 5;
}
