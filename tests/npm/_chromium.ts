/**
 * Runs bundles, and programs as they are, in a real browser.
 *
 * @module
 */
import { type RequestHandler, serveLoopback } from "@lro/machines/testing";
import { bundle } from "./_bundle.ts";
import { type Installed, succeed } from "./_npm.ts";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where a Chromium is; an empty text where none is. */
export async function findChromium(): Promise<string> {
  const script = `${JSON.stringify(PLACES)}.find(fs.existsSync) ?? ""`;
  return (await succeed("node", ["-p", script], ".")).trim();
}

/**
 * Bundles a module, opens a page with it, and waits for the object that it logs
 * as JSON.
 *
 * @param api Answers what else the page asks its server for.
 */
export async function openBundle(
  installed: Installed,
  entry: string,
  api: RequestHandler,
): Promise<unknown> {
  const output = await bundle(installed, { entry, output: "page.js", format: "esm" });
  const script = await Deno.readTextFile(output);
  const html = '<script type="module" src="/page.js"></script>';
  return JSON.parse(
    await openPage(installed, (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/") return page(html);
      return pathname === "/page.js" ? file(script, "text/javascript") : api(request);
    }),
  );
}

/**
 * Opens a page with a program whose imports are found by an import map, as they
 * are installed: nothing is bundled.
 *
 * @returns The first object that it logs, as Chromium shows it.
 */
export async function openProgram(installed: Installed, program: string): Promise<string> {
  const modules = "/node_modules";
  const { exports } = JSON.parse(
    await Deno.readTextFile(`${installed.project}${modules}/@lro/machines/package.json`),
  );
  const map = {
    "@lro/machines": `${modules}/@lro/machines/${exports["."].default}`,
    "@lro/machines/testing": `${modules}/@lro/machines/${exports["./testing"].default}`,
    "xstate": `${modules}/xstate/dist/xstate.esm.js`,
  };
  const html = `<script type="importmap">${JSON.stringify({ imports: map })}</script>` +
    `<script type="module">${program}</script>`;
  return await openPage(installed, async (request) => {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith(modules)) return page(html);
    return file(await Deno.readTextFile(installed.project + pathname), "text/javascript");
  });
}

/** Opens a page, and waits for the line of an object that it logs. */
async function openPage(installed: Installed, handle: RequestHandler): Promise<string> {
  const { tools } = installed;
  await using server = await serveLoopback(handle);
  const driver = `${tools}/chromium.mjs`;
  await Deno.copyFile(new URL("consumer/chromium.mjs", import.meta.url), driver);
  return await succeed("node", [driver, await findChromium(), server.url], tools);
}

function page(body: string): Response {
  return file(`<!doctype html><title>Waiting</title>${body}`, "text/html");
}

function file(text: string, type: string): Response {
  return new Response(text, { headers: { "content-type": type } });
}
