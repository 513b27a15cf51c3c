/**
 * Where progress is shown: one line an operation on a terminal, lines one after
 * another elsewhere.
 *
 * @module
 */
import type { OperationHandle } from "../../runtime/handle.ts";
import type { CliIo } from "../io.ts";
import { createLineDisplay } from "./lines.ts";
import { createLiveDisplay } from "./live.ts";

/** Shows how operations go. */
export interface Display {
  /** Shows one more operation. */
  follow(label: string, handle: OperationHandle): void;
  /** Prints text that stays; whole lines. */
  print(text: string): void;
  /**
   * Ends.
   *
   * @param options `clear` to leave nothing of the live lines behind.
   */
  close(options?: { readonly clear?: boolean }): void;
}

/** A display on the standard error stream. */
export function createDisplay(io: Pick<CliIo, "stderr" | "clock" | "env">): Display {
  return io.stderr.isTTY ? createLiveDisplay(io) : createLineDisplay(io);
}
