/**
 * What stands on a terminal's screen, as runs of text of one style.
 *
 * @module
 */
import type { IBufferCell, Terminal } from "@xterm/headless";

/** Some text of one style, without gaps. */
export interface ScreenRun {
  /** Column of its first character, from 0. */
  readonly column: number;
  /** The text. */
  readonly text: string;
  /** Its style: `red`, `green`, `yellow`, `bold`, `dim`, several of them or none. */
  readonly style: string;
}

/** One line of the screen. */
export type ScreenLine = readonly ScreenRun[];

const COLOURS: Readonly<Record<number, string>> = { 1: "red", 2: "green", 3: "yellow" };
/** So many blanks are a gap between two columns of a table, each of which keeps its own place. */
const GAP = 2;

/** Reads the lines of a screen, from the first to the last that is not empty. */
export function readScreen(terminal: Terminal): ScreenLine[] {
  const lines: ScreenLine[] = [];
  for (let row = 0; row < terminal.rows; row++) lines.push(readLine(terminal, row));
  while (lines.at(-1)?.length === 0) lines.pop();
  return lines;
}

function readLine(terminal: Terminal, row: number): ScreenLine {
  const line = terminal.buffer.active.getLine(row);
  const runs: ScreenRun[] = [];
  let open: { column: number; text: string; style: string } | undefined;
  const close = (): void => {
    if (open) runs.push({ ...open, text: open.text.trimEnd() });
    open = undefined;
  };
  for (let column = 0; column < terminal.cols; column++) {
    const cell = line?.getCell(column);
    const text = cell?.getChars() || " ";
    if (text === " ") {
      if (open?.text.endsWith(" ".repeat(GAP - 1))) close();
      else if (open) open.text += text;
      continue;
    }
    const style = styleOf(cell!);
    if (open?.style !== style) close();
    if (open) open.text += text;
    else open = { column, text, style };
  }
  close();
  return runs;
}

function styleOf(cell: IBufferCell): string {
  return [
    ...(cell.isFgPalette() ? [COLOURS[cell.getFgColor()] ?? ""] : []),
    ...(cell.isBold() ? ["bold"] : []),
    ...(cell.isDim() ? ["dim"] : []),
  ].join(" ");
}
