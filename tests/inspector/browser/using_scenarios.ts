/** What one can do with the page in a real browser: one scenario a claim. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { jobs } from "../../runtime/_job.ts";
import { ACCEPTED, outcomeOf, PENDING } from "../../runtime/_world.ts";
import { createScene, type Page, waitForText, waitUntilLit } from "./_page.ts";

/** Answers a start with 202, and polls with "not yet". */
const server = () => (_input: string | URL | Request, init?: RequestInit) =>
  Promise.resolve(
    init?.method === "GET" ? Response.json({}) : new Response(null, { status: 202 }),
  );

/** The scenarios, by their claims. */
export const usingScenarios: Readonly<Record<string, (browser: Page) => Promise<void>>> = {
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
