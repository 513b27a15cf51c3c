/**
 * Chooses how the end of a command is told.
 *
 * @module
 */
import { createJsonReporter } from "./json.ts";
import { createQuietReporter } from "./quiet.ts";
import { createTextReporter } from "./text.ts";
import type { Reporter, ReporterOptions } from "./reporter.ts";

/** Chooses a reporter. */
export function createReporter(options: ReporterOptions): Reporter {
  if (options.json) return createJsonReporter(options);
  return options.quiet ? createQuietReporter(options) : createTextReporter(options);
}
