#!/usr/bin/env node
/**
 * The program: runs the command with the process's arguments.
 *
 * @module
 */
import process from "node:process";
import { main } from "./mod.ts";

process.stdout.on("error", leave);
process.stderr.on("error", leave);
process.exitCode = await main(process.argv.slice(2));

/** Whoever read our output has gone, e.g. `head`: that is no error. */
function leave(error: { readonly code?: string }): void {
  if (error.code !== "EPIPE") throw error;
}
