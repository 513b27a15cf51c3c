/**
 * What a live line says about an operation.
 *
 * @module
 */
import type { OperationSnapshot } from "../../operation.ts";
import { formatDuration } from "../duration.ts";
import { colourOf, type Paint } from "../paint.ts";
import { type Column, headings, layOut, totalWidth, widthOf } from "../table.ts";
import { stateText } from "./state_text.ts";

/** One operation on display. */
export interface Row {
  /** What it is called. */
  readonly label: string;
  /** Where it stands. */
  readonly snapshot: OperationSnapshot;
}

const STATE: Column = { title: "state", width: 18 };
const COUNTS: readonly Column[] = [
  { title: "polls", width: 5, align: "right" },
  { title: "requests", width: 8, align: "right" },
  { title: "elapsed", width: 9, align: "right" },
  { title: "next poll", width: 9, align: "right" },
];
const PROGRESS: Column = { title: "done", width: 5, align: "right" };

/**
 * The rows that fit into a number of lines: all, or those first that have not
 * ended, with a line left to say how many there are besides.
 */
export function chooseRows(
  rows: readonly Row[],
  lines: number,
): { readonly shown: readonly Row[]; readonly hidden: number } {
  if (rows.length <= lines) return { shown: rows, hidden: 0 };
  const hasEnded = ({ snapshot }: Row): number => snapshot.outcome ? 1 : 0;
  const shown = [...rows].sort((a, b) => hasEnded(a) - hasEnded(b))
    .slice(0, Math.max(0, lines - 1));
  return { shown, hidden: rows.length - shown.length };
}

/** The columns that fit all rows into a width. */
export function rowColumns(rows: readonly Row[], width: number): Column[] {
  const isKnown = rows.some(({ snapshot }) => snapshot.progress?.percent !== undefined);
  const rest = [STATE, ...COUNTS, ...(isKnown ? [PROGRESS] : [])];
  const room = width - totalWidth(rest) - 2;
  const title = "operation";
  const labels = [title, ...rows.map(({ label }) => label)];
  return [{ title, width: widthOf(labels, 8, Math.max(8, room)) }, ...rest];
}

/** The heading above the rows. */
export function rowHeadings(columns: readonly Column[], paint: Paint): string {
  return paint("dim", headings(columns));
}

/** One row, at the time `now`. */
export function rowText(
  row: Row,
  columns: readonly Column[],
  { now, paint }: { readonly now: number; readonly paint: Paint },
): string {
  const { label, snapshot } = row;
  const { state, outcome, polls, requests, startedAt, progress } = snapshot;
  const cells = [
    label,
    snapshot.status === "stopped" ? "stopped" : stateText(snapshot.value, STATE.width),
    String(polls),
    String(requests),
    formatDuration(outcome?.elapsedMs ?? now - startedAt),
    nextPoll(snapshot, now),
    progress?.percent === undefined ? "" : `${Math.floor(progress.percent)} %`,
  ];
  const colours = [undefined, colourOf(state)];
  return layOut(columns, cells, (text, index) => {
    const colour = colours[index];
    return colour === undefined ? text : paint(colour, text);
  });
}

function nextPoll(snapshot: OperationSnapshot, now: number): string {
  const { status, state, step, nextPollAt } = snapshot;
  if (status !== "active" || state === "initial") return "";
  if (nextPollAt !== undefined) return formatDuration(nextPollAt - now);
  return step === undefined ? "" : "now";
}
