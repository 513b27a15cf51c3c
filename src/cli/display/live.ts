/**
 * Live lines on a terminal: one an operation, redrawn in place.
 *
 * @module
 */
// @ts-types="@types/cli-progress"
import { MultiBar, type Options } from "cli-progress";
import type { OperationHandle } from "../../runtime/handle.ts";
import type { CliIo } from "../io.ts";
import { createPaint } from "../paint.ts";
import type { Display } from "./display.ts";
import { type Row, rowColumns, rowHeadings, rowText } from "./rows.ts";

const WIDTH = 80;
const FRAMES_PER_SECOND = 10;

/** Creates the display; it draws nothing before there is an operation. */
export function createLiveDisplay(io: Pick<CliIo, "stderr" | "clock" | "env">): Display {
  const { stderr, clock, env } = io;
  const paint = createPaint(stderr, env);
  const rows: Row[] = [];
  let bars: MultiBar | undefined;

  const columns = () => rowColumns(rows, stderr.columns || WIDTH);
  const add = (text: () => string): void => {
    bars!.create(1, 0, {}, { format: text });
  };
  const addRow = (row: Row): void =>
    add(() => rowText(row, columns(), { now: clock.now(), paint }));

  function open(): void {
    bars = new MultiBar({
      stream: stderr as NonNullable<Options["stream"]>, // of which it only writes
      fps: FRAMES_PER_SECOND,
      hideCursor: true,
      clearOnComplete: false,
      emptyOnZero: true,
    });
    add(() => rowHeadings(columns(), paint));
    rows.forEach(addRow);
  }

  function close({ clear = false } = {}): void {
    if (bars === undefined) return;
    Object.assign((bars as unknown as { options: Options }).options, { clearOnComplete: clear });
    bars.stop();
    bars = undefined;
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
      else addRow(row);
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
