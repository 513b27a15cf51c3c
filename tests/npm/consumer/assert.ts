/**
 * Takes the place of `@std/assert` where a test of ours runs elsewhere: as much
 * as the conformance tests ask of it. Our stand-in for it needs Node's `util`.
 *
 * @module
 */

/** Fails unless two sets, or two values that JSON can hold, are the same. */
export function assertEquals(actual: unknown, expected: unknown): void {
  const [seen, wanted] = [text(actual), text(expected)];
  if (seen !== wanted) throw new Error(`Expected ${wanted}, got ${seen}`);
}

function text(value: unknown): string {
  return JSON.stringify(value instanceof Set ? [...value].sort() : value);
}
