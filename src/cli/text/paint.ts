/**
 * A little colour, where somebody looks and has not asked for none.
 *
 * @module
 */
import type { OutcomeKind } from "../../model/outcome.ts";
import type { CliIo } from "../io.ts";
import type { TextStream } from "../text_stream.ts";

/** The colours there are. */
export type Colour = "red" | "green" | "yellow" | "dim" | "bold";

/** Paints a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

const CODES: Readonly<Record<Colour, readonly [on: number, off: number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  dim: [2, 22],
  bold: [1, 22],
};

/** Chooses how to paint on a stream. */
export function createPaint(stream: TextStream, env: CliIo["env"]): Paint {
  if (!stream.isTTY || env["NO_COLOR"]) return (_colour, text) => text;
  return (colour, text) => {
    const [on, off] = CODES[colour];
    return `\x1b[${on}m${text}\x1b[${off}m`;
  };
}

/** The colour of an operation's state. */
export function colourOf(state: OutcomeKind | "initial" | "polling"): Colour {
  switch (state) {
    case "succeeded":
      return "green";
    case "failed":
    case "expired":
      return "red";
    case "canceled":
    case "timedOut":
      return "yellow";
    case "initial":
    case "polling":
      return "bold";
  }
}
