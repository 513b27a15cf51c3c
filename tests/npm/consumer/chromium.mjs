/**
 * Opens a page in a Chromium without a window, and prints the line of the first
 * object that it logs. Copied beside playwright-core and run by Node.
 *
 * ```sh
 * node chromium.mjs /usr/bin/chromium http://127.0.0.1:8080/
 * ```
 */
import process from "node:process";

// Not a literal, and not in deno.json: else every clone fetches it.
const playwright = "playwright-core";
const { chromium } = await import(playwright);
const [executablePath, url] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath,
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  const page = await browser.newPage();
  console.log(
    await new Promise((resolve, reject) => {
      page.on("console", (message) => {
        // Chromium itself logs too, e.g. that there is no icon.
        if (message.text().startsWith("{")) resolve(message.text());
      });
      page.on("pageerror", reject);
      page.goto(url).catch(reject);
    }),
  );
} finally {
  await browser.close();
}
