/**
 * Everything that can go wrong while waiting: one class for each way to end
 * badly, with {@linkcode LroError} behind all of them.
 *
 * @module
 */
import { giveFields, LroError, type LroErrorCode, type LroErrorFields } from "./lro_error.ts";
import type { Reply } from "./operation.ts";
import type { ResumeToken } from "./runtime/token.ts";

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
    giveFields(this, { status, reply, providerCode, providerMessage, innermostCode, details });
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
    giveFields(this, { providerCode, providerMessage, innermostCode, details, reply, token });
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
    giveFields(this, { confirmed, reply, providerCode, providerMessage, innermostCode, details });
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
    giveFields(this, { reply, resultMayBeLost });
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
    giveFields(this, { deadlineMs, token });
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
    giveFields(this, { attempts, status, token, resultMayBeLost });
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
    giveFields(this, { reply });
  }
}

/** Every error, for an exhaustive `switch (error.code)`. */
export type AnyLroError =
  | RequestRejectedError
  | OperationFailedError
  | OperationCanceledError
  | OperationExpiredError
  | DeadlineExceededError
  | TransportError
  | ProtocolError;

/** The class for each code. */
export const errorClasses = {
  "request-rejected": RequestRejectedError,
  "operation-failed": OperationFailedError,
  "operation-canceled": OperationCanceledError,
  "operation-expired": OperationExpiredError,
  "deadline-exceeded": DeadlineExceededError,
  "transport": TransportError,
  "protocol": ProtocolError,
} as const;

/** Makes the error that `code` names, with those of the fields that it has. */
export function createLroError(
  code: LroErrorCode,
  message: string,
  fields: LroErrorFields & Readonly<Record<string, unknown>>,
): AnyLroError {
  // Each class takes its own fields and leaves the others.
  return new errorClasses[code](message, fields as never);
}

/** Whether a value is one of this library's errors. */
export function isLroError(value: unknown): value is AnyLroError {
  return value instanceof LroError;
}
