/**
 * Everything that can go wrong while waiting. One base, {@linkcode LroError},
 * with a `code` to switch on and fields rather than prose. Every error survives
 * `JSON.stringify` and {@linkcode parseLroError}, and none holds a credential.
 *
 * @module
 */
import type { Reply } from "./operation.ts";
import type { ResumeToken } from "./runtime/token.ts";

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
    take(this, { lastReply, partialResult });
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

/** The first request was turned down: the operation never started. */
export class RequestRejectedError extends LroError {
  /** Stable identifier. */
  override readonly code = "request-rejected";
  /** HTTP status of the refusal. */
  declare readonly status: number;
  /** The refusal. */
  declare readonly reply?: Reply;
  /** The provider's own code. */
  declare readonly providerCode?: string;
  /** The provider's own words. */
  declare readonly providerMessage?: string;
  /** The deepest of the provider's codes, where they are nested. */
  declare readonly innermostCode?: string;
  /** The provider's account of it, whole. */
  declare readonly details?: unknown;

  /** Builds the error. */
  constructor(
    message: string,
    fields:
      & LroErrorFields
      & Pick<
        RequestRejectedError,
        | "status"
        | "reply"
        | "providerCode"
        | "providerMessage"
        | "innermostCode"
        | "details"
      >,
  ) {
    super(message, fields);
    const { status, reply, providerCode, providerMessage, innermostCode, details } = fields;
    take(this, { status, reply, providerCode, providerMessage, innermostCode, details });
  }
}

/** The provider says that the operation failed. */
export class OperationFailedError extends LroError {
  /** Stable identifier. */
  override readonly code = "operation-failed";
  /** The provider's own code. */
  declare readonly providerCode?: string;
  /** The provider's own words. */
  declare readonly providerMessage?: string;
  /** The deepest of the provider's codes, where they are nested. */
  declare readonly innermostCode?: string;
  /** The provider's account of the failure, whole. */
  declare readonly details?: unknown;
  /** The reply that said so. */
  declare readonly reply?: Reply;
  /**
   * Takes the waiting up again: `runtime.restore(token)`. Only where it was a
   * question of ours that failed, and the operation itself may go on.
   */
  declare readonly token?: ResumeToken;

  /** Builds the error. */
  constructor(
    message: string,
    fields:
      & LroErrorFields
      & Pick<
        OperationFailedError,
        | "providerCode"
        | "providerMessage"
        | "innermostCode"
        | "details"
        | "reply"
        | "token"
      >,
  ) {
    super(message, fields);
    const { providerCode, providerMessage, innermostCode, details, reply, token } = fields;
    take(this, { providerCode, providerMessage, innermostCode, details, reply, token });
  }
}

/** The operation was canceled, by its provider or by us. */
export class OperationCanceledError extends LroError {
  /** Stable identifier. */
  override readonly code = "operation-canceled";
  /**
   * Whether the provider said that the operation is canceled. `false` where it
   * has no way to cancel: then only the waiting ended, and the operation may
   * still run.
   */
  declare readonly confirmed: boolean;
  /** The reply that said so. */
  declare readonly reply?: Reply;
  /** The provider's own code. */
  declare readonly providerCode?: string;
  /** The provider's own words. */
  declare readonly providerMessage?: string;
  /** The deepest of the provider's codes, where they are nested. */
  declare readonly innermostCode?: string;
  /** The provider's account of it, whole. */
  declare readonly details?: unknown;

  /** Builds the error. */
  constructor(
    message: string,
    fields:
      & LroErrorFields
      & Pick<
        OperationCanceledError,
        | "confirmed"
        | "reply"
        | "providerCode"
        | "providerMessage"
        | "innermostCode"
        | "details"
      >,
  ) {
    super(message, fields);
    const { confirmed, reply, providerCode, providerMessage, innermostCode, details } = fields;
    take(this, { confirmed, reply, providerCode, providerMessage, innermostCode, details });
  }
}

/** The provider forgot the operation: how it ended cannot be known any more. */
export class OperationExpiredError extends LroError {
  /** Stable identifier. */
  override readonly code = "operation-expired";
  /** The reply that said so. */
  declare readonly reply?: Reply;
  /** Whether the result was perhaps sent to us once and lost on the way. */
  declare readonly resultMayBeLost?: boolean;

  /** Builds the error. */
  constructor(
    message: string,
    fields:
      & LroErrorFields
      & Pick<OperationExpiredError, "reply" | "resultMayBeLost">,
  ) {
    super(message, fields);
    const { reply, resultMayBeLost } = fields;
    take(this, { reply, resultMayBeLost });
  }
}

/** Our own deadline passed first: the operation may still run. */
export class DeadlineExceededError extends LroError {
  /** Stable identifier. */
  override readonly code = "deadline-exceeded";
  /** The deadline, in milliseconds from the start. */
  declare readonly deadlineMs: number;
  /** Takes the waiting up again: `runtime.restore(token)`. */
  declare readonly token?: ResumeToken;

