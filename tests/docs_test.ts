/** README and docs: what the tests of their code do not see. */
import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };

const root = new URL("../", import.meta.url);
const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...markdownIn("docs")];

/** Programs for the test runners of others; `tests/npm/runners.ts` runs them. */
const FOREIGN = "js ignore";

/** Languages of code blocks that are no code of ours. */
const OTHERS = ["sh", "mermaid", "text", FOREIGN];

for (const page of pages) {
  const text = Deno.readTextFileSync(new URL(page, root));

  Deno.test(`${page} links to files and headings that are there`, async () => {
    for (const [, link = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [path = "", heading] = link.split("#");
      const target = path === "" ? new URL(page, root) : new URL(path, new URL(page, root));
      assert(await exists(target), `${link} is there`);
      if (heading === undefined) continue;
      assert(headingsOf(await Deno.readTextFile(target)).includes(heading), `${link} is there`);
    }
  });

  Deno.test(`${page} has no code that the tests leave out`, () => {
    const opened = text.matchAll(/^ *```([^\n]+)$/gm).map(([, language]) => language).toArray();
    assertEquals(opened.filter((language) => ![...OTHERS, "ts"].includes(language!)), []);
    assert(!opened.includes(FOREIGN) || page === "docs/testing.md", page);
    if (opened.includes("ts")) {
      assert(
        config.test.include.some((path) => page === path || page.startsWith(`${path}/`)),
        page,
      );
    }
  });

  Deno.test(`${page} names tasks that are there`, () => {
    const named = text.matchAll(/\b(?:deno|deno@[\d.]+) task ([\w:]+)/g).map(([, task]) => task!);
    assertEquals(named.filter((task) => !Object.hasOwn(config.tasks, task)).toArray(), []);
  });
}

Deno.test("README names every entry point", () => {
  const readme = Deno.readTextFileSync(new URL("README.md", root));
  const missing = Object.keys(config.exports).filter((entry) =>
    !readme.includes(`\`${entry}\``) && entry !== "."
  );
  assertEquals(missing, []);
});

function* markdownIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, root))) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* markdownIn(path);
    else if (name.endsWith(".md")) yield path;
  }
}

/** The anchors of a page's headings, as code hosts make them. */
function headingsOf(text: string): string[] {
  return text.matchAll(/^#+ (.+)$/gm)
    .map(([, heading]) => heading!.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-"))
    .toArray();
}

async function exists(url: URL): Promise<boolean> {
  return await Deno.stat(url).then(() => true, () => false);
}
