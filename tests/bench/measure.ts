/**
 * What the benchmarks measure with, in Deno and in Node.
 *
 * @module
 */
import process from "node:process";
import { setImmediate } from "node:timers";

/** CPU time of all threads of this process so far, in microseconds. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Whether {@linkcode collectGarbage} can do anything, i.e. V8 got `--expose-gc`. */
export function canCollectGarbage(): boolean {
  return typeof (globalThis as { gc?: unknown }).gc === "function";
}

/** Collects garbage, so that nobody pays for what somebody else left behind. */
export async function collectGarbage(): Promise<void> {
  const { gc } = globalThis as { gc?: () => void };
  for (let time = 0; time < 2; time++) {
    gc?.();
    await turn();
  }
}

/** A turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The middle of some values, of which there is at least one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Measures everybody several times, in turns and in another order each time, so
 * that whatever disturbs the machine disturbs all alike.
 *
 * @param names Who is measured.
 * @param rounds How often; one more round before is not counted.
 * @param measure Yields a number for one of them, or `undefined` where it sits this round out.
 * @returns The numbers by name, by round.
 */
export async function inTurns<Name extends string>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name, round: number) => Promise<number | undefined>,
): Promise<Record<Name, (number | undefined)[]>> {
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    (number | undefined)[]
  >;
  for (let round = -1; round < rounds; round++) {
    for (let place = 0; place < names.length; place++) {
      const name = names[(place + round + 1) % names.length]!;
      const result = await measure(name, round);
      if (round >= 0) results[name].push(result);
    }
  }
  return results;
}

/** The median of the ratios round by round, over those rounds in which both took part. */
export function medianRatio(
  ours: readonly (number | undefined)[],
  theirs: readonly (number | undefined)[],
): number {
  const ratios = ours.flatMap((value, round) => {
    const other = theirs[round];
    return value === undefined || other === undefined ? [] : [value / other];
  });
  return median(ratios);
}

/** The median of those rounds in which somebody took part. */
export function medianOf(values: readonly (number | undefined)[]): number {
  return median(values.filter((value) => value !== undefined));
}

/** Two or three figures of a number. */
export function figures(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}