  /** Builds the error. */
  constructor(
    message: string,
    fields: LroErrorFields & Pick<DeadlineExceededError, "deadlineMs" | "token">,
  ) {
    super(message, fields);
    const { deadlineMs, token } = fields;
    take(this, { deadlineMs, token });
  }
}

/** The provider could not be reached, or not be made to answer: the operation may still run. */
export class TransportError extends LroError {
  /** Stable identifier. */
  override readonly code = "transport";
  /** Attempts made for the request that failed. */
  declare readonly attempts: number;
  /** HTTP status of the last attempt, if there was an answer. */
  declare readonly status?: number;
  /** Takes the waiting up again: `runtime.restore(token)`. */
  declare readonly token?: ResumeToken;
  /** Whether a result that can be read only once was perhaps sent and lost on the way. */
  declare readonly resultMayBeLost?: boolean;

  /** Builds the error. */
  constructor(
    message: string,
    fields:
      & LroErrorFields
      & Pick<TransportError, "attempts" | "status" | "token" | "resultMayBeLost">,
  ) {
    super(message, fields);
    const { attempts, status, token, resultMayBeLost } = fields;
    take(this, { attempts, status, token, resultMayBeLost });
  }
}

/** The provider's answer makes no sense; nothing was guessed. */
export class ProtocolError extends LroError {
  /** Stable identifier. */
  override readonly code = "protocol";
  /** The answer. */
  declare readonly reply?: Reply;

  /** Builds the error. */
  constructor(message: string, fields: LroErrorFields & Pick<ProtocolError, "reply">) {
    super(message, fields);
    const { reply } = fields;
    take(this, { reply });
  }
}

const CLASSES = {
  "request-rejected": RequestRejectedError,
  "operation-failed": OperationFailedError,
  "operation-canceled": OperationCanceledError,
  "operation-expired": OperationExpiredError,
  "deadline-exceeded": DeadlineExceededError,
  "transport": TransportError,
  "protocol": ProtocolError,
} as const;

/** What `error.code` can be. */
export type LroErrorCode =
  | "request-rejected"
  | "operation-failed"
  | "operation-canceled"
  | "operation-expired"
  | "deadline-exceeded"
  | "transport"
  | "protocol";

/** Every error, for an exhaustive `switch (error.code)`. */
export type AnyLroError =
  | RequestRejectedError
  | OperationFailedError
  | OperationCanceledError
  | OperationExpiredError
  | DeadlineExceededError
  | TransportError
  | ProtocolError;

/**
 * Makes an error again from what `JSON.stringify(error)` wrote.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseLroError, ProtocolError } from "@lro/machines";
 *
 * const error = new ProtocolError("Cannot read reply: no status", {
 *   provider: "elasticio", operationId: "1", polls: 2, requests: 3, elapsedMs: 40,
 * });
 * const again = parseLroError(JSON.parse(JSON.stringify(error)));
 * assertEquals(again instanceof ProtocolError, true);
 * assertEquals(again.polls, 2);
 * ```
 *
 * @param json The parsed JSON, or its text.
 * @returns An instance of the class that `code` names.
 * @throws {TypeError} If it is not an error of ours.
 */
export function parseLroError(json: unknown): AnyLroError {
  const data = typeof json === "string" ? parseJson(json) : json;
  const code = isRecord(data) ? data.code : undefined;
  if (!isRecord(data) || !isErrorCode(code)) {
    throw new TypeError(
      `Cannot read error: expected a code of ${Object.keys(CLASSES).join(", ")}, got ${
        JSON.stringify(code)
      }`,
    );
  }
  if (typeof data.message !== "string" || typeof data.provider !== "string") {
    throw new TypeError("Cannot read error: message and provider must be strings");
  }
  const { message, cause, ...fields } = data;
  return createLroError(code, message as string, {
    ...(fields as unknown as LroErrorFields),
    ...(cause !== undefined && { cause: reviveCause(cause) }),
  });
}

/** Makes the error that `code` names, with those of the fields that it has. */
export function createLroError(
  code: LroErrorCode,
  message: string,
  fields: LroErrorFields & Readonly<Record<string, unknown>>,
): AnyLroError {
  // Each class takes its own fields and leaves the others.
  return new CLASSES[code](message, fields as never);
}

/** Whether a value is one of this library's errors. */
export function isLroError(value: unknown): value is AnyLroError {
  return value instanceof LroError;
}

function isErrorCode(code: unknown): code is LroErrorCode {
  return typeof code === "string" && Object.hasOwn(CLASSES, code);
}

/** Sets those fields that have a value, so that absent ones stay absent. */
function take(error: LroError, fields: Readonly<Record<string, unknown>>): void {
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

function reviveCause(cause: unknown): unknown {
  if (!isRecord(cause) || typeof cause.message !== "string") return cause;
  if (isErrorCode(cause.code)) return parseLroError(cause);
  const error = new Error(
    cause.message,
    cause.cause === undefined ? undefined : { cause: reviveCause(cause.cause) },
  );
  if (typeof cause.name === "string") error.name = cause.name;
  if (typeof cause.code === "string") Object.assign(error, { code: cause.code });
  return error;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TypeError("Cannot read error: it is not JSON", { cause });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
