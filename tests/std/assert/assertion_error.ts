/**
 * What a failed assertion throws.
 *
 * @module
 */

/** A failed assertion. */
export class AssertionError extends Error {
  /**
   * @param message What was expected, and what was seen.
   * @param options `cause`, as any error takes it.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** How every message ends: with the caller's own words, or a full stop. */
export function suffix(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}
