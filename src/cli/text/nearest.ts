/**
 * What somebody who mistyped a word may have meant.
 *
 * @module
 */

/** The candidate with the fewest typing errors in between, if there is one that is near. */
export function nearest(
  word: string,
  candidates: readonly string[],
): string | undefined {
  const [best] = candidates
    .map((candidate) => ({ candidate, errors: distance(word, candidate) }))
    .sort((a, b) => a.errors - b.errors);
  return best && best.errors <= Math.ceil(word.length * 0.4) ? best.candidate : undefined;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
