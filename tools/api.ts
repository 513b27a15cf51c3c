/**
 * The public surface as text: every symbol of every entry point, with its
 * signature. Run as a program it writes the text to `tests/api.txt`, where a
 * change to it is seen.
 *
 * @module
 */
import { symbolLines } from "./api/declaration_text.ts";
import type { DocDeclaration, DocLocation, DocSymbol } from "./api/doc_json.ts";
import { moduleUrl, readDocs } from "./api/read_docs.ts";
import { entryPoints } from "./entry_points.ts";

/** Where the surface is written down. */
export const snapshot: URL = new URL("../tests/api.txt", import.meta.url);

/**
 * Writes the public surface as text. What is exported twice is written out where
 * it comes first.
 *
 * @param entries The file behind each entry point.
 */
export async function apiText(
  entries: Readonly<Record<string, string>> = entryPoints,
): Promise<string> {
  const modules = await readDocs(Object.values(entries));
  const symbols = [...modules.values()].flatMap(({ symbols }) => symbols);
  const originals = new Map(symbols.flatMap(located));
  const places = new Map<DocDeclaration | undefined, string>();
  const write = ({ name, ...rest }: DocSymbol, place: string): string[] => {
    const declarations = rest.declarations.map((it) =>
      it.kind === "reference" ? originals.get(key(it.def.target)) ?? it : it
    );
    const first = places.get(declarations[0]);
    if (first) return [`${name} = ${first}`];
    places.set(declarations[0], place);
    return symbolLines(
      { name, declarations },
      (it) => write(it, `${place}.${it.name}`),
    );
  };
  const sections = Object.entries(entries).map(([entry, file]) =>
    [
      `# ${entry}`,
      ...(modules.get(moduleUrl(file))?.symbols ?? [])
        .sort((a, b) => compare(a.name, b.name))
        .flatMap((symbol) => write(symbol, `${entry} ${symbol.name}`)),
    ].join("\n")
  );
  return sections.join("\n\n") + "\n";
}

/** Where each declaration stands, those in namespaces included; references do not count. */
function located({ declarations }: DocSymbol): [string, DocDeclaration][] {
  return declarations.flatMap((it): [string, DocDeclaration][] => {
    if (it.kind === "reference") return [];
    const inside = it.kind === "namespace" ? it.def.elements : [];
    return [[key(it.location), it], ...inside.flatMap(located)];
  });
}

function key({ filename, byteIndex }: DocLocation): string {
  return `${filename}:${byteIndex}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

if (import.meta.main) await Deno.writeTextFile(snapshot, await apiText());
