/**
 * The package's entry points, as `deno.json` lists them.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };

/** The file behind each entry point: `{ ".": "./mod.ts" }`. */
export const entryPoints: Readonly<Record<string, string>> = config.exports;
