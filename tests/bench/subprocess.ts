/**
 * Runs parts of the benchmarks in processes of their own.
 *
 * @module
 */

const HERE = import.meta.dirname!;

/**
 * Runs a module of this folder in a new Deno, with V8's garbage collector within
 * reach.
 *
 * @param module Name of the file.
 * @param flags More flags for Deno.
 * @returns What its last line says, as JSON.
 * @throws {Error} If it fails.
 */
export function runBenchmark(
  module: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<unknown> {
  return runCommand([
    Deno.execPath(),
    "run",
    "--quiet",
    "--allow-all",
    "--v8-flags=--expose-gc",
    ...flags,
    `${HERE}/${module}`,
    ...args,
  ]);
}

/**
 * Runs a command.
 *
 * @returns What its last line says, as JSON.
 * @throws {Error} If it fails.
 */
export async function runCommand(command: readonly string[]): Promise<unknown> {
  const [program, ...args] = command;
  const { success, stdout, stderr } = await new Deno.Command(program!, { args }).output();
  const read = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (!success) throw new Error(`Cannot run ${args.at(-1)}: ${read(stderr) || read(stdout)}`);
  return JSON.parse(read(stdout).split("\n").at(-1)!);
}
