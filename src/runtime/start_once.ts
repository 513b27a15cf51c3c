/**
 * Start or go on, by id: what a job needs that a queue may deliver twice.
 *
 * @module
 */
import { findKind } from "../model/kind.ts";
import type { Operation } from "../model/message.ts";
import type { OperationHandle } from "../model/handle.ts";
import type { RestoreOptions, StartOptions } from "./options.ts";
import { parseToken } from "./engine/token.ts";
import type { ResumeToken } from "../model/token.ts";
import { transitionTable } from "./engine/edges.ts";

/** Options for {@linkcode Runtime.startOnce}. */
export interface StartOnceOptions extends StartOptions {
  /** The operation's id: whoever gives the same one means the same operation. */
  readonly id: string;
}

/** What it takes. */
export interface StartOnceServices {
  /** Whose operations they are. */
  readonly runtime: {
    start<T>(operation: Operation<T>, options: StartOptions): OperationHandle<T>;
    restore<T>(token: ResumeToken, options: RestoreOptions): OperationHandle<T>;
    get(id: string): OperationHandle<unknown> | undefined;
  };
  /** The present time, in milliseconds of the clock. */
  readonly now: () => number;
  /** What the store knows of an id. */
  readonly load: (id: string) => Promise<unknown>;
}

/** Joins, restores or starts an operation. */
export async function startOnce<T>(
  operation: Operation<T>,
  options: StartOnceOptions,
  { runtime, now, load }: StartOnceServices,
): Promise<OperationHandle<T>> {
  const { id } = options;
  const join = (): OperationHandle<T> | undefined => {
    const handle = runtime.get(id);
    if (handle) assertSame(operation, handle.snapshot.kind, id);
    return handle as OperationHandle<T> | undefined;
  };
  const running = join();
  if (running) return running;
  const kept = await load(id); // where this fails nothing is known, and so nothing is started
  const meanwhile = join();
  if (meanwhile) return meanwhile;
  if (kept === undefined || kept === null) return runtime.start(operation, options);
  const token = parseToken(kept);
  assertSame(operation, token.kind, id);
  const { id: _, deadlineMs, ...others } = options;
  const isAhead = token.deadlineAt !== undefined && token.deadlineAt > now();
  const { headers } = operation.input as { headers?: Record<string, string> };
  return runtime.restore<T>(complete(token, operation), {
    ...others,
    ...(deadlineMs !== undefined && !isAhead && { deadlineMs }),
    ...(headers && { headers }),
  });
}

/** A token that is still to be started, with the secrets that it had to leave out. */
function complete(token: ResumeToken, operation: Operation): ResumeToken {
  const { machine, check } = findKind(token.kind);
  const table = transitionTable(machine);
  const isToStart = table.state(token.value) === table.start.to && !token.uncertain;
  return isToStart ? { ...token, input: check(operation.input) as object } : token;
}

function assertSame(operation: Operation, kind: string, id: string): void {
  if (operation.kind === kind) return;
  throw new TypeError(
    `Cannot start operation once: "${id}" is of kind ${kind}, got one of ${operation.kind}`,
  );
}
