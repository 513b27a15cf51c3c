/**
 * Checks that everything public is documented: every entry point, every symbol,
 * and every member of its interfaces and classes. `deno doc --lint` takes an
 * empty comment for documentation, and says nothing of entry points.
 *
 * @module
 */
import type { DocComment, DocDeclaration, DocSymbol } from "./api/doc_json.ts";
import { moduleUrl, readDocs } from "./api/read_docs.ts";
import { entryPoints } from "./entry_points.ts";

/** What was found. */
export interface Coverage {
  /** How much of what is public is documented. */
  readonly documented: number;
  /** What is not, by entry point and name. */
  readonly missing: readonly string[];
}

/** Anything that a comment may stand above. */
interface Documented {
  readonly name?: string;
  readonly jsDoc?: DocComment;
  readonly accessibility?: string;
}

/**
 * Looks at all that is public.
 *
 * @param entries The file behind each entry point.
 */
export async function docCoverage(
  entries: Readonly<Record<string, string>> = entryPoints,
): Promise<Coverage> {
  const modules = await readDocs(Object.values(entries));
  const found = Object.entries(entries).flatMap(([entry, file]) => {
    const { module_doc, symbols = [] } = modules.get(moduleUrl(file)) ?? {};
    return [
      { place: entry, isDocumented: !!module_doc?.doc?.trim() },
      ...symbols.flatMap((symbol) => visit(symbol, `${entry} ${symbol.name}`)),
    ];
  });
  const missing = found.filter(({ isDocumented }) => !isDocumented).map(({ place }) => place);
  return { documented: found.length - missing.length, missing };
}

function visit(
  { declarations }: DocSymbol,
  place: string,
): { place: string; isDocumented: boolean }[] {
  const own = declarations.filter(({ kind }) => kind !== "reference");
  if (own.length === 0) return []; // documented where it stands, in another module
  return [
    { place, isDocumented: own.some(isDocumented) }, // of overloads one will do
    ...own.flatMap(members).map((member) => ({
      place: `${place}.${member.name ?? "constructor"}`,
      isDocumented: isDocumented(member),
    })),
    ...own.flatMap((it) => it.kind === "namespace" ? it.def.elements : [])
      .flatMap((symbol) => visit(symbol, `${place}.${symbol.name}`)),
  ];
}

/** The members of an interface or a class; constructors of a class speak for themselves. */
function members(declaration: DocDeclaration): Documented[] {
  if (declaration.kind !== "interface" && declaration.kind !== "class") return [];
  const { properties = [], methods = [] } = declaration.def;
  return [...properties, ...methods].filter((member: Documented) =>
    member.accessibility !== "private"
  );
}

function isDocumented({ jsDoc }: Pick<Documented, "jsDoc">): boolean {
  return !!jsDoc?.doc?.trim() || (jsDoc?.tags ?? []).length > 0;
}

if (import.meta.main) {
  const { documented, missing } = await docCoverage();
  const all = documented + missing.length;
  const percent = Math.floor(100 * documented / all);
  console.log(`documentation: ${documented} of ${all} (${percent} %)`);
  for (const place of missing) console.error(`not documented: ${place}`);
  Deno.exit(missing.length > 0 ? 1 : 0);
}
