/**
 * The questions that are on their way, by what they ask for, so that an equal
 * one can share the answer.
 *
 * A hash table of its own, because each poll comes through here: a `Map` reads
 * the whole key, three times, and makes garbage whenever it has seen enough.
 *
 * @module
 */

/** Something on its way. Its own place in the table. */
export interface Question {
  /** What it asks for; `undefined` for what is never shared. */
  key: string | undefined;
  /** {@linkcode hashOf} of that. */
  hash: number;
  /** The next with the same hash; kept for the table. */
  sibling: Question | undefined;
}

/** Places in the table; seldom are more than a hundred taken. */
const SIZE = 256;

/** Questions on their way. */
export class InFlight<Q extends Question> {
  readonly #chains = new Array<Question | undefined>(SIZE).fill(undefined);

  /** The one that asks for the same, if there is one. */
  find(key: string, hash: number): Q | undefined {
    let question = this.#chains[hash];
    while (question && question.key !== key) question = question.sibling;
    return question as Q | undefined;
  }

  /** One more, whose key no other has. */
  add(question: Q): void {
    question.sibling = this.#chains[question.hash];
    this.#chains[question.hash] = question;
  }

  /** One less, if it is there. */
  delete(question: Q): void {
    const first = this.#chains[question.hash];
    if (first === question) {
      this.#chains[question.hash] = question.sibling;
    } else {
      let before = first;
      while (before && before.sibling !== question) before = before.sibling;
      if (before) before.sibling = question.sibling;
    }
    question.sibling = undefined;
  }
}

/**
 * The place of a key in the table, by eight characters out of the whole of it: most keys differ in a number at the end
 * or in an id somewhere in the middle. Those that do not are compared.
 */
export function hashOf(key: string): number {
  const { length } = key;
  let hash = length;
  for (let part = 1; part <= 6; part++) {
    hash = (Math.imul(hash, 31) + key.charCodeAt(((length * part) >> 3) | 0)) | 0;
  }
  return (Math.imul(hash, 31) + Math.imul(key.charCodeAt(length - 2), 7) +
    key.charCodeAt(length - 1)) & (SIZE - 1);
}
