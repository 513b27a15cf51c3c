#!/usr/bin/env node
/**
 * The program: runs the command with the process's arguments.
 *
 * @module
 */
import process from "node:process";

process.exitCode = await run();

async function run(): Promise<number> {
  try {
    const { main } = await import("./mod.ts");
    return await main(process.argv.slice(2));
  } catch (error) {
    // What only the command needs comes from npm only if asked for.
    const [, missing] = /Cannot find package '([^'./]+)'/.exec(String(error)) ?? [];
    if (missing === undefined) throw error;
    process.stderr.write(`error: The lro command needs ${missing}: npm install ${missing}\n`);
    return 2;
  }
}
