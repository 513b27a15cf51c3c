/**
 * The package.json of the npm package: what `deno pack` wrote, and what it
 * leaves out.
 *
 * @module
 */

/** A package.json as far as it matters here. */
export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The one package that the library itself needs. */
const REQUIRED = "xstate";

/**
 * Completes a package.json.
 *
 * @param packed What `deno pack` wrote.
 * @param program The file behind `lro`, and the entry point under which it was packed.
 * @param repository Where the source is, e.g. `"https://github.com/lro/machines"`.
 * @returns The whole; what only the command needs is an optional peer.
 */
export function completePackageJson(
  packed: PackageJson,
  program: { readonly entry: string; readonly file: string },
  repository: string,
): PackageJson {
  const { [program.entry]: _program, ...entryPoints } = packed.exports;
  const { [REQUIRED]: required, ...ofTheCommand } = packed.dependencies;
  if (required === undefined) throw new Error(`Cannot pack: the library must need ${REQUIRED}`);
  return {
    ...packed,
    description: "Wait for the cloud: long-running operations of Azure, Linode, Oracle Cloud, " +
      "LXD and elastic.io as XState machines",
    keywords: [
      "azure",
      "elasticio",
      "linode",
      "long-running-operation",
      "lro",
      "lxd",
      "oci",
      "polling",
      "statechart",
      "waiter",
      "xstate",
    ],
    homepage: `${repository}#readme`,
    repository: { type: "git", url: `git+${repository}.git` },
    bugs: { url: `${repository}/issues` },
    // From here on `require` takes ES modules.
    engines: { node: "^20.19.0 || >=22.12.0" },
    // A provider's module makes its kinds known to `restore`; what several entry points share is in chunks.
    sideEffects: ["./mod.js", "./src/providers/*/mod.js", "./chunk-*.js"],
    exports: { ...entryPoints, "./package.json": "./package.json" },
    bin: { lro: program.file },
    dependencies: { [REQUIRED]: required },
    peerDependencies: ofTheCommand,
    peerDependenciesMeta: Object.fromEntries(
      Object.keys(ofTheCommand).map((name) => [name, { optional: true }]),
    ),
    publishConfig: { access: "public", provenance: true },
  };
}
