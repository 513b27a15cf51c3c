/**
 * Schedules as they are written on the command line.
 *
 * @module
 */
import { exponential, fixed, type Schedule } from "../../model/schedule.ts";
import { parseDuration } from "./duration.ts";

/**
 * Reads `fixed:2s` or `exponential:1s,1.5,10s`: first pause, factor, longest
 * pause, and perhaps the share that chance may take away.
 *
 * @throws {TypeError} If it is neither.
 * @throws {RangeError} If a number in it makes no sense.
 */
export function parseSchedule(text: string): Schedule {
  const [kind, rest = ""] = text.split(":", 2);
  const parts = rest.split(",").map((part) => part.trim());
  const [first = "", factor, max, jitter] = parts;
  if (kind === "fixed" && parts.length === 1) {
    return fixed(parseDuration(first));
  }
  if (kind === "exponential" && max !== undefined && parts.length <= 4) {
    return exponential({
      initialMs: parseDuration(first),
      factor: parseNumber(factor),
      maxMs: parseDuration(max),
      jitter: parseNumber(jitter ?? "0"),
    });
  }
  throw new TypeError(
    "Cannot read schedule: expected fixed:2s or exponential:1s,1.5,10s (first pause, " +
      `factor, longest pause), got ${JSON.stringify(text)}`,
  );
}

function parseNumber(text = ""): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new TypeError(
    `Cannot read schedule: expected a number, got ${JSON.stringify(text)}`,
  );
}
