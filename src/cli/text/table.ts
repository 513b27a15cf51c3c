/**
 * Aligned columns.
 *
 * @module
 */
import { cleanLine } from "../../model/clean_text.ts";

/** One column. */
export interface Column {
  /** Its heading. */
  readonly title: string;
  /** Width in characters; what is longer is cut. */
  readonly width: number;
  /**
   * Which side its texts stand at.
   *
   * @default {"left"}
   */
  readonly align?: "left" | "right";
  /** Where there is no room, columns with a rank are left out, the greatest rank first. */
  readonly rank?: number;
}

const GAP = "  ";

/**
 * Lays out one line, whatever is in the cells; those that are missing are blank.
 *
 * @param decorate Changes a cell that is laid out already, for colour.
 */
export function layOut(
  columns: readonly Column[],
  cells: readonly string[],
  decorate: (text: string, index: number) => string = (text) => text,
): string {
  return columns.map(({ width, align }, index) => {
    const text = cut(cleanLine(cells[index] ?? ""), width);
    const blanks = " ".repeat(width - text.length);
    const shown = text === "" ? "" : decorate(text, index);
    return align === "right" ? blanks + shown : shown + blanks;
  }).join(GAP).trimEnd();
}

/** The line of headings. */
export function headings(columns: readonly Column[]): string {
  return layOut(columns, columns.map(({ title }) => title));
}

/** How wide columns are together. */
export function totalWidth(columns: readonly Column[]): number {
  return columns.reduce(
    (sum, { width }) => sum + width + GAP.length,
    -GAP.length,
  );
}

/** As many of the columns as fit into a width, those without a rank in any case. */
export function fitColumns<C extends Column>(columns: readonly C[], width: number): C[] {
  const fitting = [...columns];
  while (totalWidth(fitting) > width) {
    const greatest = Math.max(...fitting.map(({ rank }) => rank ?? -1));
    if (greatest < 0) break;
    fitting.splice(fitting.findIndex(({ rank }) => rank === greatest), 1);
  }
  return fitting;
}

/** The widest of some texts, between two bounds. */
export function widthOf(
  texts: readonly string[],
  least: number,
  most: number,
): number {
  return Math.max(
    least,
    Math.min(most, Math.max(0, ...texts.map((text) => cleanLine(text).length))),
  );
}

/** A text that fits; what is cut off shows as an ellipsis. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Breaks a text between words, into lines of at most `width` characters where words allow it. */
export function wrap(text: string, width: number): string {
  let length = 0;
  return text.split(" ").map((word, index) => {
    const fits = length + 1 + word.length <= width;
    length = fits ? length + 1 + word.length : word.length;
    if (index === 0) return word;
    return fits ? ` ${word}` : `\n${word}`;
  }).join("");
}
