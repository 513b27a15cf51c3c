/**
 * What a command works with.
 *
 * @module
 */
import type { CliIo } from "../io.ts";

/** What a command works with. */
export interface CommandContext {
  /** The doors to the world. */
  readonly io: CliIo;
  /** Takes the exit code. */
  readonly finish: (exitCode: number) => void;
}
