/**
 * Runs the conformance tests on the installed package, outside of Deno.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { listKinds } from "@lro/machines";
import type { ConformanceReport } from "./consumer/conformance.ts";
import { bundle } from "./_bundle.ts";
import { type Installed, succeed } from "./_npm.ts";

/** How a consumer loads the package. */
export type Loading = "import" | "require";

/** The conformance tests as a program that loads the package from the project it is in. */
export function bundleConformance(installed: Installed, loading: Loading): Promise<string> {
  return bundle(installed, {
    entry: "consumer/conformance.ts",
    output: loading === "import" ? "conformance.mjs" : "conformance.cjs",
    format: loading === "import" ? "esm" : "cjs",
    external: ["@lro/machines", "@lro/machines/*"],
  });
}

/**
 * Runs them.
 *
 * @param command What runs a program, e.g. `["node"]` or `["npx", "-y", "node@24"]`.
 */
export async function runConformance(
  installed: Installed,
  [program, ...args]: readonly [string, ...string[]],
  file: string,
): Promise<void> {
  const output = await succeed(program, [...args, file], installed.project);
  checkConformance(JSON.parse(output));
}

/** Checks that all passed, and that they were about every kind there is. */
export function checkConformance({ passed, failed }: ConformanceReport): void {
  assertEquals(failed, []);
  const kinds = new Set(
    passed.filter((name) => name.includes(": ")).map((name) => name.split(/[: ]/)[0]),
  );
  assertEquals(kinds, new Set(listKinds().map(({ name }) => name)));
}
