/**
 * Runs `lro demo` on a terminal of ours, in real time and over real HTTP, and
 * writes what was to be seen there as an animated picture for the README.
 *
 * ```sh
 * deno task picture
 * ```
 *
 * @module
 */
import { record } from "./picture/recording.ts";
import { drawReel } from "./picture/reel.ts";

const COLUMNS = 112; // as many as the widest lines of the demo need
const PERIOD_MS = 250;
const PATH = "docs/images/demo.svg";

const { exitCode, frames } = await record(["demo"], {
  columns: COLUMNS,
  periodMs: PERIOD_MS,
  prompt: "$ npx -y deno@2.9.6 task demo",
});
if (exitCode !== 0) {
  console.error(`Cannot draw the demo: it ended with exit code ${exitCode}`);
  Deno.exit(1);
}
const picture = drawReel(frames, { columns: COLUMNS, title: "lro demo" });
await Deno.writeTextFile(PATH, picture);
console.log(`${PATH}: ${frames.length} frames, ${Math.round(picture.length / 1_024)} kB`);
