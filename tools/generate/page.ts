/**
 * Bundles the inspector's page: `src/inspector/page.generated.ts`. The first line
 * of that file holds a digest of everything that the page is made of, so that a
 * test can tell whether it is stale without bundling anything.
 *
 * @module
 */
import { digestOfPage } from "./page_digest.ts";

const root = new URL("../../", import.meta.url);
const folder = new URL("src/inspector/page/", root);

/** In this order: what comes later goes before what comes earlier. */
const STYLES = [
  "theme",
  "controls",
  "bar",
  "list",
  "states",
  "operation",
  "chart",
  "timeline",
  "tabs",
  "dialogs",
  "phone",
];

const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
  args: [
    "bundle",
    "--quiet",
    "--no-lock",
    "--minify",
    "--platform=browser",
    new URL("main.ts", folder).pathname,
  ],
}).output();
if (!success) throw new Error(`Cannot bundle the page: ${new TextDecoder().decode(stderr)}`);
const script = new TextDecoder().decode(stdout);
const styles = await Promise.all(
  STYLES.map((name) => Deno.readTextFile(new URL(`style/${name}.css`, folder))),
);
const style = styles.join("").replace(/\n\s*/g, "\n");
const icon = await Deno.readTextFile(new URL("icon.svg", folder));
const html = (await Deno.readTextFile(new URL("index.html", folder))).replace(/\n\s*/g, "\n");
await Deno.writeTextFile(
  new URL("src/inspector/page.generated.ts", root),
  [
    `// Made by \`deno task generate\` of ${await digestOfPage(root)}; do not edit.`,
    "",
    "/** The page. */",
    `export const PAGE_HTML: string = ${JSON.stringify(html)};`,
    "",
    "/** Its program. */",
    `export const PAGE_SCRIPT: string = ${JSON.stringify(script)};`,
    "",
    "/** Its icon. */",
    `export const PAGE_ICON: string = ${JSON.stringify(icon)};`,
    "",
    "/** Its style. */",
    `export const PAGE_STYLE: string = ${JSON.stringify(style)};`,
    "",
  ].join("\n"),
);
console.log(`The page: ${script.length} characters of program, ${style.length} of style`);
