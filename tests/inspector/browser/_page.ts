/** A browser, and what scenarios do with its pages. */
import {
  createInspector,
  type Inspector,
  type InspectorOptions,
  type LayoutEngine,
} from "@lro/machines/inspector";
import { createWorld, type World } from "../../runtime/_world.ts";

/** As much of a Playwright page as is used. */
// deno-lint-ignore no-explicit-any -- playwright-core is fetched by name, without its types
export type Page = any;

/** What a scenario works with. */
export interface Scene extends AsyncDisposable {
  readonly world: World;
  readonly inspector: Inspector;
  readonly page: Page;
  /** The page's own errors, and what the browser refused to do. */
  readonly complaints: string[];
  /** Opens the inspector in the page, at a place. */
  open(place?: string): Promise<void>;
}

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const CHROMIUM = "/usr/bin/chromium";

/** Whether there is a browser at all. */
export function hasChromium(): boolean {
  try {
    return Deno.statSync(CHROMIUM).isFile;
  } catch {
    return false;
  }
}

/** Starts Chromium. */
export async function launch(): Promise<Page> {
  // Not in deno.json and not a literal: only these tests need it.
  const name = "npm:playwright-core@1.65.1";
  const { chromium } = (await import(name)).default;
  return await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** The engine that users may hand over for machines of their own. */
export async function loadLayoutEngine(): Promise<LayoutEngine> {
  const name = "npm:elkjs@0.12.1/lib/elk.bundled.js";
  const { default: Engine } = await import(name);
  return new Engine();
}

/** No page takes so long, on the slowest machine. */
const LIMIT_MS = 100_000;

/** Opens a window of its own, and a runtime to look at. */
export async function createScene(
  browser: Page,
  responses: Parameters<typeof createWorld>[0],
  { inspector: options, window, ...worldOptions }: Parameters<typeof createWorld>[1] & {
    readonly inspector?: InspectorOptions;
    readonly window?: object;
  } = {},
): Promise<Scene> {
  const world = createWorld(responses, worldOptions);
  const inspector = await createInspector(world.runtime, options);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    ...window,
  });
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error: Error) => complaints.push(error.message));
  page.on("console", (message: { type(): string; text(): string }) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return {
    world,
    inspector,
    page,
    complaints,
    async open(place = "") {
      await page.goto(inspector.createLink());
      await page.locator("#connection.live").waitFor();
      if (place !== "") await page.goto(`${inspector.origin}/${place}`);
      await page.locator("#connection.live").waitFor();
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      await inspector.close();
      await world.runtime.dispose();
    },
  };
}

/** Waits until the page says something. */
export async function waitForText(page: Page, selector: string, text: string): Promise<void> {
  await page.locator(selector, { hasText: text }).first().waitFor();
}

/** The innermost states that are lit. */
export async function lit(page: Page): Promise<string[]> {
  return await page.locator(".chart .node.active").evaluateAll(
    (nodes: { dataset: { path: string } }[]) => nodes.map(({ dataset }) => dataset.path),
  );
}

/** Waits until a state is lit. */
export async function waitUntilLit(page: Page, path: string): Promise<void> {
  await page.locator(`.chart .node.active[data-path="${path}"]`).waitFor();
}
