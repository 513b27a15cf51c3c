/**
 * Takes out of a text what would do something instead of being read: a server
 * that is waited for must not be able to move the cursor, to colour, to name the
 * window, to write a line that looks like ours, or to turn words round.
 *
 * Sources: ECMA-48 (control functions), XTerm Control Sequences (OSC, DCS),
 * Unicode UAX #9 (bidirectional controls), https://trojansource.codes.
 *
 * @module
 */

// deno-lint-ignore-file no-control-regex -- they are what is looked for

/** All that may be in need of cleaning: most texts have none of it, and pass at once. */
const SUSPECT =
  /[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40/;

/** Control sequences with a known end: they go whole, or their parameters would be left standing. */
const SEQUENCES =
  /(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]{0,8}[0-Z\\^-~]/g;

/** What ends a line, or is taken for it. */
const LINE_BREAKS = /\r\n?|[\n\v\f\x85\u2028\u2029]/g;

/** Control characters: C0, DEL, C1. */
const CONTROLS = /[\x00-\x1f\x7f-\x9f]/g;

/**
 * What is not seen and changes what is: bidirectional controls, blanks without
 * width, tags. The joiners U+200C and U+200D stay: scripts and emoji need them.
 */
const INVISIBLE =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** Of JSON text: what JSON itself leaves as it is. */
const UNESCAPED =
  /[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** What our own colours are made of (ECMA-48, SGR); see `cli/paint.ts`. */
const PAINTED = /\x1b\[(?:1|2|22|31|32|33|39)m/g;

/** A text that can be shown: line breaks and tabs stay, controls become blanks. */
export function cleanText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text
    .replace(SEQUENCES, "")
    .replace(LINE_BREAKS, "\n")
    .replace(CONTROLS, (control) => control === "\n" || control === "\t" ? control : " ")
    .replace(INVISIBLE, "");
}

/** The same as one line: line breaks and tabs become blanks. */
export function cleanLine(text: string): string {
  return SUSPECT.test(text) ? cleanText(text).replace(/\n+|\t/g, " ") : text;
}

/** A text that we have coloured: our colours stay, all else is clean. */
export function cleanPainted(text: string): string {
  if (!SUSPECT.test(text)) return text;
  let shown = "";
  let end = 0;
  for (const { 0: colour, index } of text.matchAll(PAINTED)) {
    shown += cleanText(text.slice(end, index)) + colour;
    end = index + colour.length;
  }
  return shown + cleanText(text.slice(end));
}

/**
 * A value as JSON that can be shown and says the same: what does something, or is
 * not seen, is written as `\u` and its number.
 *
 * @param indent How many blanks a level is indented by, in several lines.
 * @returns `"null"` where JSON has nothing to say, as of `undefined`.
 */
export function cleanJson(value: unknown, indent?: number): string {
  return escapeJson(JSON.stringify(value, null, indent) ?? "null");
}

/** The same of what is JSON already: such characters are in its strings only. */
export function escapeJson(json: string): string {
  return json.replace(UNESCAPED, (text) =>
    // In UTF-16, as JSON wants it: of a pair each half has its own number.
    text.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(
      "",
    ));
}
