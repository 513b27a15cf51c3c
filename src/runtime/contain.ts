/**
 * Calls what belongs to the caller, whose errors must disturb nobody.
 *
 * @module
 */

/**
 * Calls a function and reports what it throws, also where it is an async one,
 * whose promise nobody else looks at.
 */
export function contain(act: () => unknown, report: (error: unknown) => void): void {
  try {
    const done = act() as { readonly then?: unknown } | undefined;
    if (typeof done?.then === "function") Promise.resolve(done).catch(report);
  } catch (error) {
    report(error);
  }
}
