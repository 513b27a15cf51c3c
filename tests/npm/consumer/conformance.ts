/**
 * The conformance tests of every kind of operation, where there is no Deno:
 * prints how they ended as a line of JSON.
 *
 * @module
 */
import "../../conformance_test.ts";
import { tests } from "./deno.ts";

/** How it went. */
export interface ConformanceReport {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

async function runAll(): Promise<ConformanceReport> {
  const passed: string[] = [];
  const failed: string[] = [];
  for (const { name, run } of tests) {
    try {
      await run();
      passed.push(name);
    } catch (error) {
      failed.push(`${name}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  return { passed, failed };
}

// Not at the top level: `require` could not load it.
runAll().then((report) => console.log(JSON.stringify(report)));
