/**
 * Live lines on a terminal: one an operation, redrawn in place.
 *
 * @module
 */
import type { OperationHandle } from "../../model/handle.ts";
import type { CliIo } from "../io.ts";
import { createPaint } from "../text/paint.ts";
import type { Display, OperationName } from "./display.ts";
import { createFrame } from "./frame.ts";
import { chooseRows, type Row, rowFields, rowHeadings, rowText } from "./rows.ts";

const WIDTH = 80;
const HEIGHT = 24;

/** Creates the display; it draws nothing before there is an operation. */
export function createLiveDisplay(
  io: Pick<CliIo, "stderr" | "clock" | "env">,
): Display {
  const { stderr, clock, env } = io;
  const paint = createPaint(stderr, env);
  const rows: Row[] = [];

  /** The headings, a line for each operation or for as many as fit into `height`, and how many have ended. */
  const texts = (height = Infinity): string[] => {
    const fields = rowFields(rows, stderr.columns || WIDTH);
    const now = clock.now();
    const summary = rows.length > 1 ? [paint("dim", summaryOf(rows))] : [];
    const { shown, hidden } = chooseRows(rows, height - 1 - summary.length);
    return [
      rowHeadings(fields, paint),
      ...shown.map((row) => rowText(row, fields, { now, paint })),
      ...(hidden > 0 ? [paint("dim", `... and ${hidden} more`)] : []),
      ...summary,
    ];
  };
  /** One line stays free for the cursor. */
  const lines = (): string[] => texts((stderr.rows || HEIGHT) - 1);
  const frame = createFrame(stderr, { clock, lines });

  return {
    follow(name: OperationName, handle: OperationHandle) {
      rows.push({
        ...name,
        get snapshot() {
          return handle.snapshot;
        },
      });
      frame.open();
    },
    print: frame.print, // long lines of text can wrap
    close({ clear = false } = {}) {
      if (!frame.isOpen) return;
      frame.close();
      if (!clear) stderr.write(texts().map((text) => `${text}\n`).join(""));
    },
  };
}

function summaryOf(rows: readonly Row[]): string {
  const ended = rows.filter(({ snapshot }) => snapshot.outcome).length;
  return `${ended} of ${rows.length} have ended`;
}
