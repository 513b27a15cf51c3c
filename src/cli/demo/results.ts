/**
 * The table at the end of the demo.
 *
 * @module
 */
import { cleanJson, cleanLine } from "../../model/clean_text.ts";
import type { LroError } from "../../model/lro_error.ts";
import type { Outcome } from "../../model/outcome.ts";
import { formatDuration } from "../text/duration.ts";
import type { OperationName } from "../display/display.ts";
import { type Colour, colourOf, type Paint } from "../text/paint.ts";
import {
  type Column,
  cut,
  fitColumns,
  headings,
  layOut,
  totalWidth,
  widthOf,
  wrap,
} from "../text/table.ts";

/** How one operation ended. */
export interface DemoResult extends OperationName {
  /** How it ended. */
  readonly outcome: Outcome;
  /** Why attempts came to nothing on its way, in words. */
  readonly overcame?: readonly string[];
  /** Whether that is how it should have. */
  readonly isExpected: boolean;
}

interface Field extends Column {
  text(result: DemoResult): string;
  colour?(result: DemoResult): Colour;
}

/** Lays the results out, within a width. */
export function resultsText(
  results: readonly DemoResult[],
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string {
  const fields = fieldsFor(results, width);
  const indent = Math.min(fields[0]!.width + 2, Math.floor(width / 4));
  const lines = results.flatMap((result) => [
    layOut(fields, fields.map((field) => field.text(result)), (text, index) => {
      const colour = fields[index]!.colour?.(result);
      return colour === undefined ? text : paint(colour, text);
    }),
    ...reasonLines(result, width - indent).map((line) =>
      " ".repeat(indent) + paint(colourOf(result.outcome.kind), line)
    ),
  ]);
  const wrong = results.filter(({ isExpected }) => !isExpected).map(({ label }) => label);
  const rule = fields.map((field) => "─".repeat(field.width)).join("  ");
  return [
    paint("bold", headings(fields)),
    paint("dim", rule),
    ...lines,
    "",
    wrong.length === 0
      ? paint("green", `All ${results.length} operations ended as they should.`)
      : paint("red", `Not as they should: ${wrong.join(", ")}`),
    "",
  ].join("\n");
}

/** Why it ended badly, or what it got over, in lines of at most `width` characters. */
function reasonLines({ outcome, overcame = [] }: DemoResult, width: number): string[] {
  const text = outcome.kind !== "succeeded"
    ? providerText(outcome.error)
    : overcame.length > 0
    ? `got over: ${overcame.join("; ")}`
    : "";
  if (text === "") return [];
  return wrap(cleanLine(text), width).split("\n").map((line) => cut(line, width));
}

/** The provider's own words where it has some. */
function providerText(error: LroError & ProviderWords): string {
  const { providerCode, providerMessage, message } = error;
  if (providerMessage === undefined) return message;
  return providerCode === undefined ? providerMessage : `${providerCode}: ${providerMessage}`;
}

interface ProviderWords {
  readonly providerCode?: string;
  readonly providerMessage?: string;
}

/** The most telling fields that fit; the last takes the room that is left. */
function fieldsFor(results: readonly DemoResult[], width: number): Field[] {
  const fields: readonly Field[] = [
    {
      title: "provider",
      width: widthOf(["provider", ...results.map(({ provider = "" }) => provider)], 0, 16),
      rank: 1,
      text: ({ provider = "" }) => provider,
      colour: () => "dim",
    },
    {
      title: "operation",
      width: widthOf(["operation", ...results.map(({ label }) => label)], 0, 20),
      text: ({ label }) => label,
    },
    {
      title: "outcome",
      width: 9,
      text: ({ outcome }) => outcome.kind,
      colour: ({ outcome }) => colourOf(outcome.kind),
    },
    count("polls", 2, ({ outcome }) => String(outcome.polls)),
    count("requests", 3, ({ outcome }) => String(outcome.requests)),
    { ...count("elapsed", 0, ({ outcome }) => formatDuration(outcome.elapsedMs)), width: 7 },
  ];
  const end: Field = { title: "value or error", width: END_WIDTH, text: endText };
  const fitting = fitColumns<Field>([...fields, end], width);
  const room = Math.max(0, width - totalWidth(fitting)) + END_WIDTH;
  const texts = [end.title, ...results.map(endText)];
  return [...fitting.slice(0, -1), { ...end, width: widthOf(texts, 0, room) }];
}

/** The longest of the error codes. */
const END_WIDTH = 18;

function count(title: string, rank: number, text: Field["text"]): Field {
  return { title, width: title.length, align: "right", rank, text };
}

function endText({ outcome }: DemoResult): string {
  return outcome.kind === "succeeded" ? cleanJson(outcome.value) : outcome.error.code;
}
