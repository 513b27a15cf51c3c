/**
 * Chooses a display: live where there is a terminal, in lines elsewhere.
 *
 * @module
 */
import type { CliIo } from "../io.ts";
import { createLineDisplay } from "./lines.ts";
import { createLiveDisplay } from "./live.ts";
import { widthOf } from "../text/table.ts";
import type { Display, OperationName } from "./display.ts";

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
