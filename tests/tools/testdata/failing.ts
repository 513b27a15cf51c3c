Deno.test("passes", () => {});
Deno.test("fails", () => {
  throw new Error("as intended");
});
