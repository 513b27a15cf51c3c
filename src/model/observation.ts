/**
 * What may be seen of a runtime by those who watch all of it: news of every
 * operation, and a view of the operation itself.
 *
 * @module
 */
import type { OperationKind } from "./kind.ts";
import type { Call, Fault, Reply } from "./message.ts";
import type { Outcome } from "./outcome.ts";
import type { Progress, Verdict } from "./verdict.ts";
import type { StateValue } from "../xstate/mod.ts";

/** One running operation, to look at. */
export interface OperationView {
  /** Its id in its runtime. */
  readonly id: string;
  /** Its kind. */
  readonly kind: OperationKind;
  /** What the factory was given. */
  readonly input: object;
  /** Where its machine stands: the same object whenever it stands there. */
  readonly state: { readonly value: StateValue };
  /** What its verdicts remembered. */
  readonly memory: object;
  /** The step whose request is under way. */
  readonly step: string | undefined;
  /** Polls answered. */
  readonly polls: number;
  /** HTTP requests sent, retries included. */
  readonly requests: number;
  /** How far it is. */
  readonly progress: Progress | undefined;
  /** The last reply. */
  readonly lastReply: Reply | undefined;
  /** How it ended, once it did. */
  readonly outcome: Outcome | undefined;
  /** When it started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** When the wait ends, in milliseconds since the epoch; `Infinity` for never. */
  readonly deadlineAt: number;
  /** When the next poll is due, in milliseconds since the epoch; 0 for never. */
  readonly dueAt: number;
  /** When its runtime began, in whole milliseconds of the runtime's clock. */
  readonly epochMs: number;
  /** What the observer knows of it; kept for the observer, who would look for it at each news. */
  observed: object | undefined;
}

/** Whoever watches a runtime. Called in the middle of things: look, and do not act. */
export interface RuntimeObserver {
  /** An actor begins, or goes on after it was stopped or restored. */
  began(actor: OperationView): void;
  /** An event has moved it, and the effects of its new state have begun. */
  moved(actor: OperationView, event: Verdict): void;
  /** Its step has a place and a call, which is about to be sent, or joins an equal one. */
  asked(actor: OperationView, call: Call): void;
  /** An attempt leaves. */
  sent(actor: OperationView, atMs: number): void;
  /** An attempt came to nothing and is to be repeated. */
  repeats(actor: OperationView, cause: Reply | Fault): void;
  /** Its step has its reply, from its own request or from one it shares. */
  replied(actor: OperationView, reply: Reply): void;
  /** There will be no reply. */
  faulted(actor: OperationView, fault: Fault): void;
  /** It stopped without an outcome. */
  stopped(actor: OperationView): void;
  /** It has its outcome, by this event. */
  ended(actor: OperationView, event: Verdict): void;
}
