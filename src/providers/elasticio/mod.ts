/**
 * elastic.io: wait for scheduled component executions.
 *
 * @module
 */
import { createOperation, defineKind, type OperationKind } from "../../model/kind.ts";
import type { Operation } from "../../model/message.ts";
import { exponential } from "../../model/schedule.ts";
import {
  checkExecutionInput,
  checkKeptExecutionInput,
  checkPollInput,
  type ElasticioCommonInput,
  type ElasticioInput,
  type Execution,
} from "./input.ts";
import { executionMachine, pollMachine } from "./machine.ts";
import { type ElasticioMemory, protocol } from "./protocol.ts";

export type {
  ElasticioCommonInput,
  ElasticioInput,
  Execution,
  ExecutionInput,
  PollInput,
} from "./input.ts";
export type { ElasticioMemory } from "./protocol.ts";

const defaults = {
  protocol,
  schedule: exponential({ initialMs: 1_000, factor: 1.5, maxMs: 10_000 }),
  deadlineMs: 240_000,
  retry: { attempts: 5, baseMs: 1_000, maxMs: 10_000 },
} as const;

/** The kind behind {@linkcode execution}. */
export const executionKind: OperationKind<ElasticioInput, ElasticioMemory> = defineKind({
  name: "elasticio.execution",
  machine: executionMachine,
  check: checkKeptExecutionInput,
  ...defaults,
});

/** The kind behind {@linkcode poll}. */
export const pollKind: OperationKind<ElasticioInput, ElasticioMemory> = defineKind({
  name: "elasticio.poll",
  machine: pollMachine,
  check: checkPollInput,
  ...defaults,
});

/** What {@linkcode execution} takes. */
export interface ExecutionOptions extends ElasticioCommonInput {
  /** What to execute. */
  readonly execution: Execution;
}

/** What {@linkcode poll} takes. */
export interface PollOptions extends ElasticioCommonInput {
  /** The id of the execution, as the polling URL has it. */
  readonly executionId: string;
}

/**
 * Schedules a component execution and waits for its result. The execution is
 * scheduled once and its result is read once, whatever the network does.
 *
 * Polls after 1 s, then at intervals growing by half to 10 s; the deadline is
 * 240 s.
 *
 * @example Usage
 * ```ts
 * import { elasticio } from "@lro/machines";
 * import { assertEquals } from "@std/assert";
 *
 * const operation = elasticio.execution({
 *   execution: {
 *     execution_type: "get_meta_model",
 *     component: "5405bdf4c5bd0f4e5d5d5d5d",
 *     action_or_trigger: "put",
 *     account_id: "540492e623773659c5000002",
 *   },
 * });
 * assertEquals(operation.kind, "elasticio.execution");
 * ```
 *
 * @typeParam T The type of the result's `data`.
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type.
 */
export function execution<T = unknown>(options: ExecutionOptions): Operation<T> {
  return createOperation<T>({ name: executionKind.name, check: checkExecutionInput }, options);
}

/**
 * Waits for the result of an execution that somebody else scheduled. The first
 * poll is sent at once.
 *
 * @typeParam T The type of the result's `data`.
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type.
 */
export function poll<T = unknown>(options: PollOptions): Operation<T> {
  return createOperation<T>(pollKind, options);
}
