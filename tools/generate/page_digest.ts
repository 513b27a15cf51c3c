/**
 * A digest of everything that the inspector's page is made of.
 *
 * @module
 */

/** Folders of the page's own files, and of those that it shares with the library. */
const FOLDERS = ["src/inspector/page/", "src/inspector/page/style/", "src/drawing/"];

/** The digest, of the files as they are now. */
export async function digestOfPage(root: URL): Promise<string> {
  const files: string[] = [];
  for (const folder of FOLDERS) {
    for await (const { name, isFile } of Deno.readDir(new URL(folder, root))) {
      if (isFile && !name.includes(".generated.")) files.push(folder + name);
    }
  }
  const texts = await Promise.all(
    files.sort().map(async (file) => `${file}\n${await Deno.readTextFile(new URL(file, root))}`),
  );
  const bytes = new TextEncoder().encode(texts.join("\n").replaceAll("\r\n", "\n"));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.subarray(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
