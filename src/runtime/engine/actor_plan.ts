/**
 * What an operation's actor is made with.
 *
 * @module
 */
import type { OperationKind } from "../../model/kind.ts";
import type { ActorHost } from "./context.ts";
import type { CompleteRetryPolicy } from "../../model/retry.ts";
import type { Schedule } from "../../model/schedule.ts";
import type { TransitionTable } from "./edges.ts";

/** What operations that were started alike have in common. */
export interface ActorPlan {
  /** Whose they are. */
  readonly host: ActorHost;
  /** Their kind. */
  readonly kind: OperationKind;
  /** The states of its machine. */
  readonly table: TransitionTable;
  /** When to poll. */
  readonly schedule: Schedule;
  /** How to retry. */
  readonly retry: CompleteRetryPolicy;
  /** Longest wait in all, in milliseconds; `Infinity` for none. */
  readonly deadlineMs: number;
  /** Whether to ask the provider to cancel when the deadline passes. */
  readonly cancelsOnDeadline: boolean;
  /** Origins to which requests may go; any where absent. */
  readonly allowedOrigins?: readonly string[] | undefined;
}

/** What an actor is made with. */
export interface ActorInit {
  /** Its id in its runtime, or the number of which the runtime makes one. */
  readonly key: string | number;
  /** What the factory was given. */
  readonly input: object;
  /** When it started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** When the wait ends, in milliseconds since the epoch; `Infinity` for never. */
  readonly deadlineAt: number;
}
