/**
 * Everything that can go wrong while waiting: one class for each way to end
 * badly, with {@linkcode LroError} behind all of them.
 *
 * @module
 */
import { LroError, type LroErrorFields } from "./lro_error.ts";
import type { LroErrorCode } from "./error_json.ts";

/** What an error class is made of: what all have in common, and its own. */
type FieldsOf<E extends LroError, Own extends keyof E> = LroErrorFields & Pick<E, Own>;

/** The first request was turned down: the operation never started. */
export class RequestRejectedError extends LroError {
  /** Names of the fields that only this class has. */
  static override readonly fields: readonly string[] = ["status"];
  /** Stable identifier. */
  override readonly code = "request-rejected";
  /** HTTP status of the refusal. */
  declare readonly status: number;

  /** Builds the error. */
  constructor(message: string, fields: FieldsOf<RequestRejectedError, "status">) {
    super(message, fields);
  }
}

/** The provider says that the operation failed. */
export class OperationFailedError extends LroError {
  /** Stable identifier. */
  override readonly code = "operation-failed";
}

/** The operation was canceled, by its provider or by us. */
export class OperationCanceledError extends LroError {
  /** Names of the fields that only this class has. */
  static override readonly fields: readonly string[] = ["confirmed"];
  /** Stable identifier. */
  override readonly code = "operation-canceled";
  /**
   * Whether the provider said that the operation is canceled. `false` where it
   * has no way to cancel: then only the waiting ended, and the operation may
   * still run; `token` takes the waiting up again.
   */
  declare readonly confirmed: boolean;

  /** Builds the error. */
  constructor(message: string, fields: FieldsOf<OperationCanceledError, "confirmed">) {
    super(message, fields);
  }
}

/** The provider forgot the operation: how it ended cannot be known any more. */
export class OperationExpiredError extends LroError {
  /** Stable identifier. */
  override readonly code = "operation-expired";
}

/** Our own deadline passed first: the operation may still run. */
export class DeadlineExceededError extends LroError {
  /** Names of the fields that only this class has. */
  static override readonly fields: readonly string[] = ["deadlineMs"];
  /** Stable identifier. */
  override readonly code = "deadline-exceeded";
  /** The deadline, in milliseconds from the start. */
  declare readonly deadlineMs: number;

  /** Builds the error. */
  constructor(message: string, fields: FieldsOf<DeadlineExceededError, "deadlineMs">) {
    super(message, fields);
  }
}

/** The provider could not be reached, or not be made to answer: the operation may still run. */
export class TransportError extends LroError {
  /** Names of the fields that only this class has. */
  static override readonly fields: readonly string[] = ["attempts", "status"];
  /** Stable identifier. */
  override readonly code = "transport";
  /** Attempts made for the request that failed. */
  declare readonly attempts: number;
  /** HTTP status of the last attempt, if there was an answer. */
  declare readonly status?: number;

  /** Builds the error. */
  constructor(message: string, fields: FieldsOf<TransportError, "attempts" | "status">) {
    super(message, fields);
  }
}

/** The provider's answer makes no sense; nothing was guessed. */
export class ProtocolError extends LroError {
  /** Stable identifier. */
  override readonly code = "protocol";
}

/**
 * Every error. A `switch (error.code)` that covers all codes is exhaustive, and
 * inside each `case` the error has the fields of its class.
 */
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
