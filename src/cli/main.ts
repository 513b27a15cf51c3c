#!/usr/bin/env node
/**
 * The program: runs the command with the process's arguments.
 *
 * @module
 */
import process from "node:process";

process.stdout.on("error", leave);
process.stderr.on("error", leave);
process.exitCode = await run();

async function run(): Promise<number> {
  try {
    const { main } = await import("./mod.ts");
    return await main(process.argv.slice(2));
  } catch (error) {
    // From npm these two come along only if asked for: the library does without.
    if (!/'(commander|cli-progress)'/.test(String(error))) throw error;
    process.stderr.write(
      "error: The lro command needs two more packages: npm install commander cli-progress\n",
    );
    return 2;
  }
}

/** Whoever read our output has gone, e.g. `head`: that is no error. */
function leave(error: { readonly code?: string }): void {
  if (error.code !== "EPIPE") throw error;
}
