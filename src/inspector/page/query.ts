/**
 * The search: words, and `field:word` for those who want to be exact.
 *
 * @module
 */
import type { WireRow } from "../wire/wire.ts";
import { rankOf, stateOf, stuckReason } from "./trouble.ts";

/** Whether a row is looked for. */
export type Matcher = (row: WireRow, now: number) => boolean;

/** The orders of the list. */
export const ORDERS = {
  attention: "Failed and stuck first",
  newest: "Newest first",
  oldest: "Oldest first",
  nextPoll: "Next poll first",
  polls: "Most polls first",
  id: "By id",
} as const;

/** The name of an order. */
export type Order = keyof typeof ORDERS;

/**
 * Reads a search text. All of its words must be there, in any case; `-` before one
 * means that it must not.
 *
 * - `state:failed` the state, or a part of its path
 * - `provider:name`, `machine:name.pattern`
 * - `is:active`, `is:ended`, `is:stuck`, `is:asking`
 * - `code:transport`, `id:name`
 */
export function parseQuery(text: string): Matcher {
  const matchers = text.toLowerCase().split(/\s+/).filter((word) => word !== "" && word !== "-")
    .map((word) => {
      if (!word.startsWith("-")) return parseWord(word);
      const matches = parseWord(word.slice(1));
      return (row: WireRow, now: number) => !matches(row, now);
    });
  return (row, now) => matchers.every((matches) => matches(row, now));
}

/** Sorts rows in place. Equal ones keep to the order in which they started. */
export function sortRows(rows: WireRow[], order: Order, now: number): WireRow[] {
  const compare = comparers[order];
  if (order !== "attention") return rows.sort(compare);
  const ranks = new Map(rows.map((row) => [row, rankOf(row, now)]));
  return rows.sort((a, b) => ranks.get(a)! - ranks.get(b)! || compare(a, b));
}

type Compare = (a: WireRow, b: WireRow) => number;

const newest: Compare = (a, b) => b.startedAt - a.startedAt;
const comparers: Readonly<Record<Order, Compare>> = {
  attention: newest,
  newest,
  oldest: (a, b) => a.startedAt - b.startedAt,
  nextPoll: (a, b) => (a.nextPollAt ?? Infinity) - (b.nextPollAt ?? Infinity) || newest(a, b),
  polls: (a, b) => b.polls - a.polls || newest(a, b),
  id: (a, b) => a.id.localeCompare(b.id, undefined, { numeric: true }),
};

function parseWord(word: string): Matcher {
  const colon = word.indexOf(":");
  const field = word.slice(0, Math.max(0, colon));
  const wanted = word.slice(colon + 1);
  switch (field) {
    case "state":
      return (row) =>
        stateOf(row).toLowerCase().startsWith(wanted) ||
        row.value.toLowerCase().split(/[. ]/).includes(wanted);
    case "provider":
      return ({ machine }) => machine.split(".", 1)[0]!.toLowerCase().startsWith(wanted);
    case "machine":
      return ({ machine }) => machine.toLowerCase().includes(wanted);
    case "code":
      return ({ code = "" }) => code.includes(wanted);
    case "id":
      return ({ id }) => id.toLowerCase().includes(wanted);
    case "is":
      return isMatcher(wanted);
  }
  return ({ id, machine, value, note = "", code = "" }) =>
    id.toLowerCase().includes(word) || machine.toLowerCase().includes(word) ||
    value.toLowerCase().includes(word) || note.toLowerCase().includes(word) ||
    code.includes(word);
}

function isMatcher(wanted: string): Matcher {
  switch (wanted) {
    case "stuck":
      return (row, now) => stuckReason(row, now) !== undefined;
    case "active":
      return ({ status }) => status === "active";
    case "ended":
      return ({ status }) => status !== "active";
    case "asking":
      return ({ askedAt }) => askedAt !== undefined;
    default:
      return () => false;
  }
}
