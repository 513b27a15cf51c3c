/** Ours and Stately Inspector's own package, in a real browser, in both directions. */
import { assertEquals } from "@std/assert";
import { serveLoopback } from "@lro/machines/testing";
import { jobs } from "../../runtime/_job.ts";
import { ACCEPTED, PENDING } from "../../runtime/_world.ts";
import { createScene, type Page, waitForText, waitUntilLit } from "./_page.ts";

/** Bundles a program for the browser that imports `@statelyai/inspect`. */
async function bundle(program: string): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, program);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "--no-lock", "--no-config", "--platform=browser", file],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(file);
  }
}

function serveScript(script: string) {
  return serveLoopback(({ url }) =>
    new URL(url).pathname === "/script.js"
      ? new Response(script, { headers: { "content-type": "text/javascript" } })
      : new Response('<!doctype html><script type="module" src="/script.js"></script>', {
        headers: { "content-type": "text/html" },
      })
  );
}

const VIEWER = `
  import { createBrowserReceiver } from "npm:@statelyai/inspect@0.7.2";
  globalThis.received = [];
  createBrowserReceiver().subscribe((event) => globalThis.received.push(event));
`;

const APPLICATION = `
  import { createBrowserInspector } from "npm:@statelyai/inspect@0.7.2";
  import { createActor, createMachine } from "npm:xstate@5.33.3";
  const machine = createMachine({
    id: "light",
    initial: "green",
    context: { count: 1 },
    states: {
      green: { on: { next: "yellow" } },
      yellow: { on: { next: { target: "red" } } },
      red: { initial: "walk", states: { walk: { on: { next: "wait" } }, wait: {} } },
    },
  });
  const { inspect } = createBrowserInspector({ url: new URLSearchParams(location.search).get("url") });
  globalThis.actor = createActor(machine, { inspect });
  globalThis.actor.start();
  globalThis.actor.send({ type: "next" });
`;

interface Received {
  readonly type: string;
  readonly sessionId: string;
  readonly event?: { readonly type: string };
  readonly snapshot?: { readonly value: unknown };
}

/** The scenarios, by their claims. */
export const statelyScenarios: Readonly<Record<string, (browser: Page) => Promise<void>>> = {
  async "an operation opens in a viewer of @statelyai/inspect: history, then live"(browser) {
    await using viewer = await serveScript(await bundle(VIEWER));
    await using scene = await createScene(browser, [ACCEPTED], {
      thenRepeat: PENDING,
      inspector: { statelyUrl: `${viewer.url}/` },
    });
    const { page, world, complaints } = scene;
    world.runtime.start(jobs.unsent(), { id: "a" });
    await world.clock.advance(1);
    await scene.open("#op=a");
    await waitUntilLit(page, "polling.waiting");
    const [popup] = await Promise.all([
      page.waitForEvent("popup"),
      page.locator("#stately").click(),
    ]);
    const received = async (count: number): Promise<Received[]> => {
      await popup.waitForFunction((n: number) => globalThis.received?.length >= n, count);
      return await popup.evaluate(() => globalThis.received);
    };
    const history = await received(5);
    assertEquals(history.map(({ type, event }) => [type, event?.type]), [
      ["@xstate.actor", undefined],
      ["@xstate.event", "xstate.init"],
      ["@xstate.snapshot", "xstate.init"],
      ["@xstate.event", "accepted"],
      ["@xstate.snapshot", "accepted"],
    ]);
    await world.clock.advance(1_000);
    const all = await received(9);
    assertEquals(all.slice(5).map(({ type, event }) => [type, event?.type]), [
      ["@xstate.event", "due"],
      ["@xstate.snapshot", "due"],
      ["@xstate.event", "pending"],
      ["@xstate.snapshot", "pending"],
    ]);
    assertEquals(all.at(-1)?.snapshot?.value, { polling: "waiting" });
    assertEquals(complaints, []);
  },

  async "the page is a target for createBrowserInspector of @statelyai/inspect"(browser) {
    await using application = await serveScript(await bundle(APPLICATION));
    await using scene = await createScene(browser, []);
    const { page, inspector } = scene;
    const [popup] = await Promise.all([
      page.waitForEvent("popup"),
      page.goto(`${application.url}/?url=${encodeURIComponent(inspector.viewerUrl)}`),
    ]);
    await waitForText(popup, "#found", "1 operation");
    await popup.locator(".row").first().click();
    await waitUntilLit(popup, "yellow");
    await waitForText(popup, ".position", "2 of");
    await page.evaluate(() => globalThis.actor.send({ type: "next" }));
    await waitUntilLit(popup, "red.walk");
    await popup.keyboard.press("ArrowLeft");
    await waitUntilLit(popup, "yellow");
  },
};

declare global {
  var received: Received[];
  var actor: { send(event: { type: string }): void };
}
