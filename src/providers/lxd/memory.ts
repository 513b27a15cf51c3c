/**
 * What an operation of LXD remembers from one reply to the next.
 *
 * @module
 */
import type { ProtocolState } from "../../model/step.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { OperationInput } from "./input.ts";
import type { CancelState, LxdOperation } from "./operation.ts";

/** What an operation remembers. */
export interface LxdMemory {
  /** The operation's URL, once it is known. */
  readonly operationUrl?: string;
  /** The project that it was started in, where one was named. */
  readonly project?: string;
  /** What became of our cancel. */
  readonly cancel?: CancelState;
  /** Whether the server answered the last wait sooner than one that waits would. */
  readonly isHasty?: boolean;
  /** When the present wait began, in milliseconds since the start. */
  readonly waitsSinceMs?: number;
  /** Longest time for one long poll, in milliseconds, where longer ones were cut. */
  readonly longPollMs?: number;
  /** The server refuses to wait for it. */
  readonly cannotWait?: boolean;
  /** What the reply to the start says it is about. */
  readonly resources?: NonNullable<LxdOperation["resources"]>;
}

/** What the protocol looks at. */
export type LxdState = ProtocolState<OperationInput, LxdMemory>;

/** A verdict after which the wait begins anew. */
export function following(type: string, { elapsedMs }: LxdState, memory: LxdMemory = {}): Verdict {
  return { type, memory: { ...memory, waitsSinceMs: elapsedMs } };
}
