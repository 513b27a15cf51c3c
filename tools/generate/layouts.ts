/**
 * Lays out the statechart of every built-in kind and draws it:
 * `src/drawing/layouts.generated.ts` and `docs/machines/*.svg`.
 *
 * @module
 */
import { listKinds } from "../../mod.ts";
import { readChart } from "../../src/drawing/chart.ts";
import { type LayoutEngine, layOutWithElk } from "../../src/drawing/elk_layout.ts";
import type { Layout } from "../../src/drawing/layout.ts";
import { configOf } from "../../src/xstate/mod.ts";
import { drawSvg } from "../../src/drawing/svg.ts";

const root = new URL("../../", import.meta.url);

const layouts: Layout[] = [];
const engine = await loadEngine();
for (const { machine } of listKinds()) {
  layouts.push(await layOutWithElk(readChart(configOf(machine)), engine));
}
const lines = layouts.map((layout) => `  ${JSON.stringify(layout)},`);
await Deno.writeTextFile(
  new URL("src/drawing/layouts.generated.ts", root),
  [
    "// Made by `deno task generate`; do not edit.",
    'import type { Layout } from "./layout.ts";',
    "",
    "/** The layouts of all built-in machines. */",
    "export const LAYOUTS: readonly Layout[] = [",
    ...lines,
    "];",
    "",
  ].join("\n"),
);
for (const layout of layouts) {
  await Deno.writeTextFile(new URL(`docs/machines/${layout.id}.svg`, root), drawSvg(layout));
}
console.log(`${layouts.length} statecharts laid out and drawn`);

async function loadEngine(): Promise<LayoutEngine> {
  // Not in deno.json and not a literal: 8 MB that only this needs.
  const name = "npm:elkjs@0.12.1/lib/elk.bundled.js";
  const { default: Engine } = await import(name);
  return new Engine();
}
