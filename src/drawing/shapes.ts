/**
 * A laid-out statechart as SVG elements, in plain data: written as text in one
 * place, built as nodes of a page in another.
 *
 * @module
 */
import { EVENT_HEIGHT, type Layout, type LayoutEdge, type LayoutNode } from "./layout.ts";

/** An SVG element. */
export interface Shape {
  /** Its name. */
  readonly tag: string;
  /** Its attributes. */
  readonly attributes: Readonly<Record<string, string | number>>;
  /** What is in it: elements, or text. */
  readonly children?: readonly Shape[] | string;
}

/** How round the corners of arrows are. */
const CORNER = 7;
const HEAD = 7;

/** Draws everything but the `svg` element around it: boxes, then arrows, then the words on them. */
export function drawShapes({ nodes, edges }: Layout): Shape[] {
  return [
    ...nodes.map(drawNode),
    ...edges.map(drawEdge),
    ...edges.flatMap(drawLabel),
  ];
}

function drawNode(node: LayoutNode): Shape {
  const { x, y, width, height, kind, path, name, note } = node;
  const group = (children: Shape[]): Shape => ({
    tag: "g",
    attributes: { class: `node ${kind}`, "data-path": path },
    children,
  });
  if (kind === "start") {
    return group([{
      tag: "circle",
      attributes: { cx: x + width / 2, cy: y + height / 2, r: width / 2 },
    }]);
  }
  const isBox = kind === "frame" || kind === "compound";
  const rectangle = (inset: number): Shape => ({
    tag: "rect",
    attributes: {
      ...(inset > 0 && { class: "inner" }),
      x: x + inset,
      y: y + inset,
      width: width - 2 * inset,
      height: height - 2 * inset,
      rx: (isBox ? 12 : 9) - inset,
    },
  });
  const words = (text: string, at: { x: number; y: number }, className: string): Shape => ({
    tag: "text",
    attributes: { class: className, ...at },
    children: text,
  });
  const middle = { x: x + width / 2, y: y + height / 2 + (note === undefined ? 4.5 : -2) };
  return group([
    rectangle(0),
    ...(kind === "final" ? [rectangle(3.5)] : []),
    words(name, isBox ? { x: x + 14, y: y + 22 } : middle, isBox ? "title" : "name"),
    ...(note === undefined || isBox
      ? []
      : [words(note, { x: middle.x, y: middle.y + 16 }, "note")]),
  ]);
}

function drawEdge({ from, to, points }: LayoutEdge): Shape {
  return {
    tag: "g",
    attributes: { class: "edge", ...(from !== undefined && { "data-from": from, "data-to": to }) },
    children: [
      { tag: "path", attributes: { class: "line", d: lineOf(points) } },
      { tag: "path", attributes: { class: "head", d: headOf(points) } },
    ],
  };
}

function drawLabel({ from, to, events, label }: LayoutEdge): Shape[] {
  if (!label || from === undefined) return [];
  const { x, y, width, height } = label;
  return [{
    tag: "g",
    attributes: { class: "label", "data-from": from, "data-to": to },
    children: [
      { tag: "rect", attributes: { x, y, width, height, rx: 5 } },
      ...events.map((event, index): Shape => ({
        tag: "text",
        attributes: { x: x + width / 2, y: y + EVENT_HEIGHT * index + 12.5, "data-event": event },
        children: event,
      })),
    ],
  }];
}

type Points = LayoutEdge["points"];

/** A line with round corners. */
function lineOf(points: Points): string {
  const [[startX, startY] = [0, 0]] = points;
  const parts = [`M${startX} ${startY}`];
  for (let index = 1; index < points.length; index++) {
    const [x, y] = points[index]!;
    const next = points[index + 1];
    if (!next) {
      parts.push(`L${x} ${y}`);
      continue;
    }
    const before = towards([x, y], points[index - 1]!);
    const after = towards([x, y], next);
    parts.push(`L${before.join(" ")}Q${x} ${y} ${after.join(" ")}`);
  }
  return parts.join("");
}

/** A point a corner's size from `from` in the direction of `to`, and never past the middle. */
function towards(from: Points[number], to: Points[number]): [number, number] {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy) || 1;
  const part = Math.min(CORNER, length / 2) / length;
  return [tenth(from[0] + dx * part), tenth(from[1] + dy * part)];
}

function headOf(points: Points): string {
  const [x, y] = points.at(-1) ?? [0, 0];
  const [fromX, fromY] = points.at(-2) ?? [x - 1, y];
  const length = Math.hypot(x - fromX, y - fromY) || 1;
  const [dx, dy] = [(x - fromX) / length * HEAD, (y - fromY) / length * HEAD];
  const corner = (side: number): string =>
    `${tenth(x - dx - dy * side)} ${tenth(y - dy + dx * side)}`;
  return `M${x} ${y}L${corner(0.5)}L${corner(-0.5)}Z`;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
