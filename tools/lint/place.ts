/**
 * Where a file stands in this repository; every rule depends on it.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * The path of a file from the root of the repository, with forward slashes.
 *
 * @example
 * ```ts ignore
 * place("/somewhere/machines/src/errors.ts"); // "src/model/errors.ts"
 * ```
 */
export function place(filename: string): string {
  const path = filename.startsWith(root) ? filename.slice(root.length) : filename;
  return path.replaceAll("\\", "/");
}

/** The provider whose folder a path is in, if it is in one. */
export function providerOf(path: string): string | undefined {
  return path.match(/^src\/providers\/([^/]+)\//)?.[1];
}
