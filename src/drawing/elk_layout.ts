/**
 * The good layout: layered, by the Eclipse Layout Kernel. The engine is large and
 * is handed in; nothing here depends on it.
 *
 * @module
 */
import { type Chart, type ChartNode, endsOf } from "./chart.ts";
import {
  keyOf,
  labelSizeOf,
  type Layout,
  type LayoutEdge,
  type LayoutNode,
  sizeOf,
  TITLE_HEIGHT,
} from "./layout.ts";

/** As much of `elkjs` as is needed: `new ELK()` is one. */
export interface LayoutEngine {
  /** Adds positions to a graph. */
  // deno-lint-ignore no-explicit-any -- the engine's own graph type belongs to elkjs
  layout(graph: any): Promise<any>;
}

interface ElkNode {
  readonly id: string;
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly children?: readonly ElkNode[];
  readonly edges?: readonly ElkEdge[];
  readonly layoutOptions?: Readonly<Record<string, string>>;
}

type Point = { readonly x: number; readonly y: number };

interface ElkEdge {
  readonly id: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly labels?: readonly {
    readonly text: string;
    readonly x?: number;
    readonly y?: number;
    readonly width: number;
    readonly height: number;
    readonly layoutOptions?: Readonly<Record<string, string>>;
  }[];
  readonly sections?: readonly {
    readonly startPoint: Point;
    readonly endPoint: Point;
    readonly bendPoints?: readonly Point[];
  }[];
}

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.json.shapeCoords": "ROOT",
  "elk.json.edgeCoords": "ROOT",
  "elk.edgeRouting": "ORTHOGONAL",
  // Configs are written in the order of life, so arrows that lead back are the exceptions.
  "elk.layered.cycleBreaking.strategy": "MODEL_ORDER",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
  "elk.layered.spacing.nodeNodeBetweenLayers": "26",
  "elk.layered.spacing.edgeNodeBetweenLayers": "16",
  "elk.spacing.nodeNode": "20",
  "elk.spacing.edgeNode": "14",
  "elk.spacing.edgeEdge": "12",
  "elk.spacing.edgeLabel": "4",
};
const PADDING = `[top=${TITLE_HEIGHT + 14},left=16,bottom=16,right=16]`;
const FRAME = "(frame)";

/**
 * Lays a chart out.
 *
 * @throws Whatever the engine throws: it does so on some graphs.
 */
export async function layOutWithElk(chart: Chart, engine: LayoutEngine): Promise<Layout> {
  const nodes = new Map<string, ChartNode>();
  const ends = endsOf(chart);
  const inner = chart.root.children.filter((node) => !ends.includes(node));
  const frame = toElk({ ...chart.root, children: inner }, nodes);
  const result: ElkNode = await engine.layout({
    id: "(drawing)",
    layoutOptions: { ...OPTIONS, "elk.padding": "[top=12,left=12,bottom=12,right=12]" },
    children: [frame, ...ends.map((end) => toElk(end, nodes))],
    edges: [
      ...[...nodes.values()].flatMap(startEdge),
      ...chart.edges.map(({ from, to, events }, index) => ({
        id: `e${index}`,
        sources: [from || FRAME],
        targets: [to || FRAME],
        labels: [{
          text: String(index),
          ...labelSizeOf(events),
          layoutOptions: { "elk.edgeLabels.inline": "true" },
        }],
      })),
    ],
  });
  return {
    id: chart.id,
    key: keyOf(chart),
    width: Math.ceil(result.width ?? 0),
    height: Math.ceil(result.height ?? 0),
    nodes: (result.children ?? []).flatMap((child) => placed(child, nodes)),
    edges: edgesOf(result, chart),
  };
}

function toElk(node: ChartNode, nodes: Map<string, ChartNode>): ElkNode {
  const id = node.path || FRAME;
  nodes.set(id, node);
  if (node.children.length === 0 && node.path !== "") return { id, ...sizeOf(node) };
  return {
    id,
    layoutOptions: {
      "elk.padding": PADDING,
      "elk.nodeSize.constraints": "MINIMUM_SIZE",
      "elk.nodeSize.minimum": `(${sizeOf(node).width}, 40)`,
    },
    children: [
      ...(node.initial === undefined ? [] : [{ id: `start ${id}`, width: 10, height: 10 }]),
      ...node.children.map((child) => toElk(child, nodes)),
    ],
  };
}

function startEdge({ path, initial }: ChartNode): ElkEdge[] {
  if (initial === undefined) return [];
  const id = path || FRAME;
  return [{ id: `start edge ${id}`, sources: [`start ${id}`], targets: [initial] }];
}

function placed(element: ElkNode, nodes: ReadonlyMap<string, ChartNode>): LayoutNode[] {
  const box = {
    x: round(element.x),
    y: round(element.y),
    width: round(element.width),
    height: round(element.height),
  };
  const node = nodes.get(element.id);
  if (!node) return [{ path: element.id.slice("start ".length), name: "", kind: "start", ...box }];
  const { path, name, note, kind } = node;
  return [
    {
      path,
      name,
      ...(note !== undefined && { note }),
      kind: path === "" ? "frame" : kind,
      ...box,
    },
    ...(element.children ?? []).flatMap((child) => placed(child, nodes)),
  ];
}

/** The arrows, wherever in the graph the engine left them. */
function edgesOf(element: ElkNode, chart: Chart): LayoutEdge[] {
  const own = (element.edges ?? []).flatMap((edge): LayoutEdge[] => {
    const [section] = edge.sections ?? [];
    if (!section) return [];
    const points = [section.startPoint, ...section.bendPoints ?? [], section.endPoint]
      .map(({ x, y }) => [round(x), round(y)] as const);
    const [label] = edge.labels ?? [];
    if (!label) return [{ to: edge.targets[0]!, events: [], points }];
    const { from, to, events } = chart.edges[Number(label.text)]!;
    const { x, y, width, height } = label;
    return [{
      from,
      to,
      events,
      points,
      label: { x: round(x), y: round(y), width, height },
    }];
  });
  return [...own, ...(element.children ?? []).flatMap((child) => edgesOf(child, chart))];
}

function round(value = 0): number {
  return Math.round(value * 2) / 2;
}
