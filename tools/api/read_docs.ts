/**
 * Asks `deno doc` about modules.
 *
 * @module
 */
import type { DocSymbol } from "./doc_json.ts";

/** What `deno doc` says of a module. */
export interface DocModule {
  /** What its own documentation says, where it has any. */
  readonly module_doc?: { readonly doc?: string };
  /** Its exports. */
  readonly symbols: DocSymbol[];
}

/**
 * What `deno doc` says of each module, by its URL.
 *
 * @param files Paths from the root of the repository.
 */
export async function readDocs(files: readonly string[]): Promise<Map<string, DocModule>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...files.map(moduleUrl)],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot document the API: ${decoder.decode(stderr)}`);
  const { nodes } = JSON.parse(decoder.decode(stdout)) as { nodes: Record<string, DocModule> };
  return new Map(Object.entries(nodes));
}

/** The URL of a module, as the answer has it. */
export function moduleUrl(file: string): string {
  return new URL(file, new URL("../..", import.meta.url)).href;
}
