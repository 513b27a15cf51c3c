/**
 * The plainest layout: boxes within boxes, arrows written as words. It needs no
 * layout engine and works for every machine.
 *
 * @module
 */
import { type Chart, type ChartNode, endsOf } from "./chart.ts";
import { type Box, keyOf, type Layout, type LayoutNode, sizeOf, TITLE_HEIGHT } from "./layout.ts";

const GAP = 14;
/** Boxes side by side before a new row begins. */
const COLUMNS = 3;

/** Lays a chart out as boxes within boxes. */
export function layOutNested(chart: Chart): Layout {
  const nodes: LayoutNode[] = [];
  const ends = endsOf(chart);
  const inner = chart.root.children.filter((node) => !ends.includes(node));
  const root = { ...chart.root, children: inner };
  const frame = place(root, GAP, GAP, nodes);
  let { x, y } = { x: frame.x, y: frame.y + frame.height + GAP };
  let right = frame.x + frame.width;
  let bottom = y;
  for (const end of ends) {
    const { width, height } = sizeOf(end);
    if (x > frame.x && x + width > frame.x + Math.max(frame.width, 480)) {
      x = frame.x;
      y = bottom + GAP;
    }
    nodes.push({ ...leaf(end), x, y, width, height });
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
    x += width + GAP;
  }
  return {
    id: chart.id,
    key: keyOf(chart),
    width: right + GAP,
    height: Math.max(bottom, frame.y + frame.height) + GAP,
    nodes,
    edges: [],
  };
}

/** Places a state and those within it, itself first. */
function place(node: ChartNode, x: number, y: number, nodes: LayoutNode[]): Box {
  if (node.children.length === 0 && node.path !== "") {
    const box = { x, y, ...sizeOf(node) };
    nodes.push({ ...leaf(node), ...box });
    return box;
  }
  const at = nodes.push(undefined as never) - 1;
  let right = x + sizeOf(node).width;
  let rowTop = y + TITLE_HEIGHT + GAP / 2;
  let rowBottom = rowTop;
  let left = x + GAP;
  node.children.forEach((child, index) => {
    if (index > 0 && index % COLUMNS === 0) {
      left = x + GAP;
      rowTop = rowBottom + GAP;
    }
    const box = place(child, left, rowTop, nodes);
    left = box.x + box.width + GAP;
    right = Math.max(right, left);
    rowBottom = Math.max(rowBottom, box.y + box.height);
  });
  const box = { x, y, width: right - x, height: rowBottom + GAP - y };
  const kind = node.path === "" ? "frame" : "compound";
  nodes[at] = { path: node.path, name: node.name, kind, ...box };
  return box;
}

function leaf({ path, name, note, kind }: ChartNode): Omit<LayoutNode, keyof Box> {
  return { path, name, kind, ...(note !== undefined && { note }) };
}
