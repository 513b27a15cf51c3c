/**
 * What all errors have in common: fields rather than prose, a `code` to switch
 * on, and a way to JSON that takes no credential along.
 *
 * @module
 */
import type { LroErrorCode, LroErrorJson } from "./error_json.ts";
import type { Reply } from "./message.ts";
import type { ResumeToken } from "./token.ts";

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
  /** The reply that caused the error, without its secrets. */
  readonly reply?: Reply | undefined;
  /** The provider's own code. */
  readonly providerCode?: string | undefined;
  /** The provider's own words. */
  readonly providerMessage?: string | undefined;
  /** The deepest of the provider's codes, where they are nested. */
  readonly innermostCode?: string | undefined;
  /** The provider's account of what went wrong, whole. */
  readonly details?: unknown;
  /** Takes the waiting up again, where the operation may still run. */
  readonly token?: ResumeToken | undefined;
  /** Whether a result that can be read only once was perhaps sent and lost on the way. */
  readonly resultMayBeLost?: boolean | undefined;
  /** The error behind this one. */
  readonly cause?: unknown;
  /** What was achieved in spite of it. */
  readonly partialResult?: unknown;
}

/** Fields that an error has only where there is something to say. */
const OPTIONAL_FIELDS = [
  "lastReply",
  "reply",
  "providerCode",
  "providerMessage",
  "innermostCode",
  "details",
  "token",
  "resultMayBeLost",
  "partialResult",
] as const;

/** What waiting ended with, when it did not end well. */
export abstract class LroError extends Error {
  /** Names of the fields that only this class has. */
  static readonly fields: readonly string[] = [];
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
  /** The reply that caused the error, where one did, without its secrets. */
  declare readonly reply?: Reply;
  /** The provider's own code. */
  declare readonly providerCode?: string;
  /** The provider's own words. */
  declare readonly providerMessage?: string;
  /** The deepest of the provider's codes, where they are nested. */
  declare readonly innermostCode?: string;
  /** The provider's account of what went wrong, whole. */
  declare readonly details?: unknown;
  /**
   * Takes the waiting up again: `runtime.restore(token)`. There wherever the
   * operation may still run, whatever the code. A start that may have been
   * processed is never sent again by it. Logs do not show it, JSON has it.
   */
  declare readonly token?: ResumeToken;
  /** Whether a result that can be read only once was perhaps sent and lost on the way. */
  declare readonly resultMayBeLost?: boolean;
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
    giveFields(this, fields, [...new.target.fields, ...OPTIONAL_FIELDS]);
  }

  /** The error as plain data, its `cause` described by name and message. */
  toJSON(): LroErrorJson {
    const { name, message, code, token } = this;
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

/** Gives an error those fields that have a value, so that absent ones stay absent. */
function giveFields(error: LroError, fields: object, names: readonly string[]): void {
  for (const name of names) {
    const value = (fields as Readonly<Record<string, unknown>>)[name];
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
