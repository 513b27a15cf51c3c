/**
 * An operation, written down: the shape of it. It is read and written in
 * `runtime/engine/token.ts`.
 *
 * @module
 */
import type { StateValue } from "../xstate/mod.ts";
import type { LroErrorJson } from "./error_json.ts";
import type { Schedule } from "./schedule.ts";

/**
 * Where an operation stands, as plain JSON. Its fields are for us; keep it as a
 * whole, as `JSON.stringify` or {@linkcode encodeToken} write it.
 */
export interface ResumeToken {
  /** Version of this format. */
  readonly version: 1;
  /** The operation's id. */
  readonly id: string;
  /** The operation's kind. */
  readonly kind: string;
  /** What of its input later steps need. */
  readonly input: object;
  /** What its verdicts remembered. */
  readonly memory: object;
  /** The machine's state value. */
  readonly value: StateValue;
  /** When to poll. */
  readonly schedule: Schedule;
  /** Pauses so far. */
  readonly pauses: number;
  /** Polls answered. */
  readonly polls: number;
  /** HTTP requests sent. */
  readonly requests: number;
  /** When it started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** When the next poll is due, in milliseconds since the epoch. */
  readonly nextPollAt?: number;
  /** Longest wait in all, in milliseconds. */
  readonly deadlineMs?: number;
  /** When that wait ends, in milliseconds since the epoch; absent once it has passed. */
  readonly deadlineAt?: number;
  /** The present step's request was out, and must not be repeated blindly. */
  readonly uncertain?: true;
  /** How it ended for good, if it did. */
  readonly outcome?: TokenOutcome;
}

/** An end that cannot be waited for again. */
export type TokenOutcome =
  | { readonly kind: "succeeded"; readonly value: unknown; readonly elapsedMs: number }
  | {
    readonly kind: "failed" | "canceled" | "expired";
    readonly error: LroErrorJson;
    readonly elapsedMs: number;
  };
