/**
 * Frames of a terminal as one animated SVG: all frames below one another, moved
 * through a window by CSS. Works where scripts do not run, as in a README, in
 * light and in dark; who wants no motion sees the last frame.
 *
 * Our own: svg-term and its like draw in one fixed theme, and are not kept up.
 *
 * @module
 */
import type { RecordedFrame } from "./recording.ts";
import type { ScreenLine } from "./screen.ts";

/** Options of {@linkcode drawReel}. */
export interface ReelOptions {
  /** Width of the terminal, in characters. */
  readonly columns: number;
  /** What the picture is called, for those who cannot see it. */
  readonly title: string;
}

const FONT_SIZE = 14;
const CHARACTER_WIDTH = 8.43; // of most monospace fonts of that size
const LINE_HEIGHT = 19;
const MARGIN = 16;
/** How long the end stands before all begins again, in milliseconds. */
const LAST_MS = 5_000;

/** Draws the picture. */
export function drawReel(
  frames: readonly RecordedFrame[],
  { columns, title }: ReelOptions,
): string {
  const lineCount = Math.max(...frames.map(({ lines }) => lines.length));
  const height = lineCount * LINE_HEIGHT;
  const width = Math.ceil(columns * CHARACTER_WIDTH);
  const lines = new LineTable();
  const uses = frames.map((frame, index) => drawFrame(frame, { lines, top: index * height }));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width + 2 * MARGIN} ${
      height + 2 * MARGIN
    }" role="img" aria-label="${escape(title)}">`,
    `<title>${escape(title)}</title>`,
    `<style>${style(frames, height)}</style>`,
    `<defs>${lines.drawn.join("\n")}</defs>`,
    `<rect class="window" width="100%" height="100%" rx="8"/>`,
    `<svg x="${MARGIN}" y="${MARGIN}" width="${width}" height="${height}"><g class="reel">`,
    ...uses,
    `</g></svg>`,
    `</svg>`,
    "",
  ].join("\n");
}

function style(frames: readonly RecordedFrame[], height: number): string {
  const durations = frames.map(({ durationMs }, index) =>
    index === frames.length - 1 ? LAST_MS : durationMs
  );
  const totalMs = durations.reduce((sum, ms) => sum + ms, 0);
  let at = 0;
  const steps = durations.map((ms, index) => {
    const step = `${round(at / totalMs * 100)}%{transform:translateY(${-index * height}px)}`;
    at += ms;
    return step;
  });
  const last = `translateY(${-(frames.length - 1) * height}px)`;
  return `
text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:#1f2328}
.window{fill:#f6f8fa;stroke:#d1d9e0}
.bold{font-weight:600}.dim{opacity:.6}.red{fill:#cf222e}.green{fill:#1a7f37}.yellow{fill:#9a6700}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.window{fill:#0d1117;stroke:#3d444d}
.red{fill:#ff7b72}.green{fill:#3fb950}.yellow{fill:#d29922}}
.reel{transform:${last};animation:reel ${totalMs}ms step-end infinite}
@media(prefers-reduced-motion:reduce){.reel{animation:none}}
@keyframes reel{${steps.join("")}}
`;
}

/** Lines that are drawn once, however many frames have them. */
class LineTable {
  /** Their drawings. */
  readonly drawn: string[] = [];
  readonly #ids = new Map<string, string>();

  /** The id of a line's drawing. */
  idOf(line: ScreenLine): string {
    const key = JSON.stringify(line);
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = `l${this.drawn.length}`;
      this.#ids.set(key, id);
      this.drawn.push(drawLine(line, id));
    }
    return id;
  }
}

function drawFrame(
  { lines }: RecordedFrame,
  { lines: table, top }: { readonly lines: LineTable; readonly top: number },
): string {
  return lines.map((line, row) =>
    line.length === 0 ? "" : `<use href="#${table.idOf(line)}" y="${top + row * LINE_HEIGHT}"/>`
  ).join("");
}

function drawLine(line: ScreenLine, id: string): string {
  const runs = line.map(({ column, text, style }) => {
    const className = style === "" ? "" : ` class="${style}"`;
    return `<tspan x="${round(column * CHARACTER_WIDTH)}"${className}>${escape(text)}</tspan>`;
  });
  return `<text id="${id}" y="${FONT_SIZE}">${runs.join("")}</text>`;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
