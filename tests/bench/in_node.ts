/**
 * Runs a benchmark in Node: bundles it, with all it imports, into a scratch
 * folder first.
 *
 * ```sh
 * deno run -A tests/bench/in_node.ts tests/bench/engine_cpu.ts --rounds=3
 * NODE=/opt/node24/bin/node deno run -A tests/bench/in_node.ts tests/bench/engine_cpu.ts
 * ```
 *
 * @module
 */

/** The `node` that is used: the one in the environment variable `NODE`, or on the path. */
function nodePath(): string {
  return Deno.env.get("NODE") ?? "node";
}

/** Whether there is a Node to run in. */
export async function hasNode(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(nodePath(), { args: ["--version"] }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Bundles a module for Node.
 *
 * @param module Path of the module.
 * @param folder Where the bundle goes.
 * @returns The command that runs it, without the module's own arguments.
 * @throws {Error} If it cannot be bundled.
 */
export async function bundleForNode(module: string, folder: string): Promise<string[]> {
  const bundle = `${folder}/${module.split("/").at(-1)!.replace(/\.ts$/, ".mjs")}`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=deno", `--output=${bundle}`, module],
  }).output();
  if (!success) {
    throw new Error(`Cannot bundle ${module}: ${new TextDecoder().decode(stderr)}`);
  }
  return [nodePath(), "--expose-gc", bundle];
}

if (import.meta.main) {
  const [module, ...options] = Deno.args;
  if (module === undefined) throw new TypeError("Cannot run: expected the path of a benchmark");
  const folder = await Deno.makeTempDir({ prefix: "lro-bench-" });
  try {
    const [command, ...args] = await bundleForNode(module, folder);
    const child = new Deno.Command(command!, { args: [...args, ...options] });
    const { code } = await child.spawn().status;
    Deno.exitCode = code;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
