/**
 * The layout of a machine: the one that was made when this package was built,
 * where the machine is still the same, and boxes within boxes for all others.
 *
 * @module
 */
import { type Chart, readChart } from "./chart.ts";
import { LAYOUTS } from "./layouts.generated.ts";
import { keyOf, type Layout } from "./layout.ts";
import { layOutNested } from "./nested_layout.ts";

/**
 * Lays a machine out without any engine.
 *
 * @param config As `machine.config` is.
 */
export function layoutOf(config: unknown): Layout {
  const chart = readChart(config);
  return builtLayoutOf(chart) ?? layOutNested(chart);
}

/** The layout that was made when this package was built, if there is one of this very chart. */
export function builtLayoutOf(chart: Chart): Layout | undefined {
  const built = LAYOUTS.find(({ id }) => id === chart.id);
  return built?.key === keyOf(chart) ? built : undefined;
}
