/**
 * Keeps the records of all operations, in bounds, and says what changed since
 * when. A row is made only when somebody asks for it.
 *
 * @module
 */
import type { LayoutEngine } from "../../drawing/elk_layout.ts";
import type { Clock } from "../../services.ts";
import { Machines } from "../wire/machines.ts";
import type { NewEntry, OperationRecord } from "./record.ts";
import type { WireChanges, WireRow } from "../wire/wire.ts";

/** Entries kept in all; each record has its share of them. */
const ENTRIES_IN_ALL = 60_000;
const MOST_ENTRIES = 400;
const FEWEST_ENTRIES = 16;
/** Up to so many operations everything is kept of each; beyond, polls without news are counted. */
const MAX_DETAILED = 500;
/** Forgotten ids that are still told. */
const MAX_GONE = 2_000;

/** Options for {@linkcode Hub}. */
export interface HubOptions {
  /** The runtime's clock. */
  readonly clock: Clock;
  /** Records kept; of those that have ended the oldest go first, good ends before bad ones. */
  readonly maxOperations: number;
  /** Lays out machines that this package was not built with. */
  readonly layoutEngine?: LayoutEngine | undefined;
}

/** The records of all operations. */
export class Hub {
  /** The machines of all records. */
  readonly machines: Machines;
  /** The runtime's clock. */
  readonly clock: Clock;
  /** The number of the last change. */
  change = 0;
  readonly #maxOperations: number;
  readonly #records = new Map<string, OperationRecord>();
  readonly #endedWell: OperationRecord[] = [];
  readonly #endedBadly: OperationRecord[] = [];
  #gone: { readonly id: string; readonly change: number }[] = [];
  /** Changes up to this one can only be told by telling everything. */
  #untoldUpTo = 0;
  readonly #listeners = new Set<() => void>();

  /** Keeps none yet. */
  constructor({ clock, maxOperations, layoutEngine }: HubOptions) {
    this.clock = clock;
    this.#maxOperations = maxOperations;
    this.machines = new Machines({ engine: layoutEngine, changed: () => this.#changed() });
  }

  /** Every record, in the order in which they came. */
  get records(): ReadonlyMap<string, OperationRecord> {
    return this.#records;
  }

  /** Whether polls without news are only counted, except of records that somebody looks at. */
  get isBrief(): boolean {
    return this.#records.size > MAX_DETAILED;
  }

  /** Every row. */
  rows(): WireRow[] {
    return Array.from(this.#records.values(), (record) => record.toRow());
  }

  /** What changed since a change; `undefined` where only everything will do. */
  changesSince(change: number): Omit<WireChanges, "now"> | undefined {
    if (change < this.#untoldUpTo || change > this.change) return undefined;
    const rows: WireRow[] = [];
    for (const record of this.#records.values()) {
      if (record.changed > change) rows.push(record.toRow());
    }
    const gone = this.#gone.filter((each) => each.change > change).map(({ id }) => id);
    const machines = this.machines.since(change);
    return {
      ...(machines.length > 0 && { machines }),
      ...(rows.length > 0 && { rows }),
      ...(gone.length > 0 && { gone }),
    };
  }

  /** Calls back at the next change, once. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Adds a record, in the place of one of the same id. */
  keep(record: OperationRecord): OperationRecord {
    if (!this.#records.has(record.id) && this.#records.size >= this.#maxOperations) {
      this.#forgetOne();
    }
    this.#records.set(record.id, record);
    this.touch(record);
    return record;
  }

  /** Adds to a record's history. */
  add(record: OperationRecord, entry: NewEntry): void {
    record.add(entry, this.#entryLimit);
    this.touch(record);
  }

  /** Notes that a record is other than before. */
  touch(record: OperationRecord): void {
    record.changed = this.#changed();
  }

  /** A record has ended, and may be forgotten one day. */
  ended(record: OperationRecord, isGood: boolean): void {
    (isGood ? this.#endedWell : this.#endedBadly).push(record);
  }

  get #entryLimit(): number {
    const share = Math.floor(ENTRIES_IN_ALL / (this.#records.size || 1));
    return Math.max(FEWEST_ENTRIES, Math.min(MOST_ENTRIES, share));
  }

  #changed(): number {
    this.change++;
    if (this.#listeners.size > 0) this.#tell();
    return this.change;
  }

  #tell(): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }

  /** Makes room. What goes on is never forgotten. */
  #forgetOne(): void {
    for (const ended of [this.#endedWell, this.#endedBadly]) {
      for (let record = ended.shift(); record; record = ended.shift()) {
        if (this.#records.get(record.id) !== record) continue; // replaced meanwhile
        this.#records.delete(record.id);
        this.#gone.push({ id: record.id, change: this.#changed() });
        if (this.#gone.length > MAX_GONE) this.#untoldUpTo = this.#gone.shift()!.change;
        return;
      }
    }
  }
}
