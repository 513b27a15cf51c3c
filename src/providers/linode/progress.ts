/**
 * How far an event is.
 *
 * @module
 */
import type { Progress } from "../../model/verdict.ts";
import type { LinodeEvent } from "./events.ts";

/** `percent_complete`, `time_remaining` and the status. */
export function progressOf(event: LinodeEvent): Progress {
  const percent = event["percent_complete"];
  const seconds = secondsOf(event["time_remaining"]);
  return {
    ...(typeof percent === "number" && { percent: Math.min(100, Math.max(0, percent)) }),
    ...(seconds !== undefined && { remainingMs: Math.round(seconds * 1_000) }),
    text: event.status,
  };
}

/** Seconds alone, `M:SS`, `H:M:S` or `D:H:M:S`, in one digit or more; days may be in words: `1 day, 2:03:04`. */
const TIME = /^(?:(\d+) days?,? *)?(\d+(?::\d+){0,3}(?:\.\d+)?)$/;
const UNITS = [1, 60, 3_600, 86_400];

/**
 * The API writes a number of seconds, or a text such as `"1:23"` (linodego,
 * `internal/duration`) or `"0:0:20"`.
 */
function secondsOf(remaining: unknown): number | undefined {
  if (typeof remaining === "number") return remaining >= 0 ? remaining : undefined;
  const [, days = "0", clock] = typeof remaining === "string"
    ? TIME.exec(remaining.trim()) ?? []
    : [];
  if (clock === undefined) return undefined;
  const parts = clock.split(":").reverse();
  return parts.reduce((sum, part, index) => sum + Number(part) * UNITS[index]!, 0) +
    Number(days) * 86_400;
}
