/**
 * Modules that are built into Node, Deno and Bun, where they are needed and
 * there. Not by `import`: a bundler for browsers would stop at it.
 *
 * @module
 */

interface NodeBuiltins {
  "node:crypto": typeof import("node:crypto");
  "node:http": typeof import("node:http");
}

/**
 * A built-in module.
 *
 * @throws {Error} In a browser.
 */
export function nodeBuiltin<Name extends keyof NodeBuiltins>(name: Name): NodeBuiltins[Name] {
  const { process } = globalThis as {
    readonly process?: { getBuiltinModule?(name: string): object | undefined };
  };
  const found = process?.getBuiltinModule?.(name);
  if (!found) throw new Error(`Cannot load ${name}: it takes Node 20.16 or later, Deno or Bun`);
  return found as NodeBuiltins[Name];
}
