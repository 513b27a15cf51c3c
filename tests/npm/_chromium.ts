/**
 * Runs bundles in a real browser.
 *
 * @module
 */
import { type RequestHandler, serveLoopback } from "@lro/machines/testing";
import { bundle } from "./_bundle.ts";
import { type Installed, succeed } from "./_npm.ts";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const PAGE = '<!doctype html><title>Waiting</title><script type="module" src="/page.js"></script>';

/** Where a Chromium is; an empty text where none is. */
export async function findChromium(): Promise<string> {
  const script = `${JSON.stringify(PLACES)}.find(fs.existsSync) ?? ""`;
  return (await succeed("node", ["-p", script], ".")).trim();
}

/**
 * Bundles a module, opens a page with it, and waits for the line of JSON that it
 * logs.
 *
 * @param api Answers what else the page asks its server for.
 */
export async function openPage(
  installed: Installed,
  entry: string,
  api: RequestHandler,
): Promise<unknown> {
  const { tools } = installed;
  const output = await bundle(installed, { entry, output: "page.js", format: "esm" });
  const script = await Deno.readTextFile(output);
  await using server = await serveLoopback((request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return file(PAGE, "text/html");
    return pathname === "/page.js" ? file(script, "text/javascript") : api(request);
  });
  const driver = `${tools}/chromium.mjs`;
  await Deno.copyFile(new URL("consumer/chromium.mjs", import.meta.url), driver);
  return JSON.parse(await succeed("node", [driver, await findChromium(), server.url], tools));
}

function file(text: string, type: string): Response {
  return new Response(text, { headers: { "content-type": type } });
}
