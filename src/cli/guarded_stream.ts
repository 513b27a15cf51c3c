/**
 * The one place that writes to the terminal: whatever a command prints goes through
 * here, and only what can do no harm comes out.
 *
 * A command cleans foreign texts where it puts them into a line or a cell, for only
 * there is it known whether a line break is one. What it forgets is cleaned here.
 *
 * @module
 */
import { cleanPainted, cleanText } from "../clean_text.ts";
import type { TextStream } from "./io.ts";

/** What is behind the guarded ones. */
const inner = new WeakMap<TextStream, TextStream>();

/** The stream, with all that is written to it cleaned; on a terminal our own colours stay. */
export function guardStream(stream: TextStream): TextStream {
  if (inner.has(stream)) return stream;
  const guarded: TextStream = {
    write: (text) => stream.write(stream.isTTY ? cleanPainted(text) : cleanText(text)),
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
  };
  inner.set(guarded, stream);
  return guarded;
}

/**
 * Writes what moves the cursor, and texts between: for what draws in place, and has
 * cleaned the texts.
 */
export function writeControls(stream: TextStream, text: string): void {
  (inner.get(stream) ?? stream).write(text);
}
