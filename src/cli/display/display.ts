/**
 * Where progress is shown: one line an operation on a terminal, lines one after
 * another elsewhere.
 *
 * @module
 */
import type { OperationHandle } from "../../model/handle.ts";
import type { CliIo } from "../io.ts";
import { createLineDisplay } from "./lines.ts";
import { createLiveDisplay } from "./live.ts";
import { widthOf } from "../text/table.ts";

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

/**
 * A display on the standard error stream.
 *
 * @param names Names of the operations to come, so that their lines are aligned.
 */
export function createDisplay(
  io: Pick<CliIo, "stderr" | "clock" | "env">,
  names: readonly OperationName[] = [],
): Display {
  return io.stderr.isTTY ? createLiveDisplay(io) : createLineDisplay(io, {
    provider: widthOf(names.map(({ provider = "" }) => provider), 0, 16),
    label: widthOf(names.map(({ label }) => label), 0, 40),
  });
}
