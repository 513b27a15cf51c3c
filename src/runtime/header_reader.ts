/**
 * From `Headers` to plain data.
 *
 * @module
 */

/**
 * Reads headers, and makes one record for all that say the same as those before: where
 * thousands poll, each would keep one of its own otherwise.
 */
export class HeaderReader {
  /** What was read last, in its order. */
  readonly names: string[] = [];
  readonly values: string[] = [];
  /** How many headers of the present response were read. */
  index = 0;
  /** Whether the present response says something else than the one before. */
  isNew = true;
  #record: Readonly<Record<string, string>> = {};
  #size = 0;

  /** The headers of a response, names in lower case. */
  read(response: Response): Readonly<Record<string, string>> {
    const before = this.#size;
    this.index = 0;
    this.isNew = false;
    this.#size = -1; // should they break off, the record is not of what was read last
    response.headers.forEach(compare, this);
    const size = this.#size = this.index;
    if (this.isNew || size !== before) this.#record = this.#createRecord(size);
    return this.#record;
  }

  #createRecord(size: number): Readonly<Record<string, string>> {
    const record: Record<string, string> = {};
    for (let place = 0; place < size; place++) record[this.names[place]!] = this.values[place]!;
    return Object.freeze(record);
  }
}

/** No closure: there would be one for every poll. */
function compare(this: HeaderReader, value: string, name: string): void {
  const index = this.index++;
  if (this.names[index] === name && this.values[index] === value) return;
  this.names[index] = name;
  this.values[index] = value;
  this.isNew = true;
}
