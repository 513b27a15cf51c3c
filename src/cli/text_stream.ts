/**
 * Where a command writes to.
 *
 * @module
 */

/** Where text goes, as much of a Node stream as is needed. */
export interface TextStream {
  /** Writes text. */
  write(text: string): unknown;
  /** Whether somebody looks at it. */
  readonly isTTY?: boolean | undefined;
  /** How many characters fit on a line. */
  readonly columns?: number | undefined;
  /** How many lines the terminal has. */
  readonly rows?: number | undefined;
  /** Tells when nothing can be written any more, as when whoever read has gone. */
  readonly onError?: ((listener: (error: unknown) => void) => void) | undefined;
  /** Waits until all that was written is out; rejects where it is not. */
  readonly flush?: (() => Promise<void>) | undefined;
}
