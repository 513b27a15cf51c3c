/**
 * Everything but the providers: the runtime, and what a provider is made of. For
 * those who bring a provider of their own, or who bundle for browsers and want
 * no provider but the one that they import beside it.
 *
 * @example A provider of your own
 * ```ts
 * import * as core from "@lro/machines/core";
 * import { assertEquals } from "@std/assert";
 *
 * const machine = core.createLifecycle({
 *   id: "acme.job",
 *   initial: {
 *     initial: "starting",
 *     states: { starting: { ...core.requesting("start"), on: { accepted: "#polling" } } },
 *   },
 *   polling: {
 *     initial: "waiting",
 *     states: {
 *       waiting: { ...core.waiting(), on: { due: "requesting" } },
 *       requesting: {
 *         ...core.requesting("poll"),
 *         on: { pending: "waiting", succeeded: "#succeeded" },
 *       },
 *     },
 *   },
 * });
 * assertEquals(machine.id, "acme.job");
 * ```
 *
 * @module
 */
export { createRuntime } from "./runtime/runtime.ts";
export type { Runtime } from "./runtime/runtime.ts";
export type { StartOnceOptions } from "./runtime/start_once.ts";
export type { RestoreOptions, RuntimeOptions, StartOptions } from "./runtime/options.ts";
export { wait } from "./runtime/wait.ts";
export type {
  OperationHandle,
  ResultOptions,
  SnapshotObserver,
  Subscription,
} from "./model/handle.ts";
export type { AskOptions } from "./runtime/http/ask_once.ts";
export { openToken, sealToken } from "./runtime/seal.ts";
export { encodeToken } from "./runtime/engine/token.ts";
export type { ResumeToken, TokenOutcome } from "./model/token.ts";
export type { OperationStore } from "./model/store.ts";
export { toActorLogic } from "./runtime/actor_logic.ts";
export type {
  OperationActorEvent,
  OperationActorLogic,
  OperationActorSnapshot,
  ToActorLogicOptions,
} from "./runtime/actor_logic.ts";
export type { InspectionObserver } from "./xstate/mod.ts";
export type { RetryPolicy } from "./model/retry.ts";
export type { MessageSocket, RefreshableFetch } from "./model/fetch.ts";

export { exponential, fixed, plan } from "./model/schedule.ts";
export type {
  ExponentialOptions,
  ExponentialSchedule,
  FixedSchedule,
  PlanOptions,
  Schedule,
} from "./model/schedule.ts";

export {
  DeadlineExceededError,
  isLroError,
  OperationCanceledError,
  OperationExpiredError,
  OperationFailedError,
  ProtocolError,
  RequestRejectedError,
  TransportError,
} from "./model/errors.ts";
export type { AnyLroError } from "./model/errors.ts";
export { LroError } from "./model/lro_error.ts";
export type { LroErrorFields } from "./model/lro_error.ts";
export type { LroErrorCode, LroErrorJson } from "./model/error_json.ts";
export { parseLroError } from "./model/parse_lro_error.ts";

export type {
  CanceledOutcome,
  ExpiredOutcome,
  FailedOutcome,
  LifecycleState,
  OperationSnapshot,
  Outcome,
  OutcomeCounts,
  OutcomeKind,
  SucceededOutcome,
  TimedOutOutcome,
  Trouble,
  UnsuccessfulOutcome,
} from "./model/outcome.ts";
export type { Failure, Progress, Verdict } from "./model/verdict.ts";
export type {
  Call,
  Fault,
  Given,
  JsonInput,
  JsonValue,
  Operation,
  Reply,
} from "./model/message.ts";
export type { Clock } from "./services.ts";

export * as verdict from "./model/verdicts.ts";
export { createOperation, defineKind, listKinds } from "./model/kind.ts";
export type { OperationKind } from "./model/kind.ts";
export type { CallerEvent, FetchReply, Protocol } from "./model/protocol.ts";
export type { ProtocolState, StepPolicy } from "./model/step.ts";
export type { EventStream, StreamMessage, StreamSeat } from "./model/stream.ts";
export type { Feed, FeedEntry, FeedNews, FeedPage, FeedSeat } from "./model/feed.ts";
export { createLifecycle, requesting, waiting } from "./model/machine.ts";
export type {
  LifecycleConfig,
  LifecycleEvent,
  OperationMachine,
  StepAction,
  StepGroup,
  StepState,
  StepTransition,
} from "./model/machine.ts";
