/**
 * What the page knows, and what it is asked to show. No elements here.
 *
 * @module
 */
import type { WireChanges, WireEntry, WireHello, WireMachine, WireRow } from "../wire/wire.ts";
import type { JsonValue } from "../../model/message.ts";
import { type Order, parseQuery, sortRows } from "./query.ts";
import { stateOf, stuckReason } from "./trouble.ts";

/** Entries that the page keeps of the operation that it shows. */
const MAX_ENTRIES = 600;

/** How the page stands to its server. */
export type Connection = "connecting" | "live" | "lost" | "refused";

/** The operation that is shown whole. */
export interface Shown {
  /** Its id. */
  readonly id: string;
  /** What it was made with. */
  input?: JsonValue;
  /** What is known of its past, oldest first. */
  entries: WireEntry[];
  /** The entry that is looked at; `undefined` for the newest, whatever comes. */
  at: number | undefined;
}

/** What the page knows. */
export class Model {
  /** Every row, by id. */
  readonly rows = new Map<string, WireRow>();
  /** Every machine, by name. */
  readonly machines = new Map<string, WireMachine>();
  connection: Connection = "connecting";
  allowsActions = false;
  statelyUrl: string | undefined;
  /** The operation that is shown whole. */
  shown: Shown | undefined;
  /** The search text. */
  query = "";
  /** The order of the list. */
  order: Order = "attention";
  #epoch: string | undefined;
  #offsetMs = 0;
  readonly #browserNow: () => number;

  /** Knows nothing; `browserNow` gives the browser's time. */
  constructor(browserNow: () => number) {
    this.#browserNow = browserNow;
  }

  /** The runtime's time, as far as it is known here. */
  get now(): number {
    return this.#browserNow() + this.#offsetMs;
  }

  /** Everything as the server has it. */
  hear(hello: WireHello): void {
    this.rows.clear();
    this.machines.clear();
    this.allowsActions = hello.allowsActions;
    this.statelyUrl = hello.statelyUrl;
    // Another server counts its entries anew.
    if (this.shown && this.#epoch !== hello.epoch) {
      this.shown = { ...this.shown, entries: [], at: undefined };
    }
    this.#epoch = hello.epoch;
    this.change(hello);
  }

  /** What changed. */
  change({ now, machines = [], rows = [], gone = [] }: WireChanges): void {
    this.#offsetMs = now - this.#browserNow();
    for (const machine of machines) this.machines.set(machine.name, machine);
    for (const id of gone) this.rows.delete(id);
    for (const row of rows) this.rows.set(row.id, row);
  }

  /** The rows that are looked for, in order. */
  find(): WireRow[] {
    const { now } = this;
    const matches = parseQuery(this.query);
    const found: WireRow[] = [];
    for (const row of this.rows.values()) if (matches(row, now)) found.push(row);
    return sortRows(found, this.order, now);
  }

  /** How many there are, by what one asks for. */
  counts(): Map<string, number> {
    const { now } = this;
    const counts = new Map<string, number>();
    const add = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const row of this.rows.values()) {
      add(`state:${stateOf(row)}`);
      add(`provider:${row.machine.split(".", 1)[0]}`);
      if (row.status === "active") add("is:active");
      if (stuckReason(row, now) !== undefined) add("is:stuck");
    }
    return counts;
  }

  /** Adds to the history of what is shown; what is there already is left. */
  extend(id: string, entries: readonly WireEntry[], input: JsonValue | undefined): void {
    const { shown } = this;
    if (shown?.id !== id) return;
    if (input !== undefined) shown.input = input;
    const newest = shown.entries.at(-1)?.entry ?? 0;
    shown.entries.push(...entries.filter(({ entry }) => entry > newest));
    const surplus = shown.entries.length - MAX_ENTRIES;
    if (surplus > 0) shown.entries.splice(0, surplus);
  }

  /** The moments at which the machine moved. */
  moments(): WireEntry[] {
    return (this.shown?.entries ?? []).filter(({ snapshot }) => snapshot !== undefined);
  }

  /** The moment that is looked at, among all moments. */
  momentIndex(moments: readonly WireEntry[]): number {
    const at = this.shown?.at;
    if (at === undefined) return moments.length - 1;
    const index = moments.findLastIndex(({ entry }) => entry <= at);
    return Math.max(0, index);
  }
}
