/**
 * Some lines at the bottom of a terminal that are redrawn in place.
 *
 * Our own, because it must draw by the injected clock, so that tests see every
 * frame, and must ask for no permission: cli-progress and log-update fail in one
 * or the other.
 *
 * @module
 */
import { cleanPainted } from "../../model/clean_text.ts";
import { writeControls } from "../guarded_stream.ts";
import type { CliIo } from "../io.ts";
import type { TextStream } from "../text_stream.ts";

/** Lines that are redrawn in place. */
export interface Frame {
  /** Whether it is on the screen. */
  readonly isOpen: boolean;
  /** Draws it, and again ten times a second. */
  open(): void;
  /** Takes it away. */
  close(): void;
  /** Prints text that stays above it; whole lines, which may wrap. */
  print(text: string): void;
}

const PERIOD_MS = 100;

// Control sequences (ECMA-48, and DEC private modes that every terminal has).
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const NO_WRAP = "\x1b[?7l";
const WRAP = "\x1b[?7h";
const CLEAR_LINE_END = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";
const up = (lines: number): string => lines > 0 ? `\x1b[${lines}A` : "";

/**
 * Creates a frame; nothing is drawn yet.
 *
 * @param stream The terminal.
 * @param options Time, and what is to be seen at this moment: as many lines as fit, the cursor's own left out.
 */
export function createFrame(
  stream: TextStream,
  { clock, lines }: Pick<CliIo, "clock"> & { readonly lines: () => readonly string[] },
): Frame {
  let isOpen = false;
  let height = 0;
  let last = "";
  let timer: unknown;

  function draw(): void {
    const now = lines();
    const text = now.map((line) => `${cleanPainted(line)}${CLEAR_LINE_END}\n`).join("");
    if (text !== last) writeControls(stream, `${up(height)}${text}${CLEAR_BELOW}`);
    last = text;
    height = now.length;
    timer = clock.setTimeout(draw, PERIOD_MS);
  }

  function open(): void {
    if (isOpen) return;
    isOpen = true;
    writeControls(stream, HIDE_CURSOR + NO_WRAP);
    draw();
  }

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    clock.clearTimeout(timer);
    writeControls(stream, `${up(height)}${CLEAR_BELOW}${WRAP}${SHOW_CURSOR}`);
    height = 0;
    last = "";
  }

  return {
    get isOpen() {
      return isOpen;
    },
    open,
    close,
    print(text) {
      const wasOpen = isOpen;
      close();
      stream.write(text);
      if (wasOpen) open();
    },
  };
}
