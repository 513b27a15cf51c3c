/**
 * What a live line says about an operation.
 *
 * @module
 */
import type { OperationSnapshot } from "../../model/outcome.ts";
import { formatDuration } from "../text/duration.ts";
import { type Colour, colourOf, type Paint } from "../text/paint.ts";
import { type Column, fitColumns, headings, layOut, totalWidth, widthOf } from "../text/table.ts";
import type { OperationName } from "./display.ts";
import { stateText } from "./state_text.ts";
import { troubleText } from "./trouble_text.ts";

/** One operation on display. */
export interface Row extends OperationName {
  /** Where it stands. */
  readonly snapshot: OperationSnapshot;
}

/** One thing that a line says. */
export interface Field extends Column {
  /** Its text. */
  text(row: Row, now: number): string;
  /** Its colour, if it has one. */
  colour?(row: Row): Colour | undefined;
}

const STATE_WIDTH = 18;
const BAR_WIDTH = 10;
/** Names are cut to this before anything else is left out. */
const NAME_WIDTH = 24;

/** A turn of something that goes on. */
const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const SPINNER_PERIOD_MS = 100;

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

/** The fields that fit all rows into a width. */
export function rowFields(rows: readonly Row[], width: number): Field[] {
  const names = ["operation", ...rows.map(({ label }) => label)];
  const providers = rows.map(({ provider = "" }) => provider);
  const isKnown = rows.some(({ snapshot }) => snapshot.progress?.percent !== undefined);
  const name: Field = {
    title: "operation",
    width: widthOf(names, 8, NAME_WIDTH),
    text: ({ label }) => label,
  };
  const all: readonly Field[] = [
    MARK,
    ...(providers.some(Boolean) ? [providerField(providers)] : []),
    name,
    STATE,
    ...(isKnown ? [BAR, PERCENT] : []),
    ...COUNTS,
  ];
  const fitting = fitColumns(all, width);
  const room = name.width + width - totalWidth(fitting); // for longer names, or less than they need
  const fitted = { ...name, width: widthOf(names, 8, Math.max(8, room)) };
  return fitting.map((field) => field === name ? fitted : field);
}

/** The heading above the rows. */
export function rowHeadings(fields: readonly Field[], paint: Paint): string {
  return paint("dim", headings(fields));
}

/**
 * One row, at the time `now`. What is in trouble says so where others have their state
 * and numbers: nobody counts the polls of what does not get on.
 */
export function rowText(
  row: Row,
  fields: readonly Field[],
  { now, paint }: { readonly now: number; readonly paint: Paint },
): string {
  const trouble = troubleText(row.snapshot);
  const shown = trouble === undefined ? fields : inTrouble(fields, trouble);
  return layOut(shown, shown.map((field) => field.text(row, now)), (text, index) => {
    const colour = shown[index]!.colour?.(row);
    return colour === undefined ? text : paint(colour, text);
  });
}

function inTrouble(fields: readonly Field[], text: string): Field[] {
  const start = fields.indexOf(STATE);
  const width = totalWidth(fields.slice(start));
  const field: Field = { title: "", width, text: () => text, colour: () => "yellow" };
  return start < 0 ? [...fields] : [...fields.slice(0, start), field];
}

const MARK: Field = {
  title: "",
  width: 1,
  text: ({ snapshot: { status, state } }, now) => {
    if (status === "stopped") return "◼";
    switch (state) {
      case "succeeded":
        return "✔";
      case "failed":
      case "expired":
        return "✖";
      case "canceled":
      case "timedOut":
        return "◼";
      case "initial":
      case "polling":
        return SPINNER[Math.floor(now / SPINNER_PERIOD_MS) % SPINNER.length]!;
    }
  },
  colour: ({ snapshot }) => colourOf(snapshot.state),
};

const STATE: Field = {
  title: "state",
  width: STATE_WIDTH,
  text: ({ snapshot: { status, value } }) =>
    status === "stopped" ? "stopped" : stateText(value, STATE_WIDTH),
  colour: ({ snapshot: { state, step } }) => {
    const hasEnded = state !== "initial" && state !== "polling";
    return hasEnded || step !== undefined ? colourOf(state) : undefined; // bold while it asks
  },
};

const BAR: Field = {
  title: "",
  width: BAR_WIDTH,
  rank: 6,
  text: ({ snapshot: { progress } }) => {
    if (progress?.percent === undefined) return "";
    const full = Math.round(progress.percent / 100 * BAR_WIDTH);
    return "━".repeat(full) + "─".repeat(BAR_WIDTH - full);
  },
  colour: ({ snapshot }) => snapshot.outcome ? "dim" : undefined,
};

const PERCENT: Field = {
  title: "done",
  width: 5,
  align: "right",
  rank: 2,
  text: ({ snapshot: { progress } }) =>
    progress?.percent === undefined ? "" : `${Math.floor(progress.percent)} %`,
};

const COUNTS: readonly Field[] = [
  {
    title: "polls",
    width: 5,
    align: "right",
    rank: 3,
    text: ({ snapshot }) => String(snapshot.polls),
  },
  {
    title: "requests",
    width: 8,
    align: "right",
    rank: 5,
    text: ({ snapshot }) => String(snapshot.requests),
  },
  {
    title: "elapsed",
    width: 9,
    align: "right",
    rank: 1,
    text: ({ snapshot: { outcome, startedAt } }, now) =>
      formatDuration(outcome?.elapsedMs ?? now - startedAt),
  },
  {
    title: "next poll",
    width: 9,
    align: "right",
    rank: 7,
    text: ({ snapshot }, now) => nextPoll(snapshot, now),
  },
];

function providerField(providers: readonly string[]): Field {
  return {
    title: "provider",
    width: widthOf(["provider", ...providers], 0, 16),
    rank: 4,
    text: ({ provider = "" }) => provider,
    colour: () => "dim",
  };
}

function nextPoll(snapshot: OperationSnapshot, now: number): string {
  const { status, state, step, nextPollAt } = snapshot;
  if (status !== "active" || state === "initial") return "";
  if (nextPollAt !== undefined) return formatDuration(nextPollAt - now);
  return step === undefined ? "" : "now";
}
