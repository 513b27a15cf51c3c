/**
 * Durable waiting: a store holds every operation's token, so that a process that
 * dies loses nothing.
 *
 * @module
 */
import type { ResumeToken } from "./token.ts";

/**
 * Keeps tokens by operation id. Methods may be synchronous or not; the runtime
 * waits for a write before it sends a request that must not be sent twice, and
 * before it tells anybody a result.
 */
export interface OperationStore {
  /** Writes a token over the one with the same id; it must survive a crash once this returns. */
  save(token: ResumeToken): void | Promise<void>;
  /** The token of an operation, if there is one. */
  load(id: string): ResumeToken | undefined | Promise<ResumeToken | undefined>;
  /** Every token. */
  list(): readonly ResumeToken[] | Promise<readonly ResumeToken[]>;
  /** Forgets an operation; an unknown id is no error. */
  remove(id: string): void | Promise<void>;
}
