/**
 * The vocabulary: operations, calls and replies, verdicts, outcomes. Types only.
 *
 * @module
 */
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
import type { LroErrorCode } from "./lro_error.ts";

/** Anything that JSON can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/**
 * What a body is made of: anything that is JSON at run time, which is checked where a
 * request is handed over. `object` rather than {@linkcode JsonValue}, because
 * TypeScript takes no value whose type is an `interface` for the latter.
 */
export type JsonInput = string | number | boolean | null | object;

/** Some fields of a type, all of them given: neither absent nor `undefined`. */
export type Given<T, Name extends keyof T> = {
  readonly [Field in Name]-?: Exclude<T[Field], undefined>;
};

/**
 * What is to be waited for, as plain data: it starts nothing. Made by a
 * provider's factory, run by a runtime.
 *
 * @typeParam T What the operation yields when it succeeds.
 */
export interface Operation<T = unknown> {
  /** The provider's name, e.g. `"elasticio"`. */
  readonly provider: string;
  /** The provider's name and its pattern's, e.g. `"elasticio.execution"`. */
  readonly kind: string;
  /** What the factory was given, checked. */
  readonly input: object;
  /** Never there: it only carries the type of the result. */
  readonly result?: T;
}

/** One HTTP request, as plain data so that it can be written down and compared. */
export interface Call {
  /** HTTP method, in capitals. */
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  /** Request headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON, unless it is a string or bytes, which are sent as they are. */
  readonly body?: JsonInput | undefined;
}

/** One HTTP response, as plain data. */
export interface Reply {
  /** HTTP status code. */
  readonly status: number;
  /** Response headers; names are lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON, the text where it is not JSON, `undefined` where it is empty. */
  readonly body: unknown;
  /** How long the server asks us to stay away, in milliseconds, if it does. */
  readonly retryAfterMs?: number;
}

/** Why there is no reply. */
export interface Fault {
  /**
   * - `unsent`: certainly not processed, e.g. connection refused
   * - `lost`: sent, and the answer never came or broke off
   * - `timeout`: sent, and no whole answer within the request timeout
   * - `malformed`: the answer announces JSON and is not
   * - `tooLarge`: the answer exceeds the size cap
   * - `refused`: we would not send it, e.g. http after https
   */
  readonly kind:
    | "unsent"
    | "lost"
    | "timeout"
    | "malformed"
    | "tooLarge"
    | "refused";
  /** What was seen. */
  readonly message: string;
  /** Trying again changes nothing, e.g. where the path of a unix socket is wrong. */
  readonly isLasting?: boolean;
  /** The error behind it, where there is one. */
  readonly cause?: unknown;
  /** The reply as far as it came, where there is one. */
  readonly reply?: Reply;
}

/** How far an operation is, as far as its provider says. */
export interface Progress {
  /** 0 to 100. */
  readonly percent?: number;
  /** How long it will still take, in milliseconds, by the provider's estimate. */
  readonly remainingMs?: number;
  /** The provider's own words. */
  readonly text?: string;
}

/** The failing end that a verdict announces; the runtime makes an error of it. */
export interface Failure {
  /** Which error. */
  readonly code: LroErrorCode;
  /** What was being done, a colon, what was seen. */
  readonly message: string;
  /** The provider's own code. */
  readonly providerCode?: string;
  /** The provider's own words. */
  readonly providerMessage?: string;
  /** The deepest of the provider's codes, where they are nested. */
  readonly innermostCode?: string;
  /** The provider's account of the failure, whole. */
  readonly details?: unknown;
  /** The operation itself may go on: the waiting can be taken up again. */
  readonly isResumable?: boolean;
  /** What was achieved in spite of it. */
  readonly partialResult?: unknown;
  /** Whether a result that can be read only once may have been read in vain. */
  readonly resultMayBeLost?: boolean;
}

/**
 * What a reply means. Its `type` is the event that the machine receives; the
 * rest is what the runtime remembers.
 */
export interface Verdict {
  /** The machine's event, e.g. `"accepted"`, `"pending"`, `"ready"`, `"succeeded"`, `"failed"`. */
  readonly type: string;
  /** Fields to remember from now on. */
  readonly memory?: Readonly<Record<string, unknown>>;
  /** News of how far it is. */
  readonly progress?: Progress;
  /** Wait this long before the next poll instead of what the schedule says; `Retry-After` remains a lower bound. */
  readonly waitMs?: number;
  /** The result, with `succeeded`. */
  readonly value?: unknown;
  /** With `succeeded`: what was waited for is gone, as it should be. */
  readonly notFound?: boolean;
  /** A callback of the caller's, called when the machine has moved; what it throws is reported and contained. */
  readonly notify?: () => void;
  /** Why, with `failed`, `canceled` and `expired`. */
  readonly failure?: Failure;
  /** Why the provider does not cancel: `handle.cancel()` rejects with it, and the waiting goes on. */
  readonly refusal?: Failure;
}

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
