/**
 * What the inspector knows of one operation: a row for the list, and a bounded
 * history.
 *
 * @module
 */
import type { OperationSnapshot } from "../../model/outcome.ts";
import type { Call, JsonValue } from "../../model/message.ts";
import type { OperationView } from "../../model/observation.ts";
import { capture } from "./capture.ts";
import type { WireEntry, WireRow } from "../wire/wire.ts";

/** Entries at the beginning that are never dropped: how it all began. */
const KEPT_AT_START = 6;

/** What most protocols remember. */
const NOTHING: JsonValue = {};

/** Something that is still being made. */
export type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** What an entry is made with; its number is the record's to give, and has its place from the first. */
export type NewEntry = Omit<WireEntry, "entry"> & { readonly entry: 0 };

/** One operation, or one actor of the user's own. */
export class OperationRecord {
  // First what every poll touches, so that it lies together in memory.
  /** The number of its last change, among those of all records. */
  changed = 0;
  /** Whether a poll is under way that is written down only if it brings news. */
  isHolding = false;
  /** Whether that has its reply: the actor's last one. */
  isReplied = false;
  /** Its call, for as long as it takes. */
  heldCall: Call | undefined;
  /** The state in which it is made. */
  heldState: OperationView["state"] | undefined;
  /** When the last request was sent, in milliseconds of the runtime; -1 where another's request answers. */
  sentMs = -1;
  /** Whether that is under way. */
  isAsking = false;
  retries = 0;
  retryAfterMs: number | undefined;
  /** The last verdict. */
  lastVerdict = "";
  /** Where that led. */
  lastState: OperationView["state"] | undefined;
  /** Until when everything is kept, because somebody looks at it. */
  watchedUntil: number | undefined;
  #count = 0;
  /** Polls without news that are not among the entries yet. */
  #newPolls = 0;
  /** When the last of them was sent. */
  #polledMs = 0;
  /** The actor that it follows, until that has ended. */
  actor: OperationView | undefined;

  readonly id: string;
  readonly machine: string;
  readonly isOperation: boolean;
  status: WireRow["status"] = "active";
  value: string;
  polls = 0;
  requests = 0;
  // Times are undefined at first, lest V8 make a box for each of them in each record.
  startedAt: number | undefined;
  endedAt: number | undefined;
  nextPollAt: number | undefined;
  deadlineAt: number | undefined;
  percent: number | undefined;
  note: string | undefined;
  code: string | undefined;
  #input: JsonValue | undefined;
  #entries: WireEntry[] = [];
  #memory: object | undefined;
  #context: JsonValue = NOTHING;

  /** A record without any history yet. */
  constructor(
    { id, machine, isOperation, value, startedAt }:
      & Pick<WireRow, "id" | "machine" | "isOperation" | "value">
      & { readonly startedAt: number | undefined },
  ) {
    this.id = id;
    this.machine = machine;
    this.isOperation = isOperation;
    this.value = value;
    this.startedAt = startedAt;
  }

  /** The number of the newest entry. */
  get newest(): number {
    return this.#count;
  }

  /** Adds an entry; with more than `limit` of them, the oldest but the very first go. */
  add(entry: NewEntry, limit: number): void {
    if (this.#newPolls > 0) this.#writePolls();
    const numbered = entry as Writable<WireEntry>;
    numbered.entry = ++this.#count; // in place: a copy of each would cost more than all else
    this.#entries.push(numbered);
    const surplus = this.#entries.length - limit;
    if (surplus > 0) this.#entries.splice(Math.min(KEPT_AT_START, limit >> 1), surplus);
  }

  /** One more poll that said what the last one said: counted now, written down when somebody asks. */
  addPoll(atMs: number): void {
    this.#count++;
    this.#newPolls++;
    this.#polledMs = atMs;
  }

  #writePolls(): void {
    const entry = this.#count;
    const at = this.#polledMs + this.actor!.epochMs;
    const last = this.#entries.at(-1);
    const isMore = last?.type === "polled";
    const count = this.#newPolls + (isMore ? last.count! : 0);
    this.#newPolls = 0;
    if (isMore) this.#entries.pop();
    this.#entries.push({ type: "polled", at, count, entry });
  }

