/**
 * What linode_api4 (commit fcc41e5, with polling 0.3.2) asked and was answered on
 * a loopback server, and how that has to end here. The answers come in the same
 * order; `reference` says where the client asked at other times, or otherwise, and why.
 */
import type { JsonValue } from "@lro/machines";

/** An event: its id, its status, and what it says. */
export type EventFacts = readonly [id: number, status: string, message?: string];

/** One recorded operation. */
export interface LinodeVector {
  readonly id: string;
  readonly claim: string;
  readonly kind: "entityFree" | "event";
  /** Without an id at first, as an entity that is about to be created. */
  readonly isCreated?: boolean;
  readonly until?: "appears";
  readonly intervalMs?: number;
  readonly deadlineMs?: number;
  readonly exchanges: readonly {
    readonly atMs: number;
    readonly ask: "list" | "event";
    readonly events?: readonly EventFacts[];
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly json?: JsonValue;
    readonly text?: string;
    readonly latencyMs?: number;
  }[];
  /** When the client asked, where that is not when we do. */
  readonly reference?: { readonly atMs: readonly number[]; readonly why: string };
  /** `"succeeded"`, or the code of the error. */
  readonly end: string;
  readonly endMs: number;
  /** The event that it yields. */
  readonly value?: EventFacts;
  readonly message?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

const DOUBLE = "it asks twice in a row before its first pause";
const started: EventFacts = [123, "started"];
const finished: EventFacts = [123, "finished"];

export const LINODE_VECTORS: readonly LinodeVector[] = [
  {
    id: "free-01",
    claim: "an entity whose events have ended is free at once",
    kind: "entityFree",
    exchanges: [{ atMs: 0, ask: "list", events: [finished] }],
    end: "succeeded",
    endMs: 0,
  },
  {
    id: "free-03",
    claim: "an entity without events is free",
    kind: "entityFree",
    exchanges: [{ atMs: 0, ask: "list", events: [] }],
    end: "succeeded",
    endMs: 0,
  },
  {
    id: "free-05",
    claim: "a busy entity is looked at again after the interval",
    kind: "entityFree",
    exchanges: [
      { atMs: 0, ask: "list", events: [started] },
      { atMs: 5_000, ask: "list", events: [finished] },
    ],
    reference: { atMs: [0, 0], why: DOUBLE },
    end: "succeeded",
    endMs: 5_000,
  },
  {
    id: "free-07",
    claim: "an event that is scheduled behind one that has finished keeps it busy",
    kind: "entityFree",
    exchanges: [
      { atMs: 0, ask: "list", events: [[3, "finished"], [2, "scheduled"]] },
      { atMs: 5_000, ask: "list", events: [[3, "finished"], [2, "scheduled"]] },
      { atMs: 10_000, ask: "list", events: [finished] },
    ],
    reference: { atMs: [0, 0, 5_000], why: DOUBLE },
    end: "succeeded",
    endMs: 10_000,
  },
  {
    id: "free-09",
    claim: "at the deadline the waiting is over",
    kind: "entityFree",
    deadlineMs: 5_000,
    exchanges: [{ atMs: 0, ask: "list", events: [started] }],
    reference: {
      atMs: [0, 0, 5_000],
      why: "it asks once more when the time is over, and takes the answer",
    },
    end: "deadline-exceeded",
    endMs: 5_000,
  },
  {
    id: "free-11",
    claim: "credentials that are refused end it",
    kind: "entityFree",
    exchanges: [
      { atMs: 0, ask: "list", events: [started] },
      { atMs: 5_000, ask: "list", events: [started] },
      { atMs: 10_000, ask: "list", status: 401, json: { errors: [{ reason: "Invalid Token" }] } },
    ],
    reference: { atMs: [0, 0, 5_000], why: DOUBLE },
    end: "transport",
    endMs: 10_000,
    message: 'HTTP 401 "Invalid Token"',
    fields: { status: 401 },
  },
  {
    id: "free-13",
    claim: "429 is repeated when Retry-After says so",
    kind: "entityFree",
    exchanges: [
      {
        atMs: 0,
        ask: "list",
        status: 429,
        headers: { "retry-after": "7" },
        json: { errors: [{ reason: "Too many requests" }] },
      },
      { atMs: 7_000, ask: "list", events: [finished] },
    ],
    end: "succeeded",
    endMs: 7_000,
  },
  {
    id: "free-15",
    claim: "500 is not repeated",
    kind: "entityFree",
    exchanges: [{ atMs: 0, ask: "list", status: 500, text: "oops" }],
    end: "transport",
    endMs: 0,
    message: "HTTP 500",
    fields: { status: 500 },
  },
  {
    id: "free-17",
    claim: "a slow answer is no reason to wait beyond the deadline",
    kind: "entityFree",
    deadlineMs: 10_000,
    exchanges: [{ atMs: 0, ask: "list", events: [started], latencyMs: 9_000 }],
    reference: { atMs: [0, 9_000], why: `${DOUBLE}, and is late by 8 s` },
    end: "deadline-exceeded",
    endMs: 10_000,
  },
  {
    id: "event-01",
    claim: "a new event is followed to its end",
    kind: "event",
    exchanges: [
      { atMs: 0, ask: "list", events: [] },
      { atMs: 0, ask: "list", events: [started] },
      { atMs: 0, ask: "event", events: [started] },
      { atMs: 5_000, ask: "event", events: [started] },
      { atMs: 10_000, ask: "event", events: [finished] },
    ],
    reference: { atMs: [0, 0, 0, 0, 5_000], why: DOUBLE },
    end: "succeeded",
    endMs: 10_000,
    value: finished,
  },
  {
    id: "event-03",
    claim: "an event that has finished when it is seen is looked at once",
    kind: "event",
    exchanges: [
      { atMs: 0, ask: "list", events: [] },
      { atMs: 0, ask: "list", events: [finished] },
      { atMs: 0, ask: "event", events: [finished] },
    ],
    end: "succeeded",
    endMs: 0,
    value: finished,
  },
  {
    id: "event-05",
    claim: "an event that fails says why",
    kind: "event",
    exchanges: [
      { atMs: 0, ask: "list", events: [] },
      { atMs: 0, ask: "list", events: [started] },
      { atMs: 0, ask: "event", events: [[123, "failed", "oh no!"]] },
    ],
    end: "operation-failed",
    endMs: 0,
    message: "Event 123 failed: oh no!",
    fields: { providerMessage: "oh no!", details: { eventId: 123, id: 123, status: "failed" } },
  },
  {
    id: "event-07",
    claim: "of an entity that does not exist yet nothing is asked beforehand",
    kind: "event",
    isCreated: true,
    exchanges: [
      { atMs: 0, ask: "list", events: [] },
      { atMs: 5_000, ask: "list", events: [started] },
      { atMs: 5_000, ask: "event", events: [started] },
      { atMs: 10_000, ask: "event", events: [finished] },
    ],
    reference: { atMs: [0, 0, 0, 0], why: DOUBLE },
    end: "succeeded",
    endMs: 10_000,
    value: finished,
  },
  {
    id: "event-09",
    claim: "the interval holds for both phases",
    kind: "event",
    intervalMs: 1_000,
    exchanges: [
      { atMs: 0, ask: "list", events: [] },
      { atMs: 0, ask: "list", events: [] },
      { atMs: 1_000, ask: "list", events: [] },
      { atMs: 2_000, ask: "list", events: [] },
      { atMs: 3_000, ask: "list", events: [started] },
      { atMs: 3_000, ask: "event", events: [started] },
      { atMs: 4_000, ask: "event", events: [started] },
      { atMs: 5_000, ask: "event", events: [finished] },
    ],
    reference: {
      atMs: [0, 0, 0, 5_000, 10_000, 10_000, 10_000, 11_000],
      why: `${DOUBLE}, and ignores the interval while it waits for the event to appear`,
    },
    end: "succeeded",
    endMs: 5_000,
    value: finished,
  },
  {
    id: "event-11",
    claim: "one deadline covers both phases",
    kind: "event",
    deadlineMs: 20_000,
    exchanges: [
      { atMs: 0, ask: "list", events: [] },
      { atMs: 0, ask: "list", events: [] },
      { atMs: 5_000, ask: "list", events: [] },
      { atMs: 10_000, ask: "list", events: [] },
      { atMs: 15_000, ask: "list", events: [started] },
      { atMs: 15_000, ask: "event", events: [started] },
    ],
    reference: {
      atMs: [0, 0, 0, 5_000, 10_000, 10_000, 10_000, 15_000, 20_000],
      why: `${DOUBLE}, and once more when the time is over`,
    },
    end: "deadline-exceeded",
    endMs: 20_000,
  },
  {
    id: "event-13",
    claim: "an event that is to appear only may have any status",
    kind: "event",
    until: "appears",
    exchanges: [
      { atMs: 0, ask: "list", events: [] },
      { atMs: 0, ask: "list", events: [] },
      { atMs: 5_000, ask: "list", events: [] },
      { atMs: 10_000, ask: "list", events: [[123, "scheduled"]] },
    ],
    reference: { atMs: [0, 0, 0, 5_000], why: DOUBLE },
    end: "succeeded",
    endMs: 10_000,
    value: [123, "scheduled"],
  },
  {
    id: "event-15",
    claim: "of two new events the older one counts",
    kind: "event",
    until: "appears",
    exchanges: [
      { atMs: 0, ask: "list", events: [] },
      { atMs: 0, ask: "list", events: [[7, "failed"], [8, "started"]] },
    ],
    end: "succeeded",
    endMs: 0,
    value: [7, "failed"],
  },
];
