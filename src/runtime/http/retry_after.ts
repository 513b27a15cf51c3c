/**
 * How long a server asks us to stay away, in every form that servers use.
 *
 * @module
 */

/**
 * Reads `retry-after-ms`, `x-ms-retry-after-ms` (milliseconds) and `Retry-After`
 * (seconds, fractions too, or an HTTP-date; RFC 9110, 10.2.3).
 *
 * A date is measured against the reply's own `Date` where it has one, so that
 * clock skew between us and the server does no harm.
 *
 * @param headers Response headers, names in lower case.
 * @param nowMs The present time, in milliseconds since the epoch.
 * @returns Milliseconds, or `undefined` for nothing, zero, the past and garbage.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): number | undefined {
  return milliseconds(headers["retry-after-ms"], 1) ??
    milliseconds(headers["x-ms-retry-after-ms"], 1) ??
    milliseconds(headers["retry-after"], 1_000) ??
    untilDate(headers["retry-after"], headers["date"], nowMs);
}

function milliseconds(text: string | undefined, unit: number): number | undefined {
  if (text === undefined || !/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return undefined;
  return positive(Number(text) * unit);
}

function untilDate(
  text: string | undefined,
  sentAt: string | undefined,
  nowMs: number,
): number | undefined {
  // A date has a letter in it; Date.parse would read much else as one.
  if (text === undefined || !/[a-z]{3}/i.test(text)) return undefined;
  const sentMs = sentAt === undefined ? NaN : Date.parse(sentAt);
  return positive(Date.parse(text) - (Number.isNaN(sentMs) ? nowMs : sentMs));
}

function positive(value: number): number | undefined {
  return value > 0 && value < Infinity ? Math.ceil(value) : undefined;
}
