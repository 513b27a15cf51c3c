/**
 * Draws a laid-out statechart as an SVG document that needs nothing else, in
 * light and in dark.
 *
 * @module
 */
import type { Layout } from "./layout.ts";
import { drawShapes, type Shape } from "./shapes.ts";

const STYLE = `
text { font: 600 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1d2733; }
.name, .note, .label text { text-anchor: middle; }
.note, .label text { font-weight: 400; font-size: 11px; fill: #5a6878; }
.frame > rect { fill: #f6f8fa; stroke: #c4ccd6; }
.compound > rect { fill: #fff; stroke: #c4ccd6; }
.atomic > rect { fill: #e9f1fd; stroke: #8fb4ea; }
.final > rect { fill: #fff; stroke: #97a3b2; }
.start > circle { fill: #3a4654; }
.line { fill: none; stroke: #97a3b2; stroke-width: 1.3; }
.head { fill: #97a3b2; }
.label rect { fill: #fff; stroke: #e2e7ed; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6ebf1; }
  .note, .label text { fill: #9fadbc; }
  .frame > rect { fill: #151b23; stroke: #3a4552; }
  .compound > rect { fill: #0d1117; stroke: #3a4552; }
  .atomic > rect { fill: #14294a; stroke: #31598f; }
  .final > rect { fill: #0d1117; stroke: #66727f; }
  .start > circle { fill: #c6d0db; }
  .line { stroke: #66727f; }
  .head { fill: #66727f; }
  .label rect { fill: #0d1117; stroke: #2a323c; }
}
`;

/** Writes a layout as an SVG document. */
export function drawSvg(layout: Layout): string {
  const { id, width, height } = layout;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escape(id)}</title>`,
    `<style>${STYLE}</style>`,
    ...drawShapes(layout).map(write),
    "</svg>",
    "",
  ].join("\n");
}

function write({ tag, attributes, children = "" }: Shape): string {
  const pairs = Object.entries(attributes).map(([name, value]) =>
    ` ${name}="${escape(String(value))}"`
  );
  const inner = typeof children === "string" ? escape(children) : children.map(write).join("");
  return inner === "" ? `<${tag}${pairs.join("")}/>` : `<${tag}${pairs.join("")}>${inner}</${tag}>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
