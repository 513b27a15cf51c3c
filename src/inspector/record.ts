/**
 * What the inspector knows of one operation: a row for the list, and a bounded
 * history.
 *
 * @module
 */
import type { Call, JsonValue, OperationSnapshot, Reply } from "../operation.ts";
import type { Actor } from "../runtime/actor.ts";
import { capture } from "./capture.ts";
import type { WireEntry, WireRow } from "./wire.ts";

/** Entries at the beginning that are never dropped: how it all began. */
const KEPT_AT_START = 6;

/** What an entry is made with; its number is the record's to give. */
export type NewEntry = Omit<WireEntry, "entry">;

/** A poll that is written down only if it brings news. */
export interface HeldPoll {
  /** When it was due. */
  readonly dueAt: number;
  /** Its call, for as long as it takes. */
  readonly call?: Call;
  /** The state in which it is made. */
  value?: string;
  /** When it was sent. */
  sentAt?: number;
  /** Its reply, until its meaning is known. */
  reply?: Reply;
}

/** One operation, or one actor of the user's own. */
export class OperationRecord {
  readonly id: string;
  readonly machine: string;
  readonly isOperation: boolean;
  /** The number of its last change, among those of all records. */
  changed = 0;
  status: WireRow["status"] = "active";
  value: string;
  polls = 0;
  requests = 0;
  startedAt: number;
  endedAt: number | undefined;
  nextPollAt = 0;
  deadlineAt = Infinity;
  askedAt: number | undefined;
  retryAfterMs: number | undefined;
  retries = 0;
  percent: number | undefined;
  note: string | undefined;
  code: string | undefined;
  input: JsonValue | undefined;
  /** The actor that it follows, until that has ended. */
  actor: Actor | undefined;
  /** What is not written down yet, in brief mode. */
  held: HeldPoll | undefined;
  /** The last verdict and where it led. */
  lastVerdict = "";
  /** Until when everything is kept, because somebody looks at it. */
  watchedUntil = 0;

  #entries: WireEntry[] = [];
  #count = 0;
  #memory: object | undefined;
  #context: JsonValue = {};

  /** A record without any history yet. */
  constructor(
    { id, machine, isOperation, value, startedAt }: Pick<
      WireRow,
      "id" | "machine" | "isOperation" | "value" | "startedAt"
    >,
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
    this.#entries.push({ entry: ++this.#count, ...entry });
    const surplus = this.#entries.length - limit;
    if (surplus > 0) this.#entries.splice(Math.min(KEPT_AT_START, limit >> 1), surplus);
  }

  /** One more poll that said what the last one said. */
  addPoll(at: number, limit: number): void {
    const last = this.#entries.at(-1);
    const count = last?.type === "polled" ? last.count! + 1 : 1;
    if (last?.type === "polled") this.#entries.pop();
    this.add({ type: "polled", at, count }, limit);
  }

  /** Its entries with greater numbers than one. */
  entriesAfter(entry: number): WireEntry[] {
    return this.#entries.filter((each) => each.entry > entry);
  }

  /** What a protocol remembers, captured when it is another than before. */
  contextOf(memory: object): JsonValue {
    if (memory !== this.#memory) {
      this.#memory = memory;
      this.#context = capture(memory);
    }
    return this.#context;
  }

  /** Takes over where an actor stands. */
  follow(actor: Actor): void {
    this.value = pathOf(actor.state.value);
    this.polls = actor.polls;
    this.requests = actor.requests;
    this.nextPollAt = actor.dueAt;
    this.percent = actor.progress?.percent;
    if (actor.progress?.text !== undefined) this.note = String(capture(actor.progress.text));
  }

  /** Takes over what a snapshot says. */
  followSnapshot(snapshot: OperationSnapshot): void {
    this.status = snapshot.status;
    this.polls = snapshot.polls;
    this.requests = snapshot.requests;
    this.nextPollAt = snapshot.nextPollAt ?? 0;
    this.deadlineAt = snapshot.deadlineAt ?? Infinity;
    this.percent = snapshot.progress?.percent;
  }

  /** The line in the list. */
  toRow(): WireRow {
    const isActive = this.status === "active";
    const { endedAt, nextPollAt, deadlineAt, askedAt, retryAfterMs, retries } = this;
    const { percent, note, code } = this;
    return {
      id: this.id,
      machine: this.machine,
      isOperation: this.isOperation,
      status: this.status,
      value: this.value,
      polls: this.polls,
      requests: this.requests,
      startedAt: Math.round(this.startedAt),
      ...(endedAt !== undefined && { endedAt: Math.round(endedAt) }),
      ...(isActive && nextPollAt > 0 && { nextPollAt: Math.round(nextPollAt) }),
      ...(deadlineAt < Infinity && { deadlineAt: Math.round(deadlineAt) }),
      ...(isActive && askedAt !== undefined && { askedAt: Math.round(askedAt) }),
      ...(isActive && retryAfterMs !== undefined && { retryAfterMs }),
      ...(isActive && retries > 0 && { retries }),
      ...(percent !== undefined && { percent }),
      ...(note !== undefined && { note }),
      ...(code !== undefined && { code }),
      entry: this.#count,
    };
  }
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
