/**
 * Live lines on a terminal: one an operation, redrawn in place.
 *
 * @module
 */
// @ts-types="@types/cli-progress"
import { MultiBar, type Options } from "cli-progress";
import type { OperationHandle } from "../../runtime/operation_handle.ts";
import type { CliIo } from "../io.ts";
import { createPaint } from "../paint.ts";
import type { Display } from "./display.ts";
import { chooseRows, type Row, rowColumns, rowHeadings, rowText } from "./rows.ts";

const WIDTH = 80;
const HEIGHT = 24;
const FRAMES_PER_SECOND = 10;

/** Creates the display; it draws nothing before there is an operation. */
export function createLiveDisplay(
  io: Pick<CliIo, "stderr" | "clock" | "env">,
): Display {
  const { stderr, clock, env } = io;
  const paint = createPaint(stderr, env);
  const rows: Row[] = [];
  let bars: MultiBar | undefined;

  /** The headings, and a line for each operation, or for as many as fit into `height`. */
  const texts = (height = Infinity): string[] => {
    const columns = rowColumns(rows, stderr.columns || WIDTH);
    const now = clock.now();
    const { shown, hidden } = chooseRows(rows, height - 1);
    return [
      rowHeadings(columns, paint),
      ...shown.map((row) => rowText(row, columns, { now, paint })),
      ...(hidden > 0 ? [paint("dim", `... and ${hidden} more`)] : []),
    ];
  };
  /** One line stays free for the cursor. */
  const frame = (): string[] => texts((stderr.rows || HEIGHT) - 1);
  const add = (index: number): void => {
    bars!.create(1, 0, {}, { format: () => frame()[index] ?? "" });
  };

  function open(): void {
    bars = new MultiBar({
      stream: stderr as NonNullable<Options["stream"]>, // of which it only writes
      fps: FRAMES_PER_SECOND,
      hideCursor: true,
      clearOnComplete: true,
    });
    frame().forEach((_text, index) => add(index));
  }

  function close({ clear = false } = {}): void {
    if (bars === undefined) return;
    bars.stop();
    bars = undefined;
    if (!clear) stderr.write(texts().map((text) => `${text}\n`).join(""));
  }

  return {
    follow(label: string, handle: OperationHandle) {
      const row: Row = {
        label,
        get snapshot() {
          return handle.snapshot;
        },
      };
      rows.push(row);
      if (bars === undefined) open();
      else if (rows.length < frame().length) add(rows.length); // below the headings
    },
    print(text) {
      // Taken away and put up again below, so that long lines of text can wrap.
      const wasOpen = bars !== undefined;
      close({ clear: true });
      stderr.write(text);
      if (wasOpen) open();
    },
    close,
  };
}