  /** Its entries with greater numbers than one. */
  entriesAfter(entry: number): WireEntry[] {
    if (this.#newPolls > 0) this.#writePolls();
    return this.#entries.filter((each) => each.entry > entry);
  }

  /** What it was made with; of many that ended well it is not kept. */
  get input(): JsonValue | undefined {
    this.captureInput();
    return this.#input;
  }

  /** Keeps what it was made with, for when its actor is gone. */
  captureInput(): void {
    if (this.#input === undefined && this.actor) this.#input = capture(this.actor.input);
  }

  /** What a protocol remembers, captured when it is another than before. */
  contextOf(memory: object): JsonValue {
    if (memory !== this.#memory) {
      this.#memory = memory;
      this.#context = Object.keys(memory).length === 0 ? NOTHING : capture(memory);
    }
    return this.#context;
  }

  /** Takes over where an actor stands. */
  follow(actor: OperationView): void {
    this.startedAt ??= actor.startedAt;
    this.deadlineAt = actor.deadlineAt;
    this.value = pathOf(actor.state.value);
    this.polls = actor.polls;
    this.requests = actor.requests;
    this.nextPollAt = actor.dueAt;
    this.percent = actor.progress?.percent;
    const text = actor.progress?.text;
    // Why it failed stays, whatever the last word was before that.
    if (text !== undefined && this.code === undefined) this.note = String(capture(text));
  }

  /** Takes over what a snapshot says. */
  followSnapshot(snapshot: OperationSnapshot): void {
    this.status = snapshot.status;
    this.polls = snapshot.polls;
    this.requests = snapshot.requests;
    this.nextPollAt = snapshot.nextPollAt;
    this.deadlineAt = snapshot.deadlineAt;
    this.percent = snapshot.progress?.percent;
  }

  /** The line in the list. */
  toRow(): WireRow {
    const { actor } = this;
    if (actor) this.follow(actor); // asked for here, and not at each of its polls
    const isActive = this.status === "active";
    const { endedAt, nextPollAt = 0, deadlineAt = Infinity, retryAfterMs, retries } = this;
    const isAsking = this.isAsking && this.sentMs >= 0;
    const { percent, note, code } = this;
    return {
      id: this.id,
      machine: this.machine,
      isOperation: this.isOperation,
      status: this.status,
      value: this.value,
      polls: this.polls,
      requests: this.requests,
      startedAt: Math.round(this.startedAt ?? 0),
      ...(endedAt !== undefined && { endedAt: Math.round(endedAt) }),
      ...(isActive && nextPollAt > 0 && { nextPollAt: Math.round(nextPollAt) }),
      ...(deadlineAt < Infinity && { deadlineAt: Math.round(deadlineAt) }),
      ...(isActive && actor && isAsking && { askedAt: actor.epochMs + this.sentMs }),
      ...(isActive && retryAfterMs !== undefined && { retryAfterMs }),
      ...(isActive && retries > 0 && { retries }),
      ...(percent !== undefined && { percent }),
      ...(note !== undefined && { note }),
      ...(code !== undefined && { code }),
      entry: this.#count,
    };
  }
}

/** A poll is over: what was held of it is written down, or not wanted. */
export function letGo(record: OperationRecord): void {
  record.isHolding = false;
  record.isReplied = false;
  record.heldCall = undefined;
  record.heldState = undefined;
}

const paths = new WeakMap<object, string>();

/** `{ polling: "waiting" }` -> `"polling.waiting"`. */
export function pathOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  let path = paths.get(value); // machines share their state values
  if (path === undefined) {
    path = Object.entries(value).flatMap(([name, inner]) =>
      pathOf(inner).split(" ").map((rest) => rest === "" ? name : `${name}.${rest}`)
    ).join(" ");
    paths.set(value, path);
  }
  return path;
}
