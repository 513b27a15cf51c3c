/**
 * Makes the npm package: `npm/lro-machines-<version>.tgz`, or in the folder given.
 *
 * ```sh
 * deno task pack [folder [repository]]
 * ```
 *
 * `deno pack` transpiles what the entry points of `deno.json` reach, and writes
 * types, `exports` and `dependencies`. It does not know of programs, nor of the
 * fields that npm shows; so it packs a copy whose entry points include the
 * program, and the package.json is completed afterwards. Then few files are made of
 * its many.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { bundleModules } from "./pack/bundle.ts";
import { completePackageJson } from "./pack/package_json.ts";

const root = new URL("../", import.meta.url).pathname;

/** The file of the command, and the entry point that makes `deno pack` reach it. */
const PROGRAM = { source: "src/cli/main.ts", built: "src/cli/main.js", entry: "./program" };

/** The home of the sources, by the package's name; a release says where it really runs. */
const REPOSITORY = `https://github.com/${config.name.slice(1)}`;

/**
 * Makes the npm package.
 *
 * @param folder Where it goes.
 * @param repository Where its sources are; npm's provenance compares it with where it was built.
 * @returns The path of the tarball.
 */
export async function pack(folder: string, repository = REPOSITORY): Promise<string> {
  const scratch = await Deno.makeTempDir({ prefix: "lro-pack-" });
  try {
    await copySources(`${scratch}/source`);
    await run("deno", ["pack", "--no-source-maps", "--quiet", "-o", `${scratch}/raw.tgz`], {
      cwd: `${scratch}/source`,
    });
    await run("tar", ["-xzf", "raw.tgz"], { cwd: scratch });
    await removeSources(`${scratch}/package/src`);
    await complete(`${scratch}/package`, repository);
    await Deno.mkdir(folder, { recursive: true });
    const destination = await Deno.realPath(folder);
    // npm itself: it sees to file modes, and makes the same tarball of the same files.
    const listing = await run(
      "npm",
      ["pack", "--json", "--ignore-scripts", "--pack-destination", destination],
      { cwd: `${scratch}/package` },
    );
    return `${destination}/${fileName(JSON.parse(listing))}`;
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** Copies what is published, with the program among the entry points and without the tasks. */
async function copySources(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  for (const path of config.publish.include) await copy(root + path, `${folder}/${path}`);
  const { name, version, license, exports, imports, publish, compilerOptions } = config;
  const entryPoints = { ...exports, [PROGRAM.entry]: `./${PROGRAM.source}` };
  const packed = { name, version, license, exports: entryPoints, publish, compilerOptions };
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({ ...packed, imports, nodeModulesDir: "none" }),
  );
}

async function copy(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}

/** What no entry point reaches `deno pack` packs as it is, e.g. the sources of a generated page. */
async function removeSources(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) await removeSources(`${folder}/${name}`);
    else if (!/\.(js|d\.ts)$/.test(name)) await Deno.remove(`${folder}/${name}`);
  }
}

async function complete(folder: string, repository: string): Promise<void> {
  const path = `${folder}/package.json`;
  const packed = JSON.parse(await Deno.readTextFile(path));
  const program = { entry: PROGRAM.entry, file: `./${PROGRAM.built}` };
  const whole = completePackageJson(packed, program, repository);
  const entries = Object.values<{ default: string }>(packed.exports).map((entry) => entry.default);
  const packages = Object.keys(packed.dependencies);
  await bundleModules(
    folder,
    { entries, packages },
    (args, options) => run("deno", args, options),
  );
  await Deno.writeTextFile(path, JSON.stringify(whole, null, 2) + "\n");
}

/** npm 12 lists packages by name, npm before it in an array. */
function fileName(listing: Record<string, { filename: string }>): string {
  const [listed] = Object.values(listing);
  if (listed === undefined) throw new Error("Cannot pack: npm made nothing");
  return listed.filename;
}

/** Runs a program and returns what it printed. */
async function run(
  program: "deno" | "npm" | "tar",
  args: readonly string[],
  { cwd }: { readonly cwd: string },
): Promise<string> {
  const path = program === "deno" ? Deno.execPath() : program;
  const { success, stdout, stderr } = await new Deno.Command(path, { args: [...args], cwd })
    .output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(`Cannot pack: ${program} ${args[0]}: ${decoder.decode(stderr)}`);
}

if (import.meta.main) {
  const [folder = "npm", repository] = Deno.args;
  const tarball = await pack(folder, repository);
  const { size } = await Deno.stat(tarball);
  console.log(`${tarball} (${Math.round(size / 1_000)} kB)`);
}
