/**
 * From `Headers` to plain data.
 *
 * @module
 */

/**
 * Reads headers, and makes one record for those that say the same as the ones
 * before: where thousands poll, each would keep one of its own otherwise.
 */
export class HeaderReader {
  /** What was read last, in its order. */
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  /** What was read last, whole; -1 headers where that broke off. */
  #size = 0;
  #record: Readonly<Record<string, string>> = Object.freeze({});
  /** How many of the present headers were read. */
  #index = 0;
  /** Whether they say something else than those before. */
  #isNew = false;
  #isReading = false;

  /** The headers of a response, names in lower case. */
  read(response: Response): Readonly<Record<string, string>> {
    if (this.#isReading) return new HeaderReader().read(response); // from within `forEach`
    const before = this.#size;
    this.#index = 0;
    this.#isNew = false;
    this.#size = -1;
    this.#isReading = true;
    try {
      response.headers.forEach(HeaderReader.#compare, this);
    } finally {
      this.#isReading = false;
    }
    this.#size = this.#index;
    if (this.#isNew || this.#size !== before) this.#renew();
    return this.#record;
  }

  #renew(): void {
    const record: Record<string, string> = {};
    this.#names.length = this.#values.length = this.#size;
    this.#names.forEach((name, index) => record[name] = this.#values[index]!);
    this.#record = Object.freeze(record);
  }

  /** No closure: there would be one for every poll. */
  static #compare(this: HeaderReader, value: string, name: string): void {
    const index = this.#index++;
    if (this.#names[index] === name && this.#values[index] === value) return;
    this.#names[index] = name;
    this.#values[index] = value;
    this.#isNew = true;
  }
}
