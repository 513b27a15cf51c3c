/**
 * Plays every scenario in Chromium, in a process of its own because a browser
 * needs more permissions than a test has. Prints one JSON line for each.
 */
import { launch } from "./_page.ts";
import { scenarios } from "./scenarios.ts";

const browser = await launch();
const queue = Object.entries(scenarios);
const [only] = Deno.args;
await Promise.all([1, 2].map(async () => {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [name, play] = next;
    if (only !== undefined && !name.includes(only)) continue;
    let error: string | undefined;
    try {
      await play(browser);
    } catch (cause) {
      error = cause instanceof Error ? cause.stack ?? cause.message : String(cause);
    }
    console.log(JSON.stringify({ name, ...(error !== undefined && { error }) }));
  }
}));
await browser.close();
Deno.exit(0);
