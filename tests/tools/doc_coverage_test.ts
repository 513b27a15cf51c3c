import { assertEquals } from "@std/assert";
import { docCoverage } from "../../tools/doc_coverage.ts";

Deno.test("docCoverage() finds entry points, symbols and members without a word", async () => {
  const { documented, missing } = await docCoverage({ ".": "tests/tools/testdata/coverage.ts" });
  assertEquals(missing, [".", ". Told.untold", ". empty", ". Thing.bare"]);
  assertEquals(documented, 3);
});

Deno.test("everything public is documented", async () => {
  const { documented, missing } = await docCoverage();
  console.log(`documentation coverage: ${documented} of ${documented + missing.length}`);
  assertEquals(missing, []);
});
