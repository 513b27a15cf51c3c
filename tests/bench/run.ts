/**
 * Runs the benchmarks, one after the other, each in a process of its own, and
 * prints every ratio beside what it must be. Exits with 1 if one is missed.
 *
 * ```sh
 * deno task bench             # all of them, about three minutes
 * deno task bench heap loop   # those whose names begin so
 * ```
 *
 * Every one can also be run alone: `deno run -A --v8-flags=--expose-gc tests/bench/heap.ts`.
 *
 * @module
 */
import { hasNode } from "./in_node.ts";
import { isKept, type Ratio, table } from "./report.ts";
import { runBenchmark } from "./subprocess.ts";

const BENCHMARKS = [
  "engine_cpu.ts",
  "heap.ts",
  "many_waiters.ts",
  "startup.ts",
  "startup_in_node.ts",
  "xstate_use.ts",
  "loopback.ts",
  "azure_loopback.ts",
  "linode_feed.ts",
  "inspector_cpu.ts",
  "inspector_page.ts",
] as const;

/** What fetches a package by its name must not write it into deno.lock. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  "inspector_page.ts": ["--no-lock"],
  "startup_in_node.ts": ["--no-lock"],
};

/** What has bounds in Node too. */
const IN_NODE: ReadonlySet<string> = new Set(["engine_cpu.ts"]);
const HERE = import.meta.dirname!;

const chosen = BENCHMARKS.filter((name) =>
  Deno.args.length === 0 || Deno.args.some((start) => name.startsWith(start))
);
if (chosen.length === 0) {
  console.error(`Cannot run benchmarks: none begins with ${Deno.args.join(" or ")}`);
  Deno.exit(2);
}
const missed: Ratio[] = [];
for (const name of chosen) {
  report(name, await runBenchmark(name, ["--json"], FLAGS[name]));
  if (!IN_NODE.has(name)) continue;
  if (!await hasNode()) console.log(`\n${name} is not run in Node: there is no \`node\` here`);
  else report(`${name} in Node`, await runBenchmark("in_node.ts", [`${HERE}/${name}`, "--json"]));
}
console.log(`\n${missed.length === 0 ? "Every bound is kept." : `${missed.length} missed:`}`);
for (const { measure, ratio, must } of missed) {
  console.log(`  ${measure}: ${ratio.toFixed(3)}, must be at most ${must}`);
}
Deno.exit(missed.length === 0 ? 0 : 1);

function report(name: string, result: unknown): void {
  const { title, ratios } = result as { title: string; ratios: Ratio[] };
  console.log(`\n${title} (${name})\n${table(ratios)}`);
  missed.push(...ratios.filter((ratio) => !isKept(ratio)));
}
