/**
 * How an operation can end, and where it stands until then. Types only.
 *
 * @module
 */
import type { Progress } from "./verdict.ts";
import type { StateValue } from "../xstate/mod.ts";
import type {
  DeadlineExceededError,
  OperationCanceledError,
  OperationExpiredError,
  OperationFailedError,
  ProtocolError,
  RequestRejectedError,
  TransportError,
} from "./errors.ts";

/** How an operation can end. */
export type OutcomeKind =
  | "succeeded"
  | "failed"
  | "canceled"
  | "timedOut"
  | "expired";

/** What every outcome says. */
export interface OutcomeCounts {
  /** Polls answered. */
  readonly polls: number;
  /** HTTP requests sent, retries included. */
  readonly requests: number;
  /** Milliseconds from the start to the end. */
  readonly elapsedMs: number;
}

/** The good end. */
export interface SucceededOutcome<T> extends OutcomeCounts {
  /** How it ended. */
  readonly kind: "succeeded";
  /** The result. */
  readonly value: T;
  /** What was waited for is gone, as it should be: there is no value. */
  readonly notFound?: boolean;
}

/** It was refused, it failed, or it could not be waited for. */
export interface FailedOutcome extends OutcomeCounts {
  /** How it ended. */
  readonly kind: "failed";
  /** Why. */
  readonly error: RequestRejectedError | OperationFailedError | TransportError | ProtocolError;
}

/** It was canceled, by its provider or by us. */
export interface CanceledOutcome extends OutcomeCounts {
  /** How it ended. */
  readonly kind: "canceled";
  /** Why, and whether the provider confirmed it. */
  readonly error: OperationCanceledError;
}

/** Our own deadline passed first. */
export interface TimedOutOutcome extends OutcomeCounts {
  /** How it ended. */
  readonly kind: "timedOut";
  /** Which deadline, and how to go on. */
  readonly error: DeadlineExceededError;
}

/** The provider forgot it. */
export interface ExpiredOutcome extends OutcomeCounts {
  /** How it ended. */
  readonly kind: "expired";
  /** Why. */
  readonly error: OperationExpiredError;
}

/** Any other end: `kind` tells which class of error it has. */
export type UnsuccessfulOutcome =
  | FailedOutcome
  | CanceledOutcome
  | TimedOutOutcome
  | ExpiredOutcome;

/** How an operation ended. */
export type Outcome<T = unknown> = SucceededOutcome<T> | UnsuccessfulOutcome;

/** The top-level states of every machine. */
export type LifecycleState = "initial" | "polling" | OutcomeKind;

/** Why there is no answer yet: an attempt came to nothing, and another will follow. */
export interface Trouble {
  /** What was seen, e.g. `"HTTP 503"` or `"connection refused"`. */
  readonly reason: string;
  /** Attempts made for the present request. */
  readonly attempts: number;
}

/** Where an operation stands. */
export interface OperationSnapshot<T = unknown> {
  /** The operation's id in its runtime. */
  readonly id: string;
  /** The operation's provider. */
  readonly provider: string;
  /** The operation's kind. */
  readonly kind: string;
  /** `stopped`: nobody waits (aborted, or the runtime was disposed); it can be taken up again. */
  readonly status: "active" | "done" | "stopped";
  /** The top-level state. */
  readonly state: LifecycleState;
  /** The XState state value, e.g. `{ polling: "waiting" }`. */
  readonly value: StateValue;
  /** The step whose request is under way, if one is. */
  readonly step?: string;
  /** Polls answered. */
  readonly polls: number;
  /** HTTP requests sent, retries included. */
  readonly requests: number;
  /** How far it is, if the provider says so. */
  readonly progress?: Progress;
  /** Why the present request is being repeated, while it is. */
  readonly trouble?: Trouble;
  /** When the next poll is due, in milliseconds since the epoch. */
  readonly nextPollAt?: number;
  /** When it started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** When the waiting ends at the latest, in milliseconds since the epoch. */
  readonly deadlineAt?: number;
  /** How it ended, once it did. */
  readonly outcome?: Outcome<T>;
}
