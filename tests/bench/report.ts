/**
 * Ratios, what they must be, and the table of them.
 *
 * @module
 */
import process from "node:process";

/** One result of a benchmark. */
export interface Ratio {
  /** What was compared. */
  readonly measure: string;
  /** Ours to theirs; smaller is better. */
  readonly ratio: number;
  /** The most that is let pass; none where it is only worth knowing. */
  readonly must?: number;
  /** The most that would please. */
  readonly aim?: number;
  /** The numbers behind it. */
  readonly detail: string;
}

/**
 * Ends a benchmark: prints its ratios, or hands them to the runner with `--json`,
 * and exits with 1 if one that must be kept is not.
 *
 * @param title Where and how it ran.
 */
export function finish(title: string, ratios: readonly Ratio[]): never {
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify({ title, ratios }));
    process.exit(0);
  }
  console.log(`${title}\n${table(ratios)}`);
  process.exit(ratios.every((ratio) => isKept(ratio)) ? 0 : 1);
}

/**
 * Whether a ratio is as it must be.
 *
 * @param margin How many times the bound is let pass, on a machine that is not quiet.
 */
export function isKept({ ratio, must }: Ratio, margin = 1): boolean {
  return must === undefined || ratio <= must * margin;
}

/** The ratios as a table for people. */
export function table(ratios: readonly Ratio[], margin = 1): string {
  const head = ["ours / theirs", "ratio", "must", "aim", "", "numbers"];
  const rows = ratios.map((ratio) => [
    ratio.measure,
    ratio.ratio.toFixed(3),
    bound(ratio.must),
    bound(ratio.aim),
    verdict(ratio, margin),
    ratio.detail,
  ]);
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]!.length), title.length)
  );
  return [head, widths.map((width) => "-".repeat(width)), ...rows]
    .map((row) =>
      row.map((cell, column) =>
        column >= 1 && column <= 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)
      ).join("  ").trimEnd()
    )
    .join("\n");
}

function bound(value: number | undefined): string {
  return value === undefined ? "" : value.toFixed(3);
}

function verdict(ratio: Ratio, margin: number): string {
  if (ratio.must === undefined) return "";
  if (!isKept(ratio, margin)) return "FAIL";
  return ratio.aim !== undefined && ratio.ratio <= ratio.aim ? "PASS, aim" : "PASS";
}
