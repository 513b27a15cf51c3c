/**
 * An error as plain data, and what its code can be. Types only.
 *
 * @module
 */

/** What `error.code` can be. */
export type LroErrorCode =
  | "request-rejected"
  | "operation-failed"
  | "operation-canceled"
  | "operation-expired"
  | "deadline-exceeded"
  | "transport"
  | "protocol";

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
