/**
 * Wait for the cloud: long-running operations of cloud APIs as XState machines,
 * any number of them on one shared clock and one shared fetch.
 *
 * @example Usage
 * ```ts
 * import { elasticio, wait } from "@lro/machines";
 *
 * const operation = elasticio.poll({ executionId: "540492e623773659c5000002" });
 * const controller = new AbortController();
 * const waiting = wait(operation, { signal: controller.signal, deadlineMs: 60_000 });
 * controller.abort(new Error("enough"));
 * await waiting.catch((error) => error.message); // "enough"
 * ```
 *
 * @module
 */
export * as azure from "./src/providers/azure/mod.ts";
export * as linode from "./src/providers/linode/mod.ts";
export * as lxd from "./src/providers/lxd/mod.ts";
export * as elasticio from "./src/providers/elasticio/mod.ts";
export * as oci from "./src/providers/oci/mod.ts";

export { createRuntime } from "./src/runtime/runtime.ts";
export type { Runtime } from "./src/runtime/runtime.ts";
export type { RestoreOptions, RuntimeOptions, StartOptions } from "./src/runtime/options.ts";
export { wait } from "./src/runtime/wait.ts";
export type {
  OperationHandle,
  ResultOptions,
  SnapshotObserver,
  Subscription,
} from "./src/runtime/operation_handle.ts";
export type { AskOptions } from "./src/runtime/ask_once.ts";
export { encodeToken } from "./src/runtime/token.ts";
export type { ResumeToken, TokenOutcome } from "./src/runtime/token.ts";
export type { OperationStore } from "./src/runtime/store.ts";
export { toActorLogic } from "./src/runtime/actor_logic.ts";
export type {
  OperationActorEvent,
  OperationActorLogic,
  OperationActorSnapshot,
  ToActorLogicOptions,
} from "./src/runtime/actor_logic.ts";
export type { InspectionObserver } from "./src/runtime/shadow.ts";
export type { RetryPolicy } from "./src/runtime/retry.ts";
export type { MessageSocket, RefreshableFetch } from "./src/runtime/transport.ts";

export { exponential, fixed, plan } from "./src/runtime/schedule.ts";
export type {
  ExponentialOptions,
  ExponentialSchedule,
  FixedSchedule,
  PlanOptions,
  Schedule,
} from "./src/runtime/schedule.ts";

export {
  DeadlineExceededError,
  isLroError,
  LroError,
  OperationCanceledError,
  OperationExpiredError,
  OperationFailedError,
  parseLroError,
  ProtocolError,
  RequestRejectedError,
  TransportError,
} from "./src/errors.ts";
export type { AnyLroError, LroErrorCode, LroErrorFields, LroErrorJson } from "./src/errors.ts";

export type {
  Call,
  Failure,
  Fault,
  JsonValue,
  LifecycleState,
  Operation,
  OperationSnapshot,
  Outcome,
  OutcomeCounts,
  OutcomeKind,
  Progress,
  Reply,
  SucceededOutcome,
  UnsuccessfulOutcome,
  Verdict,
} from "./src/operation.ts";
export type { Clock } from "./src/services.ts";

export { createOperation, defineKind, listKinds } from "./src/kind.ts";
export type {
  CallerEvent,
  FetchReply,
  OperationKind,
  Protocol,
  ProtocolState,
  StepPolicy,
} from "./src/kind.ts";
export type { EventStream, StreamMessage, StreamSeat } from "./src/runtime/event_stream.ts";
export type { Feed, FeedEntry, FeedNews, FeedPage, FeedSeat } from "./src/runtime/feed.ts";
export { createLifecycle, requesting, waiting } from "./src/lifecycle.ts";
export type {
  LifecycleConfig,
  LifecycleEvent,
  OperationMachine,
  StepAction,
  StepGroup,
  StepState,
  StepTransition,
} from "./src/lifecycle.ts";
