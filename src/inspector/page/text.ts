/**
 * Times and numbers as people read them.
 *
 * @module
 */

/** A span of time: `"40 ms"`, `"1.4 s"`, `"12 s"`, `"3 m 20 s"`, `"2 h 5 m"`. */
export function spanText(timeMs: number): string {
  const seconds = Math.max(0, timeMs) / 1_000;
  if (timeMs < 100) return `${Math.ceil(Math.max(0, timeMs))} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} m ${whole % 60} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
  return `${Math.floor(minutes / 1_440)} d ${Math.floor(minutes / 60) % 24} h`;
}

/** A time of day, in the reader's own zone. */
export function clockText(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString(undefined, { hour12: false });
}

/** A number with its noun: `"1 poll"`, `"12 polls"`. */
export function countText(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
