/**
 * Where the boxes and arrows of a statechart stand. A layout is plain data, so
 * that it can be made once, kept, and drawn anywhere.
 *
 * @module
 */
import type { Chart, ChartNode } from "./chart.ts";

/** A rectangle, in pixels from the top left corner of the drawing. */
export interface Box {
  /** Left edge. */
  readonly x: number;
  /** Upper edge. */
  readonly y: number;
  /** Width. */
  readonly width: number;
  /** Height. */
  readonly height: number;
}

/** Where a state stands. */
export interface LayoutNode extends Box {
  /** Its path with dots; empty for the frame. */
  readonly path: string;
  /** Its name. */
  readonly name: string;
  /** What it does. */
  readonly note?: string;
  /** What it looks like; `start` is the dot from which the first state is entered. */
  readonly kind: "frame" | "compound" | "atomic" | "final" | "start";
}

/** Where an arrow runs. */
export interface LayoutEdge {
  /** Path of the state that is left; `undefined` for the arrow from a dot. */
  readonly from?: string;
  /** Path of the state that is entered. */
  readonly to: string;
  /** The events. */
  readonly events: readonly string[];
  /** The corners of the line, `[x, y]`. */
  readonly points: readonly (readonly [number, number])[];
  /** Where the events are written, one below the other. */
  readonly label?: Box;
}

/** A statechart, laid out. */
export interface Layout {
  /** The machine's name. */
  readonly id: string;
  /** Tells whether the machine is still the one that was laid out. */
  readonly key: string;
  /** Width of the drawing. */
  readonly width: number;
  /** Height of the drawing. */
  readonly height: number;
  /** Outer states come before those within. */
  readonly nodes: readonly LayoutNode[];
  /** The arrows; none where only boxes are drawn. */
  readonly edges: readonly LayoutEdge[];
}

/** Height of a compound state's title. */
export const TITLE_HEIGHT = 30;
/** Height of one event of a label. */
export const EVENT_HEIGHT = 15;

/** How much room a state without children takes. */
export function sizeOf({ name, note, kind }: ChartNode): { width: number; height: number } {
  const text = Math.max(name.length * 7.6, (note?.length ?? 0) * 6.1);
  const width = Math.round(Math.max(kind === "final" ? 84 : 78, text + 30));
  return { width, height: note === undefined ? 36 : 48 };
}

/** How much room the events of an arrow take. */
export function labelSizeOf(events: readonly string[]): { width: number; height: number } {
  const longest = Math.max(0, ...events.map(({ length }) => length));
  return { width: Math.round(longest * 6.4 + 12), height: events.length * EVENT_HEIGHT + 3 };
}

/** Two charts that are drawn alike have the same key. */
export function keyOf(chart: Chart): string {
  let hash = 0x811c9dc5; // FNV-1a
  for (const character of JSON.stringify(chart)) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  }
  return hash.toString(36);
}
