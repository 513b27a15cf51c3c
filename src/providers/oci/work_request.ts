/**
 * What the operations on work requests yield.
 *
 * @module
 */

/** A work request, as Oracle Cloud describes it. */
export interface WorkRequest {
  /** Its id. */
  readonly id: string;
  /** How it stands, e.g. `"SUCCEEDED"`. */
  readonly status: string;
  /** What it does, e.g. `"LaunchInstance"`. */
  readonly operationType?: string;
  /** How far it is, 0 to 100. */
  readonly percentComplete?: number;
  /** What it works on. */
  readonly resources?: readonly unknown[];
  /** Everything else. */
  readonly [field: string]: unknown;
}

/**
 * An action that was accepted, and the work that it started.
 *
 * @typeParam T The type of the body.
 */
export interface ActionResult<T = unknown> {
  /** The body of the reply to the action, if it has one. */
  readonly body?: T;
  /** The work request as it ended; absent where the action started none, or nothing was to be waited for. */
  readonly workRequest?: WorkRequest;
}
