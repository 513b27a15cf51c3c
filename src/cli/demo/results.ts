/**
 * The table at the end of the demo.
 *
 * @module
 */
import type { Outcome } from "../../operation.ts";
import { formatDuration } from "../duration.ts";
import { colourOf, type Paint } from "../paint.ts";
import { type Column, headings, layOut, totalWidth, widthOf } from "../table.ts";

/** How one operation ended. */
export interface DemoResult {
  /** What it is called. */
  readonly name: string;
  /** How it ended. */
  readonly outcome: Outcome;
  /** Whether that is how it should have. */
  readonly isExpected: boolean;
}

/** Lays the results out, within a width. */
export function resultsText(
  results: readonly DemoResult[],
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string {
  const texts = results.map(({ outcome }) => endText(outcome));
  const columns = columnsFor(results, { texts, width });
  const lines = results.map(({ name, outcome }, index) => {
    const { kind, polls, requests, elapsedMs } = outcome;
    const cells = [
      name,
      kind,
      String(polls),
      String(requests),
      formatDuration(elapsedMs),
      texts[index]!,
    ];
    return layOut(
      columns,
      cells,
      (text, column) => column === 1 ? paint(colourOf(kind), text) : text,
    );
  });
  const wrong = results.filter(({ isExpected }) => !isExpected).map((
    { name },
  ) => name);
  const rule = columns.map((column) => "─".repeat(column.width)).join("  ");
  return [
    paint("bold", headings(columns)),
    paint("dim", rule),
    ...lines,
    "",
    wrong.length === 0
      ? `All ${results.length} operations ended as they should.`
      : paint("red", `Not as they should: ${wrong.join(", ")}`),
    "",
  ].join("\n");
}

function columnsFor(
  results: readonly DemoResult[],
  { texts, width }: {
    readonly texts: readonly string[];
    readonly width: number;
  },
): Column[] {
  const names = ["operation", ...results.map(({ name }) => name)];
  const columns: Column[] = [
    { title: "operation", width: widthOf(names, 0, 20) },
    { title: "outcome", width: 9 },
    { title: "polls", width: 5, align: "right" },
    { title: "requests", width: 8, align: "right" },
    { title: "elapsed", width: 7, align: "right" },
  ];
  const room = Math.max(16, width - totalWidth(columns) - 2);
  const title = "value or error";
  return [...columns, { title, width: widthOf([title, ...texts], 0, room) }];
}

function endText(outcome: Outcome): string {
  return outcome.kind === "succeeded"
    ? JSON.stringify(outcome.value) ?? "null"
    : outcome.error.code;
}
