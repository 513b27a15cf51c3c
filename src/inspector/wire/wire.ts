/**
 * What the server tells the page, as types: nothing here but plain JSON, with
 * every secret gone already.
 *
 * @module
 */
import type { Layout } from "../../drawing/layout.ts";
import type { JsonValue } from "../../model/message.ts";
import type { StatelyEvent } from "./stately_event.ts";

/** A machine, sent before any row that speaks of it. */
export interface WireMachine {
  /** Its name; rows refer to it. */
  readonly name: string;
  /** Its config, as JSON. */
  readonly definition: string;
  /** Its drawing. */
  readonly layout: Layout;
}

/** One line of the list. */
export interface WireRow {
  /** The operation's id. */
  readonly id: string;
  /** The name of its machine. */
  readonly machine: string;
  /** Whether it is an operation, which takes commands, or a machine of the user's own. */
  readonly isOperation: boolean;
  /** As of its snapshot. */
  readonly status: "active" | "done" | "stopped" | "error";
  /** The state as a path with dots; of parallel states, all of them with blanks between. */
  readonly value: string;
  /** Polls answered. */
  readonly polls: number;
  /** Requests sent. */
  readonly requests: number;
  /** When it started. */
  readonly startedAt: number;
  /** When it ended. */
  readonly endedAt?: number;
  /** When the next poll is due. */
  readonly nextPollAt?: number;
  /** When the waiting ends. */
  readonly deadlineAt?: number;
  /** When the request that is under way was sent. */
  readonly askedAt?: number;
  /** How long the server asked to stay away, in milliseconds, in its last reply. */
  readonly retryAfterMs?: number;
  /** Attempts in a row that came to nothing. */
  readonly retries?: number;
  /** 0 to 100. */
  readonly percent?: number;
  /** The provider's words, or the error's. */
  readonly note?: string;
  /** The error's code. */
  readonly code?: string;
  /** The number of its newest entry. */
  readonly entry: number;
}

/** What an operation was like after a move. */
export interface WireSnapshot {
  /** The state, as in a row. */
  readonly value: string;
  /** What its verdicts asked to remember, or an actor's context. */
  readonly context: JsonValue;
  /** Polls answered. */
  readonly polls: number;
  /** Requests sent. */
  readonly requests: number;
  /** How far it is. */
  readonly progress?: JsonValue;
  /** When the next poll is due. */
  readonly nextPollAt?: number;
}

/** An HTTP message, fit to be shown. */
export interface WireMessage {
  /** Of a call. */
  readonly method?: string;
  /** Of a call. */
  readonly url?: string;
  /** Of a reply. */
  readonly status?: number;
  /** Headers; what may be secret says so. */
  readonly headers?: JsonValue;
  /** The body, shortened where it is long. */
  readonly body?: JsonValue;
  /** How long the server asks to stay away, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Why there is no reply. */
  readonly fault?: string;
}

/** Something that happened to one operation. */
export interface WireEntry {
  /** Counts up from 1 for each operation; gaps are what was dropped. */
  readonly entry: number;
  /** When, in milliseconds since the epoch, by the runtime's clock. */
  readonly at: number;
  /**
   * - `began`, `moved`, `ended`, `stopped`: of the machine, with a snapshot
   * - `asked`, `sent`, `repeats`, `replied`, `faulted`: of a request
   * - `polled`: so many polls that all said what the last one said
   */
  readonly type:
    | "began"
    | "moved"
    | "ended"
    | "stopped"
    | "asked"
    | "sent"
    | "repeats"
    | "replied"
    | "faulted"
    | "polled";
  /** The event that moved it. */
  readonly event?: string;
  /** What it was like then. */
  readonly snapshot?: WireSnapshot;
  /** The call, the reply, or why there is none. */
  readonly message?: WireMessage;
  /** With a `replied` that tells the whole exchange, where a history is brief: the call. */
  readonly call?: WireMessage;
  /** With `call`: when it was sent; absent where another's request was shared. */
  readonly sentAt?: number;
  /** The step of the request. */
  readonly step?: string;
  /** The value, or the error. */
  readonly outcome?: JsonValue;
  /** How many, with `polled`. */
  readonly count?: number;
}

/** The first message of a stream: everything as it is. */
export interface WireHello {
  /** Tells this server from the one before. */
  readonly epoch: string;
  /** The runtime's time. */
  readonly now: number;
  /** Whether commands are accepted. */
  readonly allowsActions: boolean;
  /** The viewer that operations can be sent to. */
  readonly statelyUrl: string;
  /** Every machine. */
  readonly machines: readonly WireMachine[];
  /** Every operation. */
  readonly rows: readonly WireRow[];
}

/** What changed. */
export interface WireChanges {
  /** The runtime's time. */
  readonly now: number;
  /** Machines that are new. */
  readonly machines?: readonly WireMachine[];
  /** Rows that are new or other than before. */
  readonly rows?: readonly WireRow[];
  /** Ids that were forgotten. */
  readonly gone?: readonly string[];
}

/** The history of one operation. */
export interface WireHistory {
  /** What it was made with. */
  readonly input?: JsonValue;
  /** Its entries, oldest first. */
  readonly entries: readonly WireEntry[];
}

/** The history of one operation, for Stately Inspector. */
export interface WireStately {
  /** The number of the newest entry in it. */
  readonly entry: number;
  /** What the viewer receives, in order. */
  readonly events: readonly StatelyEvent[];
}

/** Commands of the page. */
export type WireCommand = "cancel" | "pollNow";
