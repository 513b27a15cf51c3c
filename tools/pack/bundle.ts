/**
 * Few files out of many. Node looks up, reads and compiles every module by
 * itself, which for a hundred small ones is more than a third of the time from
 * `import` to the first request (`tests/bench/startup_in_node.ts`).
 *
 * Entry points keep their files and share the rest, so that whatever two of them
 * have in common is there once, and a bundler still drops what nobody uses.
 *
 * @module
 */

/** Runs `deno` in a folder. */
export type RunDeno = (args: readonly string[], options: { readonly cwd: string }) => unknown;

/** What is bundled. */
export interface BundleOptions {
  /** The files that must stay, as paths in the folder. */
  readonly entries: readonly string[];
  /** The packages that are imported, and stay outside. */
  readonly packages: readonly string[];
}

/**
 * Bundles the modules of a package in place.
 *
 * @param folder The package, with its modules transpiled.
 * @param run Runs `deno`.
 */
export async function bundleModules(
  folder: string,
  { entries, packages }: BundleOptions,
  run: RunDeno,
): Promise<void> {
  const output = `${folder}/bundled`;
  const outside = packages.map((name) => `--external=${name}`);
  const options = ["--code-splitting", "--platform=deno", `--outdir=${output}`, ...outside];
  await run(["bundle", "--quiet", ...options, ...entries], { cwd: folder });
  await removeModules(`${folder}/src`);
  await Deno.remove(`${folder}/mod.js`);
  await moveFiles(output, folder);
}

/** Types stay where they are. */
async function removeModules(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) await removeModules(`${folder}/${name}`);
    else if (name.endsWith(".js")) await Deno.remove(`${folder}/${name}`);
  }
}

async function moveFiles(from: string, to: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await moveFiles(`${from}/${name}`, `${to}/${name}`);
    else await Deno.rename(`${from}/${name}`, `${to}/${name}`);
  }
  await Deno.remove(from);
}
