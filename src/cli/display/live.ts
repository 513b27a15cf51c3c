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
import { type Row, rowColumns, rowHeadings, rowText } from "./rows.ts";

const WIDTH = 80;
const FRAMES_PER_SECOND = 10;

/** Creates the display; it draws nothing before there is an operation. */
export function createLiveDisplay(
  io: Pick<CliIo, "stderr" | "clock" | "env">,
): Display {
  const { stderr, clock, env } = io;
  const paint = createPaint(stderr, env);
  const rows: Row[] = [];
  let bars: MultiBar | undefined;

  /** The headings, and a line for each operation. */
  const texts = (): string[] => {
    const columns = rowColumns(rows, stderr.columns || WIDTH);
    const now = clock.now();
    return [
      rowHeadings(columns, paint),
      ...rows.map((row) => rowText(row, columns, { now, paint })),
    ];
  };
  const add = (index: number): void => {
    bars!.create(1, 0, {}, { format: () => texts()[index]! });
  };

  function open(): void {
    bars = new MultiBar({
      stream: stderr as NonNullable<Options["stream"]>, // of which it only writes
      fps: FRAMES_PER_SECOND,
      hideCursor: true,
      clearOnComplete: true,
    });
    texts().forEach((_text, index) => add(index));
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
      else add(rows.length); // below the headings
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
