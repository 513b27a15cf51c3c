/**
 * What all errors have in common: fields rather than prose, a `code` to switch
 * on, and a way to JSON that takes no credential along.
 *
 * @module
 */
import type { Reply } from "./operation.ts";
import type { ResumeToken } from "./runtime/token.ts";

/** What `error.code` can be. */
export type LroErrorCode =
  | "request-rejected"
  | "operation-failed"
  | "operation-canceled"
  | "operation-expired"
  | "deadline-exceeded"
  | "transport"
  | "protocol";

/** What every error says about the operation it ended. */
export interface LroErrorFields {
  /** The provider's name. */
  readonly provider: string;
  /** The operation's id in its runtime. */
  readonly operationId: string;
  /** Polls answered. */
  readonly polls: number;
  /** HTTP requests sent, retries included. */
  readonly requests: number;
  /** Milliseconds from the start to the end. */
  readonly elapsedMs: number;
  /** The last reply that was read, without its secrets. */
  readonly lastReply?: Reply | undefined;
  /** The error behind this one. */
  readonly cause?: unknown;
  /** What was achieved in spite of it. */
  readonly partialResult?: unknown;
}

/** What waiting ended with, when it did not end well. */
export abstract class LroError extends Error {
  /** Stable identifier; switch on this. */
  abstract readonly code: LroErrorCode;
  /** The provider's name. */
  readonly provider: string;
  /** The operation's id in its runtime. */
  readonly operationId: string;
  /** Polls answered. */
  readonly polls: number;
  /** HTTP requests sent, retries included. */
  readonly requests: number;
  /** Milliseconds from the start to the end. */
  readonly elapsedMs: number;
  /** The last reply that was read, without its secrets. */
  declare readonly lastReply?: Reply;
  /** What was achieved in spite of it, e.g. the resource that was made before the wait for it failed. */
  declare readonly partialResult?: unknown;

  /**
   * Builds the error.
   *
   * @param message What was being done, a colon, what was seen.
   * @param fields Where the operation stood, and the fields of the subclass.
   */
  constructor(message: string, fields: LroErrorFields) {
    super(message, "cause" in fields ? { cause: fields.cause } : undefined);
    this.name = new.target.name;
    this.provider = fields.provider;
    this.operationId = fields.operationId;
    this.polls = fields.polls;
    this.requests = fields.requests;
    this.elapsedMs = fields.elapsedMs;
    const { lastReply, partialResult } = fields;
    giveFields(this, { lastReply, partialResult });
  }

  /** The error as plain data, its `cause` described by name and message. */
  toJSON(): LroErrorJson {
    const { name, message, code, token } = this as LroError & { token?: ResumeToken };
    return {
      ...Object.fromEntries(Object.entries(this)),
      ...(token !== undefined && { token }),
      name,
      message,
      code,
      ...(this.cause !== undefined && { cause: describeCause(this.cause) }),
    };
  }
}

/** An error as plain data: its fields under their own names. */
export interface LroErrorJson {
  /** The class's name. */
  readonly name: string;
  /** What was being done, a colon, what was seen. */
  readonly message: string;
  /** Stable identifier. */
  readonly code: LroErrorCode;
  /** Every other field. */
  readonly [field: string]: unknown;
}

/** Gives an error those fields that have a value, so that absent ones stay absent. */
export function giveFields(error: LroError, fields: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    // A token holds URLs as they are, which are no business of a log.
    const enumerable = name !== "token";
    Object.defineProperty(error, name, { value, enumerable, configurable: true, writable: true });
  }
}

function describeCause(cause: unknown, depth = 0): unknown {
  if (!(cause instanceof Error)) return plainCause(cause);
  if (cause instanceof LroError) return cause.toJSON();
  const { name, message } = cause;
  const code = "code" in cause ? cause.code : undefined;
  return {
    name,
    message,
    ...(typeof code === "string" && { code }),
    ...(cause.cause !== undefined && depth < 5 &&
      { cause: describeCause(cause.cause, depth + 1) }),
  };
}

/** What of a cause that is no error fits into JSON. */
function plainCause(cause: unknown): unknown {
  if (typeof cause === "object" && cause !== null) {
    return Object.fromEntries(Object.entries(cause).filter(([, value]) => isPrimitive(value)));
  }
  return isPrimitive(cause) ? cause : String(cause);
}

function isPrimitive(value: unknown): boolean {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}
