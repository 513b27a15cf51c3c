/**
 * Draws a statechart as a Mermaid state diagram.
 *
 * @module
 */
import { configOf, type OperationMachine } from "../xstate/mod.ts";
import { type ChartEdge, type ChartNode, readChart } from "./chart.ts";

/**
 * Writes a machine as Mermaid's `stateDiagram-v2`: compound states with their
 * children inside, arrows labelled with events, final states marked as such.
 *
 * States that are not final stand in a frame, so that arrows which leave from
 * the machine as a whole, such as that to `failed`, are drawn once.
 *
 * @returns Text that GitHub and every Mermaid renderer understand.
 */
export function drawMermaid(machine: OperationMachine): string {
  const { id, root, edges: unordered } = readChart(configOf(machine));
  const order = innermostFirst(root);
  const edges = unordered.toSorted((a, b) => order.indexOf(a.from) - order.indexOf(b.from));
  const ends = root.children.filter(isFinal);
  const endPaths = new Set(ends.map(({ path }) => path));
  const isAcross = ({ from, to }: ChartEdge): boolean =>
    parentOf(from) !== parentOf(to) || endPaths.has(to);
  return [
    "stateDiagram-v2",
    ...[
      `state "${id}" as ${FRAME} {`,
      ...drawChildren(root, edges.filter((edge) => !isAcross(edge))).map(indent),
      "}",
      ...ends.map(({ path }) => `state ${idOf(path)}`),
      ...edges.filter(isAcross).map(drawEdge),
      ...ends.map(({ path }) => `${idOf(path)} --> [*]`),
    ].map(indent),
    "",
  ].join("\n");
}

/** What the frame is called. */
const FRAME = "machine";

function drawChildren(parent: ChartNode, edges: readonly ChartEdge[]): string[] {
  const isRoot = parent.path === ""; // whose ends stand outside the frame
  const states = parent.children.filter((node) => !(isRoot && isFinal(node)));
  return [
    ...(parent.initial === undefined ? [] : [`[*] --> ${idOf(parent.initial)}`]),
    ...states.flatMap((node) => drawState(node, edges)),
    // Mermaid moves a state to where an arrow to it is drawn, so only arrows between siblings are here.
    ...edges.filter(({ from }) => parentOf(from) === parent.path).map(drawEdge),
  ];
}

function drawState(node: ChartNode, edges: readonly ChartEdge[]): string[] {
  const id = idOf(node.path);
  const name = id === node.name ? `state ${id}` : `state "${node.name}" as ${id}`;
  if (node.children.length === 0) return [name];
  return [`${name} {`, ...drawChildren(node, edges).map(indent), "}"];
}

function drawEdge({ from, to, events }: ChartEdge): string {
  return `${idOf(from)} --> ${idOf(to)} : ${events.join(", ")}`;
}

/** Paths in the order of drawing: what leaves a state as a whole comes after its children. */
function innermostFirst(node: ChartNode): string[] {
  return [...node.children.flatMap(innermostFirst), node.path];
}

function isFinal({ kind }: ChartNode): boolean {
  return kind === "final";
}

/** The path of the state around; `undefined` for the machine as a whole. */
function parentOf(path: string): string | undefined {
  return path === "" ? undefined : path.slice(0, Math.max(0, path.lastIndexOf(".")));
}

/** A name that Mermaid takes for one word. */
function idOf(path: string): string {
  return path.replaceAll(/\W/g, "_") || FRAME;
}

function indent(line: string): string {
  return `  ${line}`;
}
