/**
 * What a run of `lro` shows on a terminal, as frames.
 *
 * @module
 */
import headless from "@xterm/headless";
import { main } from "../../src/cli/mod.ts";
import { readScreen, type ScreenLine } from "./screen.ts";

/** What was to be seen, and for how long. */
export interface RecordedFrame {
  /** The screen's lines, from the first to the last that is not empty. */
  readonly lines: readonly ScreenLine[];
  /** How long it stood, in milliseconds. */
  readonly durationMs: number;
}

/** Options of {@linkcode record}. */
export interface RecordOptions {
  /** Width of the terminal, in characters. */
  readonly columns: number;
  /** How often the screen is looked at, in milliseconds. */
  readonly periodMs: number;
  /** The line above all. */
  readonly prompt: string;
}

/** A run, recorded. */
export interface Recording {
  /** What the command ended with. */
  readonly exitCode: number;
  /** What it showed; the last frame is the end. */
  readonly frames: readonly RecordedFrame[];
}

/** More than any run fills, so that nothing scrolls away. */
const ROWS = 200;

/** Runs the command on a terminal in memory. */
export async function record(args: readonly string[], options: RecordOptions): Promise<Recording> {
  const { columns, periodMs, prompt } = options;
  const terminal = new headless.Terminal({ cols: columns, rows: ROWS, allowProposedApi: true });
  const stream = {
    isTTY: true,
    columns,
    rows: ROWS,
    write: (text: string) => terminal.write(text.replaceAll("\n", "\r\n")), // as a tty does
  };
  stream.write(`${prompt}\n`);
  const frames: RecordedFrame[] = [];
  const look = async (): Promise<void> => {
    await new Promise<void>((resolve) => terminal.write("", resolve)); // all of it is on the screen
    addFrame(frames, { lines: readScreen(terminal), durationMs: periodMs });
  };
  const looking = setInterval(look, periodMs);
  const exitCode = await main(args, { stdout: stream, stderr: stream, env: {} });
  clearInterval(looking);
  await look();
  return { exitCode, frames };
}

/** Adds a frame, or lets the last one stand longer where nothing has changed. */
function addFrame(frames: RecordedFrame[], frame: RecordedFrame): void {
  const last = frames.at(-1);
  if (last && JSON.stringify(last.lines) === JSON.stringify(frame.lines)) {
    frames[frames.length - 1] = { ...last, durationMs: last.durationMs + frame.durationMs };
  } else frames.push(frame);
}
