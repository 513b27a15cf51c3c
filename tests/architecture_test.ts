/** The house is as its table says: layers, circles, doors, cards, and the map in the docs. */
import { assert, assertEquals } from "@std/assert";
import {
  drawMap,
  findCircles,
  findHomeless,
  findViolations,
  mapFile,
  mapIn,
  readImports,
} from "../tools/architecture.ts";
import { LAYERS, violation } from "../tools/lint/layers.ts";

const imports = await readImports();

Deno.test("every import, of types too, goes where the table of layers allows", () => {
  assertEquals(findViolations(imports), []);
});

Deno.test("every file of the package is in a room", () => {
  assertEquals(findHomeless(imports), []);
});

Deno.test("no files import each other in a circle, types included", () => {
  assertEquals(findCircles(imports), []);
});

Deno.test("the table of layers names rooms that exist, from the ground up", () => {
  const names = LAYERS.map(({ name }) => name);
  for (const [index, { name, files, imports: allowed }] of LAYERS.entries()) {
    for (const other of allowed) {
      assert(
        names.indexOf(other) < index && names.includes(other),
        `${name} stands above ${other}`,
      );
    }
    for (const file of files) {
      const exists = [...imports.keys()].some((path) =>
        file.endsWith("/") ? path.startsWith(file) : path === file
      );
      assert(exists, `${file} of ${name} exists`);
    }
  }
});

Deno.test("the table tells a violation from an import that is allowed", () => {
  assertEquals(violation("src/model/url.ts", "src/services.ts"), undefined);
  assertEquals(
    violation("src/model/url.ts", "src/runtime/runtime.ts"),
    "model must not import runtime",
  );
  assertEquals(findCircles(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["a"]], ["d", ["a"]]])), [
    ["a", "b", "c"],
  ]);
});

Deno.test("the map in docs/architecture.md is the table; else run `deno task generate`", async () => {
  const words = (text: string) => text.replaceAll(/[\s|-]+/g, " ").trim();
  const map = mapIn(await Deno.readTextFile(mapFile));
  assertEquals(words(map ?? "no map"), words(drawMap()));
});

/** Classes that are cut into several files by inheritance: each is to become one, and none may be added. */
const STILL_CUT = [
  "Actor AskingActor",
  "AskingActor RequestingActor",
  "Exchange Sending",
  "RequestingActor ActorRecord",
];

Deno.test("no class extends another but errors and the node of the timer wheel", async () => {
  const heirs: string[] = [];
  for (const file of imports.keys()) {
    const text = await Deno.readTextFile(new URL(`../${file}`, import.meta.url));
    for (const [, name, parent] of text.matchAll(/\bclass (\w+)(?:<[^{]*>)? extends (\w+)/g)) {
      if (!/Error$/.test(parent!) && parent !== "TimerNode") heirs.push(`${name} ${parent}`);
    }
  }
  assertEquals(heirs.sort(), STILL_CUT);
});

Deno.test("the runtime has at most 12 files outside of its rooms", () => {
  const loose = [...imports.keys()].filter((file) => /^src\/runtime\/[^/]+\.ts$/.test(file));
  assert(loose.length <= 12, loose.join(" "));
});
