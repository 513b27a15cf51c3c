/**
 * The inspector's page with 10 000 operations that are polled all the time: how
 * long a search takes from the key to the picture, how smoothly the list scrolls,
 * and how much memory the page holds. In Chromium, through playwright-core.
 *
 * ```sh
 * deno run -A tests/bench/inspector_page.ts --operations=10000
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { createRuntime, fixed } from "../../mod.ts";
import { createInspector } from "../../src/inspector/mod.ts";
import { hasChromium, launch } from "../inspector/browser/_page.ts";
import { median } from "./measure.ts";
import { finish } from "./report.ts";
import { statusOperation } from "./status_kind.ts";
import { createStatusService, statusUrls } from "./status_service.ts";

const MUST_SEARCH_MS = 100;
const MUST_HEAP_MB = 150;
const SEARCHES = ["n1", "n12", "state:requesting", "is:active 77", "bench", "-n5", "nothing", ""];

const { values: options } = parseArgs({
  options: { operations: { type: "string", default: "10000" }, json: { type: "boolean" } },
});
const operations = Number(options.operations);
if (!hasChromium()) finish("The inspector's page: not measured, there is no Chromium here", []);
const { fetch } = createStatusService(operations, Infinity);
const runtime = createRuntime({ fetch });
const inspector = await createInspector(runtime);
// Each is polled every 10 s: a thousand polls a second.
statusUrls(operations).forEach((url, index) =>
  runtime.start(statusOperation(url), { id: `n${index}`, schedule: fixed(10_000) })
);

const browser = await launch();
const page = await browser.newPage();
await page.goto(inspector.createLink());
await page.locator("#found", { hasText: operations.toLocaleString("en") }).waitFor();
await page.locator(".row").first().click();
await page.waitForTimeout(5_000);

/** From the key to the frame in which the list is another. */
const searches: number[] = [];
for (const text of [...SEARCHES, ...SEARCHES]) {
  searches.push(
    await page.evaluate((text: string) =>
      new Promise<number>((resolve) => {
        const { document, requestAnimationFrame } = globalThis as never as Browser;
        const input = document.getElementById("query");
        const start = performance.now();
        input.value = text;
        input.dispatchEvent(new Event("input"));
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
      }), text),
  );
  await page.waitForTimeout(100);
}

/** The longest time between two frames while the list scrolls from top to bottom. */
const frames: number[] = await page.evaluate(() =>
  new Promise<number[]>((resolve) => {
    const { document, requestAnimationFrame } = globalThis as never as Browser;
    const list = document.getElementById("list");
    const times: number[] = [];
    const scroll = (time: number): void => {
      times.push(time);
      list.scrollTop += list.scrollHeight / 120;
      if (times.length <= 120) requestAnimationFrame(scroll);
      else resolve(times.slice(1).map((each, index) => each - times[index]!));
    };
    requestAnimationFrame(scroll);
  })
);

await page.waitForTimeout(5_000);
const session = await page.context().newCDPSession(page);
await session.send("HeapProfiler.collectGarbage");
const { usedSize } = await session.send("Runtime.getHeapUsage");
const elements: number = await page.locator("*").count();
await browser.close();
await inspector.close();
await runtime.dispose();

interface Browser {
  readonly document: {
    getElementById(id: string): EventTarget & {
      value: string;
      scrollTop: number;
      readonly scrollHeight: number;
    };
  };
  requestAnimationFrame(run: (time: number) => void): void;
}

const count = operations.toLocaleString("en");
const heapMb = usedSize / 2 ** 20;
finish(`The inspector's page, ${count} operations live, ${elements} elements`, [
  {
    measure: `A search among ${count}: ${MUST_SEARCH_MS} ms`,
    ratio: median(searches) / MUST_SEARCH_MS,
    must: 1,
    aim: 0.5,
    detail: `median ${median(searches).toFixed(0)} ms, longest ${
      Math.max(...searches).toFixed(0)
    } ms`,
  },
  {
    measure: `The page's heap: ${MUST_HEAP_MB} MB`,
    ratio: heapMb / MUST_HEAP_MB,
    must: 1,
    aim: 0.3,
    detail: `${heapMb.toFixed(1)} MB`,
  },
  {
    measure: "A frame while the list scrolls: 50 ms",
    ratio: median(frames) / 50,
    must: 1,
    detail: `median ${median(frames).toFixed(0)} ms, longest ${Math.max(...frames).toFixed(0)} ms`,
  },
]);
