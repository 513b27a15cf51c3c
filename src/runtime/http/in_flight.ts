/**
 * The questions that are on their way, by what they ask for, so that an equal
 * one can share the answer.
 *
 * A hash table of its own, because each poll comes through here: a `Map` would be
 * asked three times for each, and copies itself after so many that came and went.
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

/** The place of a key in the table. Whoever asks for the same URL again should keep its place. */
export function hashOf(key: string): number {
  let hash = 0;
  for (let index = 0; index < key.length; index++) {
    hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
  }
  return (hash ^ (hash >>> 8)) & (SIZE - 1);
}
