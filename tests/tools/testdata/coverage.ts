/** Well told. */
export interface Told {
  /** Told too. */
  readonly field: string;
  untold(): void;
}
/** */
export const empty = 1;
/** Well told. */
export class Thing {
  private hidden = 1;
  bare = this.hidden;
}
