/**
 * Bundles with esbuild, as users do.
 *
 * @module
 */
import { type Installed, succeed } from "./_npm.ts";

const root = new URL("../../", import.meta.url).pathname;

/** How a module is bundled. */
export interface BundleOptions {
  /** The module, as a path from this folder. */
  readonly entry: string;
  /** The file that is made in the project. */
  readonly output: string;
  readonly format: "esm" | "cjs";
  /** What is left out and loaded by whoever runs the bundle. */
  readonly external?: readonly string[];
  readonly minify?: boolean;
}

/**
 * Bundles a module of ours as if it were the project's own: the package that it
 * imports is the one that is installed there, not the sources.
 *
 * @returns The path of the bundle.
 */
export async function bundle(installed: Installed, options: BundleOptions): Promise<string> {
  const { entry, output, format, external = [], minify = false } = options;
  const { project, tools } = installed;
  const outfile = `${project}/${output}`;
  const build = {
    entryPoints: [`${root}tests/npm/${entry}`],
    bundle: true,
    format,
    minify,
    external,
    outfile,
    target: "es2022",
    logLevel: "warning",
    inject: [`${root}tests/npm/consumer/deno.ts`],
    alias: { "@std/assert": `${root}tests/npm/consumer/assert.ts` },
    nodePaths: [`${project}/node_modules`],
  };
  const script = 'import { build } from "esbuild"; await build(JSON.parse(process.argv[1]))';
  await succeed("node", ["--input-type=module", "-e", script, JSON.stringify(build)], tools);
  return outfile;
}
