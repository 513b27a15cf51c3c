/**
 * The machines that rows speak of, each with its config and its drawing.
 *
 * @module
 */
import { readChart } from "../../drawing/chart.ts";
import { type LayoutEngine, layOutWithElk } from "../../drawing/elk_layout.ts";
import { builtLayoutOf } from "../../drawing/layouts.ts";
import { layOutNested } from "../../drawing/nested_layout.ts";
import { captureConfig } from "../record/capture.ts";
import type { WireMachine } from "./wire.ts";

interface Known {
  machine: WireMachine;
  /** The number of its last change. */
  change: number;
}

/** Options for {@linkcode Machines}. */
export interface MachinesOptions {
  /** Lays out machines that this package was not built with. */
  readonly engine?: LayoutEngine | undefined;
  /** Told when a drawing has become better; returns the number of the change. */
  readonly changed: () => number;
}

/** Knows each machine once. */
export class Machines {
  readonly #options: MachinesOptions;
  readonly #byName = new Map<string, Known>();
  readonly #names = new WeakMap<object, string>();

  /** Knows none yet. */
  constructor(options: MachinesOptions) {
    this.#options = options;
  }

  /**
   * Makes a machine known.
   *
   * @returns The name that rows use; another machine of the same name gets a number.
   */
  nameOf(config: object & { readonly id?: unknown }): string {
    const known = this.#names.get(config);
    if (known !== undefined) return known;
    const id = typeof config.id === "string" ? config.id : "(machine)";
    const definition = captureConfig(config, id);
    let name = id;
    for (let count = 2; this.#isOther(name, definition); count++) name = `${id} (${count})`;
    this.#names.set(config, name);
    if (!this.#byName.has(name)) this.#add(name, definition);
    return name;
  }

  /** Those that are new or drawn anew since a change. */
  since(change: number): WireMachine[] {
    return [...this.#byName.values()].filter((known) => known.change > change)
      .map(({ machine }) => machine);
  }

  /** One of them. */
  get(name: string): WireMachine | undefined {
    return this.#byName.get(name)?.machine;
  }

  #isOther(name: string, definition: string): boolean {
    const known = this.#byName.get(name);
    return known !== undefined && known.machine.definition !== definition;
  }

  #add(name: string, definition: string): void {
    const { engine, changed } = this.#options;
    const chart = readChart(JSON.parse(definition));
    const built = builtLayoutOf(chart);
    const layout = built ?? layOutNested(chart);
    const known: Known = { machine: { name, definition, layout }, change: changed() };
    this.#byName.set(name, known);
    if (built || !engine) return;
    layOutWithElk(chart, engine).then((better) => {
      known.machine = { name, definition, layout: better };
      known.change = changed();
    }, () => {}); // the engine fails on some graphs: the boxes remain
  }
}
