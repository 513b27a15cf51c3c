/**
 * Where progress is shown: one line an operation on a terminal, lines one after
 * another elsewhere.
 *
 * @module
 */
import type { OperationHandle } from "../../model/handle.ts";

/** What an operation is called. */
export interface OperationName {
  /** Its provider, where there are several. */
  readonly provider?: string | undefined;
  /** Its own name. */
  readonly label: string;
}

/** Shows how operations go. */
export interface Display {
  /** Shows one more operation. */
  follow(name: OperationName, handle: OperationHandle): void;
  /** Prints text that stays; whole lines. */
  print(text: string): void;
  /**
   * Ends.
   *
   * @param options `clear` to leave nothing of the live lines behind.
   */
  close(options?: { readonly clear?: boolean }): void;
}
