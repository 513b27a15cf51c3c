import { assertEquals } from "@std/assert";
import { apiText, snapshot } from "../tools/api.ts";

Deno.test("the public surface is the one in tests/api.txt", async () => {
  assertEquals(
    (await apiText()).split("\n"),
    (await Deno.readTextFile(snapshot)).split("\n"),
    "if the change is meant, run `deno task api`",
  );
});
