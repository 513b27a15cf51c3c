/** What the page shows in a real browser: one scenario a claim. */
import { assert, assertEquals } from "@std/assert";
import { createInspector } from "@lro/machines/inspector";
import { jobs } from "../../runtime/_job.ts";
import { ACCEPTED, createWorld, DONE, outcomeOf, PENDING } from "../../runtime/_world.ts";
import {
  createScene,
  lit,
  loadLayoutEngine,
  type Page,
  waitForText,
  waitUntilLit,
} from "./_page.ts";

/** The scenarios, by their claims. */
export const watchingScenarios: Readonly<Record<string, (browser: Page) => Promise<void>>> = {
  async "the chart lights the live state, and the arrow that was taken"(browser) {
    await using scene = await createScene(browser, [ACCEPTED], {
      thenRepeat: { hang: true },
      inspector: { layoutEngine: await loadLayoutEngine() },
    });
    const { page, world, complaints } = scene;
    world.runtime.start(jobs.unsent(), { id: "a" });
    await world.clock.advance(1);
    await scene.open("#op=a");
    await waitUntilLit(page, "polling.waiting");
    assertEquals(await lit(page), ["polling", "polling.waiting"]);
    await waitForText(page, ".label.taken", "accepted");
    await world.clock.advance(1_000);
    await waitUntilLit(page, "polling.asking");
    await waitForText(page, ".label.taken", "due");
    assertEquals(await page.locator(".label.taken").count(), 1);
    assertEquals(complaints, []);
  },

  async "time travel shows the past while the present goes on"(browser) {
    await using scene = await createScene(browser, [ACCEPTED], { thenRepeat: PENDING });
    const { page, world, complaints } = scene;
    world.runtime.start(jobs.unsent(), { id: "a" });
    await world.clock.advance(2_100);
    await scene.open("#op=a");
    await waitForText(page, ".position", "6 of 6");
    for (let step = 0; step < 5; step++) await page.keyboard.press("ArrowLeft");
    await waitUntilLit(page, "initial.sending");
    await waitForText(page, ".position", "1 of 6");
    await world.clock.advance(1_000);
    await waitForText(page, ".position", "1 of 8");
    await waitForText(page, ".position", "7 since");
    assertEquals(await lit(page), ["initial", "initial.sending"]);
    await page.locator(".moment", { hasText: "accepted" }).click();
    await waitUntilLit(page, "polling.waiting");
    await waitForText(page, ".changes", 'What "accepted" changed');
    assertEquals(await page.locator(".change .path").allTextContents(), [
      "value",
      "context.pollUrl",
      "requests",
      "nextPollAt",
    ]);
    await page.locator("#scrub").fill("0");
    await waitUntilLit(page, "initial.sending");
    await page.keyboard.press("l");
    await waitForText(page, ".position", "8 of 8");
    assertEquals(complaints, []);
  },

  async "the page connects again after its server was started anew"(browser) {
    const secret = "s".repeat(40);
    await using scene = await createScene(browser, [ACCEPTED], {
      thenRepeat: PENDING,
      inspector: { secret },
    });
    const { page, world, inspector } = scene;
    world.runtime.start(jobs.unsent(), { id: "before" });
    await world.clock.advance(1);
    await scene.open();
    await waitForText(page, ".row", "before");
    await inspector.close();
    await page.locator("#connection.lost").waitFor();
    await using next = createWorld([ACCEPTED], { thenRepeat: PENDING });
    const port = Number(new URL(inspector.origin).port);
    await using _ = await createInspector(next.runtime, { secret, port });
    next.runtime.start(jobs.unsent(), { id: "after" });
    await next.clock.advance(1);
    await page.locator("#connection.live").waitFor();
    await waitForText(page, ".row", "after");
    assertEquals(await page.locator(".row:visible .id").allTextContents(), ["after"]);
  },

  async "who comes late sees the whole of what has ended"(browser) {
    await using scene = await createScene(browser, [ACCEPTED, PENDING, DONE]);
    const { page, world, complaints } = scene;
    await outcomeOf(world, world.runtime.start(jobs.unsent(), { id: "a" }));
    await scene.open("#op=a");
    await waitUntilLit(page, "succeeded");
    await waitForText(page, ".position", "6 of 6");
    assertEquals(await page.locator(".chart .node .name").allTextContents(), [
      "sending",
      "waiting",
      "asking",
      "succeeded",
      "failed",
      "canceled",
      "timedOut",
      "expired",
    ]);
    await page.locator('[data-tab="http"]').click();
    assertEquals(await page.locator(".exchange .method").allTextContents(), ["GET", "GET", "POST"]);
    await page.locator(".exchange").first().click();
    await waitForText(page, ".exchange[open] pre >> nth=1", '"done": "value"');
    assert(await page.locator(".timeline .requesting").count() >= 3);
    assertEquals(complaints, []);
  },

  async "everything can be taken away as NDJSON"(browser) {
    await using scene = await createScene(browser, [ACCEPTED, DONE]);
    const { page, world } = scene;
    await outcomeOf(world, world.runtime.start(jobs.unsent(), { id: "a" }));
    await scene.open();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("#export").click(),
    ]);
    assertEquals(download.suggestedFilename(), "operations.ndjson");
    const lines = (await Deno.readTextFile(await download.path())).trim().split("\n")
      .map((line) => JSON.parse(line));
    assertEquals([lines[0].type, lines[0].id, lines[0].value], ["operation", "a", "succeeded"]);
    assertEquals(lines.at(-1).type, "ended");
  },

  async "markup that a server sends is text"(browser) {
    const attack = '<img src=x onerror="globalThis.isHacked=true"><script>isHacked=1</script>';
    await using scene = await createScene(browser, [
      { status: 202, json: { [attack]: attack }, headers: { "x-note": attack } },
      { status: 200, json: { progress: { percent: 5, text: attack } } as never },
      { status: 200, json: { done: { [attack]: attack } } },
    ]);
    const { page, world, complaints } = scene;
    await outcomeOf(world, world.runtime.start(jobs.unsent(), { id: attack }));
    await scene.open();
    await page.locator(".row").first().click();
    await waitForText(page, ".head h2", attack);
    await page.locator('[data-tab="http"]').click();
    for (const exchange of await page.locator(".exchange").all()) await exchange.click();
    await waitForText(page, ".exchange[open] pre", "onerror");
    assertEquals(await page.locator("img, .detail script").count(), 0);
    assertEquals(await page.evaluate(() => "isHacked" in globalThis), false);
    assertEquals(complaints, []);
  },
};
