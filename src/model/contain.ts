/**
 * Calls what belongs to somebody else, whose errors must disturb nobody.
 *
 * @module
 */

/** What a function yields; `undefined` where it throws, which is reported. */
export function contain<R>(act: () => R, report: (error: unknown) => void): R | undefined {
  try {
    return act();
  } catch (error) {
    report(error);
    return undefined;
  }
}

/** Calls a callback, which may be an async one: nobody else looks at its promise. */
export function containCallback(act: () => unknown, report: (error: unknown) => void): void {
  const done = contain(act, report) as { readonly then?: unknown } | undefined;
  if (typeof done?.then === "function") Promise.resolve(done).catch(report);
}
