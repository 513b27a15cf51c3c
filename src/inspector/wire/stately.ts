/**
 * The wire format of Stately Inspector (`@statelyai/inspect`), so that its viewer
 * can show our operations.
 *
 * @module
 */
import type { StatelyBase, StatelySnapshot } from "./stately_event.ts";
import type { StatelyEvent } from "./stately_event.ts";
import type { StateValue } from "../../xstate/mod.ts";
import type { OperationRecord } from "../record/record.ts";
import type { WireEntry, WireMachine, WireSnapshot } from "./wire.ts";

/** The version of the format that is written. */
export const STATELY_VERSION = "0.7.2";

/**
 * Writes what is known of an operation as the viewer wants it: the actor first.
 *
 * @param after Leaves out what came up to this entry, and with more than 0 the actor.
 */
export function toStatelyEvents(
  record: OperationRecord,
  machine: WireMachine,
  after: number,
): StatelyEvent[] {
  const entries = record.entriesAfter(after).filter(hasSnapshot);
  const base = (at: number): StatelyBase => ({
    _version: STATELY_VERSION,
    sessionId: record.id,
    rootId: record.id,
    createdAt: String(Math.round(at)),
    id: null,
  });
  const [first] = entries;
  const actor: StatelyEvent[] = after > 0 || !first ? [] : [{
    type: "@xstate.actor",
    name: record.machine,
    definition: machine.definition,
    snapshot: toSnapshot(first, record),
    ...base(first.at),
  }];
  return [
    ...actor,
    ...entries.flatMap((entry): StatelyEvent[] => {
      const event = { type: entry.event ?? (entry.type === "began" ? "xstate.init" : entry.type) };
      return [
        { type: "@xstate.event", event, ...base(entry.at) },
        { type: "@xstate.snapshot", event, snapshot: toSnapshot(entry, record), ...base(entry.at) },
      ];
    }),
  ];
}

/** `"polling.waiting"` -> `{ polling: "waiting" }`; paths with a blank between are parallel. */
export function toStateValue(text: string): StateValue {
  const paths = text.split(" ").map((path) => path.split("."));
  return paths.length === 1 ? fromPath(paths[0]!) : merge(paths);
}

function fromPath([first = "", ...rest]: readonly string[]): StateValue {
  return rest.length === 0 ? first : { [first]: fromPath(rest) };
}

function merge(paths: readonly (readonly string[])[]): StateValue {
  const groups = new Map<string, (readonly string[])[]>();
  for (const [first = "", ...rest] of paths) {
    groups.set(first, [...groups.get(first) ?? [], rest]);
  }
  return Object.fromEntries(
    [...groups].map(([name, rests]) => [
      name,
      rests.length > 1 ? merge(rests) : rests[0]!.length === 0 ? {} : fromPath(rests[0]!),
    ]),
  );
}

type EntryWithSnapshot = WireEntry & { readonly snapshot: WireSnapshot };

function hasSnapshot(entry: WireEntry): entry is EntryWithSnapshot {
  return entry.snapshot !== undefined;
}

function toSnapshot(entry: EntryWithSnapshot, record: OperationRecord): StatelySnapshot {
  const { type, outcome, snapshot: { value, context, progress, polls, requests } } = entry;
  const isEnd = type === "ended";
  const isError = record.isOperation ? false : record.status === "error";
  return {
    // An operation that failed reached a final state: to XState that is done.
    status: isEnd ? (isError ? "error" : "done") : type === "stopped" ? "stopped" : "active",
    value: toStateValue(value),
    context: record.isOperation
      ? { memory: context, polls, requests, ...(progress !== undefined && { progress }) }
      : context,
    ...(isEnd && outcome !== undefined && { [isError ? "error" : "output"]: outcome }),
    children: {},
    historyValue: {},
    tags: [],
  };
}
