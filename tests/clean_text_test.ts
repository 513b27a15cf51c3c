import { assertEquals } from "@std/assert";
import {
  cleanJson,
  cleanLine,
  cleanPainted,
  cleanText,
  escapeJson,
} from "../src/model/clean_text.ts";

const lines: [text: string, shown: string][] = [
  ["nothing to clean: äöü 漢字 👩‍💻 🇩🇪", "nothing to clean: äöü 漢字 👩‍💻 🇩🇪"],
  ["\x1b[31mred\x1b[0m", "red"],
  ["\x9b31mred", "red"],
  ["\x1b[38;2;1;2;3mred", "red"],
  ["\x1b]0;title\x07after", "after"],
  ["\x1b]8;;https://evil\x1b\\link\x1b]8;;\x1b\\", "link"],
  ["\x9d0;title\x9cafter", "after"],
  ["\x1bPq#0\x1b\\after", "after"],
  ["\x1b]0;without an end", " ]0;without an end"],
  ["\x1b", " "],
  ["\x1b\x1b[31m[32mnested", " [32mnested"],
  ["\x1bc\x1b(0reset", "reset"],
  ["a\rb\r\nc\nd\u2028e\u2029f\x85g\vh\fi", "a b c d e f g h i"],
  ["a\tb\0c\bd\x7fe\x80f", "a b c d e f"],
  ["\u202eabc\u202c \u2066d\u2069 \u200ee\u200f \u061cf", "abc d e f"],
  ["a\u200bb\ufeffc\u2060d\u00ade\u{e0061}f", "abcdef"],
];

for (const [text, shown] of lines) {
  Deno.test(`cleanLine(${escapeJson(JSON.stringify(text))}) is one harmless line`, () => {
    assertEquals(cleanLine(text), shown);
    assertEquals(cleanLine(shown), shown);
  });
}

Deno.test("cleanText() keeps line breaks and tabs", () => {
  assertEquals(cleanText("a\r\nb\tc\x1b[2J\u2029d"), "a\nb\tc\nd");
});

Deno.test("cleanPainted() keeps the colours that we use, and no other sequence", () => {
  assertEquals(
    cleanPainted("\x1b[31ma\x1b[39m\x1b[5A\x1b[2Jb\x1b[7m\x1b]0;c\x07\n"),
    [
      "\x1b[31ma\x1b[39mb\n",
    ].join(""),
  );
});

Deno.test("cleanJson() writes JSON that says the same and holds nothing unseen", () => {
  const value = { "k\u202e": "a\x1b[31m\x07\x9b\u2066\u200b\u{e0061}\ud800\u2028", d: "é👩" };
  for (const indent of [undefined, 2]) {
    const json = cleanJson(value, indent);
    assertEquals(JSON.parse(json), value);
    assertEquals(cleanText(json), json);
  }
  assertEquals(cleanJson(undefined), "null");
});

Deno.test("long hostile texts are cleaned in linear time", () => {
  for (const part of ["\x1b]", "\x1b[", "\x1b[;", "\x1bP", "\x9d", "\x1b[31m", "\u202e", "\r\n "]) {
    const startMs = performance.now();
    cleanLine(part.repeat(200_000));
    const tookMs = performance.now() - startMs;
    if (tookMs > 120_000) { // in square time it would be hours
      throw new Error(`${JSON.stringify(part)} took ${tookMs} ms`);
    }
  }
});
