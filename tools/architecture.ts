/**
 * Looks at the structure of the code: who imports whom, where that goes against
 * the table of layers, and where files import each other in a circle. Run as a
 * program it writes the map in `docs/architecture.md`.
 *
 * @module
 */
import { layerOf, LAYERS, resolveImport, violation } from "./lint/layers.ts";

const root = new URL("../", import.meta.url);

/** Every file of the package with the files that it imports, types included. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Reads the imports of all files of the package. */
export async function readImports(): Promise<Imports> {
  const imports = new Map<string, string[]>();
  for (const file of ["mod.ts", ...await filesOf("src/")].sort()) {
    const text = await Deno.readTextFile(new URL(file, root));
    const code = text.replaceAll(/^ *\*.*$/gm, ""); // examples in comments import nothing
    const found = code.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*"(\.[^"\n]+)"/g);
    imports.set(file, [...new Set([...found].map(([, name]) => resolveImport(name!, file)!))]);
  }
  return imports;
}

async function filesOf(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) files.push(...await filesOf(`${folder}${name}/`));
    else if (name.endsWith(".ts")) files.push(folder + name);
  }
  return files;
}

/** Imports that the table of layers does not allow, each as one line. */
export function findViolations(imports: Imports): string[] {
  return [...imports].flatMap(([file, targets]) =>
    targets.flatMap((target) => {
      const why = violation(file, target);
      return why ? [`${file} -> ${target}: ${why}`] : [];
    })
  );
}

/** Files that are in no layer. */
export function findHomeless(imports: Imports): string[] {
  return [...imports.keys()].filter((file) => !layerOf(file));
}

/** Groups of files that import each other, directly or by way of others (Tarjan 1972). */
export function findCircles(imports: Imports): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const target of imports.get(file) ?? []) {
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file)!, low.get(target)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1 || imports.get(file)?.includes(file)) circles.push(circle.sort());
  };
  for (const file of imports.keys()) if (!index.has(file)) visit(file);
  return circles;
}

/** The map of the layers, as a table in Markdown. */
export function drawMap(): string {
  return [
    "| room | files | may import | what it is for |",
    "| --- | --- | --- | --- |",
    ...LAYERS.map(({ name, files, imports, purpose }) =>
      `| ${name} | ${files.map((file) => `\`${file}\``).join(", ")} | ${
        imports.join(", ") || "nothing"
      } | ${purpose} |`
    ),
  ].join("\n");
}

/** Where the map stands. */
export const mapFile: URL = new URL("docs/architecture.md", root);

const BEGIN = "<!-- map: written by `deno task generate` from tools/lint/layers.ts -->";
const END = "<!-- end of map -->";

/** The map as it stands in a text; `undefined` where there is none. */
export function mapIn(text: string): string | undefined {
  const [, rest] = text.split(BEGIN);
  return rest?.split(END)[0]?.trim();
}

/** A text with its map written anew. */
export function withMap(text: string): string {
  const [before, rest] = text.split(BEGIN);
  if (rest === undefined) throw new Error(`docs/architecture.md has no line "${BEGIN}"`);
  return `${before}${BEGIN}\n\n${drawMap()}\n\n${END}${rest.split(END)[1]}`;
}

if (import.meta.main) {
  await Deno.writeTextFile(mapFile, withMap(await Deno.readTextFile(mapFile)));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", mapFile.pathname] }).output();
}
