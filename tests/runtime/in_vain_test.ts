/** What an error takes along: nothing secret, nothing without end, and what was lost. */
import { assert, assertEquals } from "@std/assert";
import { defineJob } from "./_job.ts";
import { createWorld, errorOf, outcomeOf } from "./_world.ts";

Deno.test("a result that can be read once, and is larger than the limit, may be lost", async () => {
  for (const repeat of ["once", "unsent"] as const) {
    const job = defineJob(`large${repeat}`, { repeat });
    await using world = createWorld([{ status: 200, text: "x".repeat(2_000) }], {
      maxReplyBytes: 1_000,
    });
    const error = errorOf(await outcomeOf(world, world.runtime.start(job())));
    assertEquals([error.code, error.resultMayBeLost], [
      "protocol",
      repeat === "once" ? true : undefined,
    ]);
  }
});

Deno.test("the partial result of an error holds no secret, and is not without end", async () => {
  const partial = { password: "s3cr3t", url: "https://a.example/?sig=s3cr3t", name: "n" };
  for (const partialResult of [partial, { ...partial, more: "x".repeat(200_000) }]) {
    const job = defineJob("partial", { repeat: "unsent" }, { partialResult: () => partialResult });
    await using world = createWorld([{ status: 400 }]);
    const error = errorOf(await outcomeOf(world, world.runtime.start(job())));
    const text = JSON.stringify(error.partialResult);
    assertEquals(text.includes("s3cr3t"), false);
    assert(text.includes("name") && text.length < 80_000);
  }
});
