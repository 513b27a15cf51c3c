/**
 * Durations as people write and read them.
 *
 * @module
 */

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Reads `4m`, `1.5s`, `250ms`, or a number of milliseconds.
 *
 * @returns Milliseconds.
 * @throws {TypeError} If it is none of these.
 */
export function parseDuration(text: string): number {
  const [, number, unit = "ms"] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim()) ?? [];
  if (number === undefined) {
    throw new TypeError(
      `Cannot read duration: expected such as 4m, 1.5s, 250ms or milliseconds, got ${
        JSON.stringify(text)
      }`,
    );
  }
  return Number(number) * UNIT_MS[unit]!;
}

/** Writes milliseconds so that they can be read at a glance: `0.8 s`, `2 m 05 s`, `1 h 00 m`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (Math.round(seconds * 10) < 600) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)} m ${pad(whole % 60)} s`;
  const minutes = Math.floor(whole / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`;
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}
