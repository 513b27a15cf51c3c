Deno.test("passes", () => {});
Deno.test("passes, too, and may write where it is told", async () => {
  await Deno.remove(await Deno.makeTempDir());
});
Deno.test.ignore("is left out", () => {});
