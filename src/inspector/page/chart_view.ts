/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The statechart with its live state lit, what was visited, and the arrow that was
 * taken last.
 *
 * @module
 */
import { drawShapes } from "../../drawing/shapes.ts";
import type { WireEntry, WireMachine } from "../wire/wire.ts";
import { h, toSvg } from "./dom.ts";

/** Where a machine stands. */
export interface ChartMoment {
  /** The state, as in a row. */
  readonly value: string;
  /** Every moment up to now. */
  readonly past: readonly WireEntry[];
  /** How the end is coloured. */
  readonly tone: string;
}

/** Draws one machine at a time. */
export class ChartView {
  /** The drawing's place. */
  readonly element: HTMLElement = h("div", { class: "chart" });
  #machine: WireMachine | undefined;
  #value = "";

  /** Shows a machine at a moment. */
  show(machine: WireMachine | undefined, { value, past, tone }: ChartMoment): void {
    if (machine !== this.#machine) {
      this.#machine = machine;
      this.element.replaceChildren(...(machine ? [draw(machine)] : []));
    }
    const last = past.at(-1);
    const before = past.at(-2)?.snapshot?.value;
    const isLast = last?.snapshot?.value === value;
    const visited = new Set(past.flatMap(({ snapshot }) => pathsOf(snapshot?.value ?? "")));
    const active = new Set(pathsOf(value));
    const isTaken = (element: SVGElement, from: string | undefined, to: string): boolean => {
      const { from: start, to: target } = element.dataset;
      return from !== undefined && start !== undefined && target !== undefined &&
        isWithin(from, start) && isWithin(to, target);
    };
    const steps = pairs(past);
    this.element.className = `chart tone-${tone}`;
    for (const node of this.element.querySelectorAll<SVGElement>(".node")) {
      const path = node.dataset["path"]!;
      const isStart = node.classList.contains("start");
      node.classList.toggle("active", !isStart && active.has(path));
      node.classList.toggle("visited", !isStart && visited.has(path));
    }
    for (const edge of this.element.querySelectorAll<SVGElement>(".edge, .label")) {
      const events = this.#eventsOf(edge);
      const took = ({ event = "", from, to }: Step): boolean =>
        events.includes(event) && isTaken(edge, from, to);
      edge.classList.toggle("visited", steps.some(took));
      edge.classList.toggle(
        "taken",
        isLast && took({ event: last.event, from: before, to: value }),
      );
      for (const text of edge.querySelectorAll<SVGElement>("text")) {
        text.classList.toggle(
          "event",
          edge.classList.contains("taken") && text.dataset["event"] === last?.event,
        );
      }
    }
    if (value !== this.#value) this.#reveal();
    this.#value = value;
  }

  #eventsOf({ dataset: { from, to } }: SVGElement): readonly string[] {
    return this.#machine?.layout.edges.find((edge) => edge.from === from && edge.to === to)
      ?.events ?? [];
  }

  /** Scrolls a drawing that is wider than the screen to where it is lit. */
  #reveal(): void {
    const { element } = this;
    if (element.scrollWidth <= element.clientWidth) return;
    const lit = [...element.querySelectorAll(".node.active")].at(-1);
    if (!lit) return;
    const { left, width } = lit.getBoundingClientRect();
    const own = element.getBoundingClientRect();
    element.scrollLeft += left + width / 2 - own.left - own.width / 2;
  }
}

interface Step {
  readonly event: string | undefined;
  readonly from: string | undefined;
  readonly to: string;
}

function pairs(past: readonly WireEntry[]): Step[] {
  return past.slice(1).map(({ event, snapshot }, index) => ({
    event,
    from: past[index]!.snapshot?.value,
    to: snapshot?.value ?? "",
  }));
}

/** Whether a state, given with its innermost part, is or is within another. */
function isWithin(value: string, path: string): boolean {
  return path === "" || pathsOf(value).includes(path);
}

/** A state and all that it is within: `"a.b"` is `"a"` and `"a.b"`. */
function pathsOf(value: string): string[] {
  const paths = value.split(" ").filter((path) => path !== "").flatMap((path) => {
    const parts = path.split(".");
    return parts.map((_, index) => parts.slice(0, index + 1).join("."));
  });
  return paths;
}

function draw({ layout }: WireMachine): SVGElement {
  const { width, height, id } = layout;
  const svg = toSvg({
    tag: "svg",
    attributes: {
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-label": `Statechart of ${id}`,
    },
    children: drawShapes(layout),
  });
  for (const note of svg.querySelectorAll(".note")) note.setAttribute("class", "note-text");
  return svg;
}
