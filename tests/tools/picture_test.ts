import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { record } from "../../tools/picture/recording.ts";
import { drawReel } from "../../tools/picture/reel.ts";

const PLAN = ["plan", "--schedule", "fixed:20s", "--deadline", "1m"];

Deno.test("a recording ends in what the command leaves on the terminal", async () => {
  const options = { columns: 60, periodMs: 1_000, prompt: "$ lro plan <1m>" };
  const { exitCode, frames } = await record(PLAN, options);
  const texts = frames.at(-1)!.lines.map((line) => line.map(({ text }) => text));
  assertEquals([exitCode, texts], [0, [
    ["$ lro plan <1m>"],
    ["poll", "at", "pause"],
    ["1", "20.0 s", "20.0 s"],
    ["2", "40.0 s", "20.0 s"],
    ["2 polls before the deadline of 1 m 00 s"],
  ]]);
});

Deno.test("a reel has every frame below the last one, and equal lines once", () => {
  const line = (text: string, style = "") => [{ column: 2, text, style }];
  const svg = drawReel([
    { lines: [line("same"), line("<1>", "red bold")], durationMs: 500 },
    { lines: [line("same"), line("2"), line("3")], durationMs: 500 },
  ], { columns: 10, title: "a & b" });
  assertEquals(svg.match(/same/g)?.length, 1);
  assertEquals(svg.match(/<use /g)?.length, 5);
  assertStringIncludes(svg, `<tspan x="16.86" class="red bold">&lt;1&gt;</tspan>`);
  assertStringIncludes(svg, "<title>a &amp; b</title>");
  assertMatch(svg, /0%\{transform:translateY\(0px\)\}9\.09%\{transform:translateY\(-57px\)\}/);
  assertMatch(svg, /\.reel\{transform:translateY\(-57px\)/); // the end, where nothing moves
});
