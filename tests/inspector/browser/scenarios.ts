/** What the page does in a real browser: one scenario a claim. */
import { assert, assertEquals, assertMatch } from "@std/assert";
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

/** Answers a start with 202, and polls with "not yet". */
const server = () => (_input: string | URL | Request, init?: RequestInit) =>
  Promise.resolve(
    init?.method === "GET" ? Response.json({}) : new Response(null, { status: 202 }),
  );

/** The scenarios, by their claims. */
export const scenarios: Readonly<Record<string, (browser: Page) => Promise<void>>> = {
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

  async "a search finds by state, provider and words, and the counts are buttons"(browser) {
    await using scene = await createScene(browser, [], {
      around: () => (input, init) =>
        Promise.resolve(
          String(input).includes("bad")
            ? new Response(null, { status: 400 })
            : init?.method === "GET"
            ? Response.json({})
            : new Response(null, { status: 202 }),
        ),
    });
    const { page, world, complaints } = scene;
    for (let count = 0; count < 40; count++) {
      const url = `https://jobs.example/${count % 10 === 0 ? "bad" : "good"}`;
      const job = (count % 2 === 0 ? jobs.unsent : jobs.always)({ call: { method: "POST", url } });
      world.runtime.start(job, { id: `job ${count}` });
    }
    await world.clock.advance(1);
    await scene.open();
    await waitForText(page, "#found", "40 operations");
    await page.fill("#query", "state:failed");
    await waitForText(page, "#found", "4 of 40 operations");
    assertEquals(
      await page.locator(".row:visible .pill").allTextContents(),
      Array(4).fill("failed"),
    );
    await page.fill("#query", "machine:always is:active -17");
    await waitForText(page, "#found", "19 of 40");
    await page.fill("#query", "no such thing");
    await waitForText(page, "#nothing", "Nothing found");
    await page.locator('.chip[data-query="state:failed"]').click();
    await waitForText(page, "#found", "4 of 40");
    assertMatch(page.url(), /#q=state%3Afailed$/);
    await page.locator('.chip[data-query=""]').click();
    await waitForText(page, ".row:visible .pill >> nth=0", "failed"); // failed first
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

  async "cancel and poll now work where actions are allowed, one and many"(browser) {
    await using scene = await createScene(browser, [], {
      around: server,
      inspector: { allowActions: true },
    });
    const { page, world, complaints } = scene;
    const handles = ["a", "b", "c"].map((id) => world.runtime.start(jobs.unsent(), { id }));
    await world.clock.advance(1);
    await scene.open("#op=a");
    await page.locator("#poll-now").click();
    await waitForText(page, ".facts", "Polls1");
    await page.locator("#cancel").click();
    await page.locator("dialog .quiet").click();
    assertEquals(handles[0]!.snapshot.status, "active");
    await page.locator("#cancel").click();
    await page.locator("dialog .danger").click();
    await waitForText(page, ".detail .pill", "canceled");
    await outcomeOf(world, handles[0]!);
    assertEquals(handles[0]!.snapshot.state, "canceled");
    await page.locator('#bulk [data-command="cancel"]', { hasText: "Cancel 2" }).click();
    await waitForText(page, "dialog", "Cancel 2 operations?");
    await page.locator("dialog .danger").click();
    await waitForText(page, '.chip[data-query="state:canceled"]', "3");
    assertEquals(handles.map(({ snapshot }) => snapshot.state), Array(3).fill("canceled"));
    assertEquals(complaints, []);
  },

  async "without leave the page offers no actions"(browser) {
    await using scene = await createScene(browser, [ACCEPTED], { thenRepeat: PENDING });
    const { page, world } = scene;
    const handle = world.runtime.start(jobs.unsent(), { id: "a" });
    await world.clock.advance(1);
    await scene.open("#op=a");
    await waitUntilLit(page, "polling.waiting");
    await page.keyboard.press("c");
    assertEquals(
      await page.locator("#cancel:visible, #poll-now:visible, #bulk:visible").count(),
      0,
    );
    assertEquals(await page.locator("dialog[open]").count(), 0);
    assertEquals(handle.snapshot.status, "active");
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

  async "light and dark follow the system, and the button overrides it"(browser) {
    for (const [colorScheme, background] of [["light", "246"], ["dark", "13"]]) {
      await using scene = await createScene(browser, [], { window: { colorScheme } });
      const { page } = scene;
      await scene.open();
      const shown = () =>
        page.evaluate("getComputedStyle(document.body).backgroundColor") as Promise<string>;
      assertMatch(await shown(), new RegExp(`^rgb\\(${background}, `));
      await page.locator("#theme").click(); // light
      assertMatch(await shown(), /^rgb\(246, /);
      await page.locator("#theme").click(); // dark
      assertMatch(await shown(), /^rgb\(13, /);
      await page.reload();
      await page.locator("#connection.live").waitFor();
      assertMatch(await shown(), /^rgb\(13, /);
    }
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

  async "a deep link leads to the operation, the search and the moment"(browser) {
    await using scene = await createScene(browser, [ACCEPTED], { thenRepeat: PENDING });
    const { page, world } = scene;
    world.runtime.start(jobs.unsent(), { id: "a b/c" });
    await world.clock.advance(3_100);
    await scene.open("#op=a+b%2Fc&at=1&q=is%3Aactive");
    await waitUntilLit(page, "initial.sending");
    assertEquals(await page.inputValue("#query"), "is:active");
    await page.keyboard.press("Escape");
    await waitUntilLit(page, "polling.waiting");
    assertMatch(page.url(), /#op=a\+b%2Fc&q=is%3Aactive$/);
    await page.keyboard.press("Escape");
    await waitForText(page, ".empty", "Choose an operation");
    await page.goBack();
    await waitUntilLit(page, "polling.waiting");
  },

  async "the keyboard is enough"(browser) {
    await using scene = await createScene(browser, [], { around: server });
    const { page, world } = scene;
    for (const id of ["a", "b", "c"]) {
      world.runtime.start(jobs.unsent(), { id });
      await world.clock.advance(1);
    }
    await scene.open();
    await waitForText(page, "#found", "3 operations");
    await page.keyboard.press("j");
    await waitForText(page, ".head h2", "c"); // the newest comes first
    await page.keyboard.press("j");
    await waitForText(page, ".head h2", "b");
    await page.keyboard.press("k");
    await waitForText(page, ".head h2", "c");
    await page.keyboard.press("/");
    await page.keyboard.type("id:a");
    await waitForText(page, "#found", "1 of 3");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await waitForText(page, "dialog[open]", "Keyboard");
    await page.keyboard.press("Escape");
    assertEquals(await page.locator("dialog[open]").count(), 0);
  },

  async "3 000 operations are a few elements, and scroll to the last"(browser) {
    await using scene = await createScene(browser, [], { around: server });
    const { page, world, complaints } = scene;
    for (let count = 0; count < 3_000; count++) {
      world.runtime.start(jobs.unsent(), { id: `n${String(count).padStart(4, "0")}` });
    }
    await world.clock.advance(1);
    await scene.open();
    await waitForText(page, "#found", "3,000 operations");
    await page.selectOption("#order", "id");
    assert(await page.locator("*").count() < 400);
    await page.locator("#list").evaluate((list: { scrollTop: number }) => list.scrollTop = 1e9);
    await waitForText(page, ".row", "n2999");
    assert(await page.locator("*").count() < 400);
    assertEquals(complaints, []);
  },

  async "on a phone there is one thing at a time, and nothing to scroll sideways"(browser) {
    await using scene = await createScene(browser, [ACCEPTED], {
      thenRepeat: PENDING,
      window: { viewport: { width: 360, height: 700 }, hasTouch: true },
    });
    const { page, world } = scene;
    world.runtime.start(jobs.unsent(), { id: "a-long-name-without-any-blank-".repeat(4) });
    await world.clock.advance(1);
    await scene.open();
    const overflow = () =>
      page.evaluate("document.documentElement.scrollWidth - innerWidth") as Promise<number>;
    await page.locator(".row").first().tap();
    await waitUntilLit(page, "polling.waiting");
    assertEquals(await page.locator("#list:visible").count(), 0);
    assertEquals(await overflow(), 0);
    await page.locator("#back").tap();
    await page.locator("#list:visible").waitFor();
    assertEquals(await overflow(), 0);
  },
};
