/**
 * README as its reader uses it.
 *
 * @module
 */

/** The program that README asks to paste, its first. */
export async function readmeProgram(): Promise<string> {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const [, program] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
  if (program === undefined) throw new Error("Cannot find a program in README.md");
  return program;
}
