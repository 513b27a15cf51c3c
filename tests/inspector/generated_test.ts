import { assert, assertStringIncludes } from "@std/assert";
import { LAYOUTS } from "../../src/drawing/layouts.generated.ts";
import { PAGE_HTML, PAGE_SCRIPT, PAGE_STYLE } from "../../src/inspector/page.generated.ts";
import { digestOfPage } from "../../tools/generate/page_digest.ts";

const root = new URL("../../", import.meta.url);

Deno.test("the bundled page is made of the present sources: else run `deno task generate`", async () => {
  const kept = await Deno.readTextFile(new URL("src/inspector/page.generated.ts", root));
  assertStringIncludes(kept.split("\n")[0]!, await digestOfPage(root));
});

Deno.test("the page builds no markup out of text", () => {
  for (
    const door of [
      "innerHTML",
      "outerHTML",
      "insertAdjacentHTML",
      "document.write",
      "eval(",
      "new Function",
    ]
  ) {
    assert(!PAGE_SCRIPT.includes(door), door);
  }
});

Deno.test("the page asks nobody but its own server", () => {
  const urls = `${PAGE_HTML}${PAGE_SCRIPT}${PAGE_STYLE}`.match(/(https?|wss?):\/\/[^"'`\s]+/g) ??
    [];
  assert(urls.every((url) => url === "http://www.w3.org/2000/svg"), urls.join(", "));
});

Deno.test("the page is small", () => {
  assert(PAGE_SCRIPT.length < 64 * 1_024, `${PAGE_SCRIPT.length} characters`);
});

Deno.test("the documentation shows every built-in machine", async () => {
  const files = ["README.md", "docs/providers/azure.md", "docs/providers/oci.md"];
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(new URL(file, root))));
  for (const { id } of LAYOUTS) assertStringIncludes(texts.join(), `/machines/${id}.svg`);
});
