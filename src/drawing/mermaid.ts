/**
 * Draws a statechart as a Mermaid state diagram.
 *
 * @module
 */
import type { OperationMachine } from "../model/machine.ts";

type Node = OperationMachine["root"];

/** An arrow between two states. */
interface Edge {
  readonly from: Node;
  readonly to: Node;
  readonly events: string[];
}

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
  const { root } = machine;
  const edges = findEdges(root);
  const ends = Object.values(root.states).filter(isFinal);
  const isAcross = ({ from, to }: Edge): boolean => from.parent !== to.parent || isFinal(to);
  return [
    "stateDiagram-v2",
    ...[
      `state "${machine.id}" as ${FRAME} {`,
      ...drawChildren(root, edges.filter((edge) => !isAcross(edge))).map(
        indent,
      ),
      "}",
      ...ends.map((node) => `state ${idOf(node)}`),
      ...edges.filter(isAcross).map(drawEdge),
      ...ends.map((node) => `${idOf(node)} --> [*]`),
    ].map(indent),
    "",
  ].join("\n");
}

/** What the frame is called. */
const FRAME = "machine";

function drawChildren(parent: Node, edges: readonly Edge[]): string[] {
  const [first] = parent.initial?.target ?? [];
  const isRoot = parent.parent === undefined; // whose ends stand outside the frame
  const states = Object.values(parent.states).filter((node) => !(isRoot && isFinal(node)));
  return [
    ...(first ? [`[*] --> ${idOf(first)}`] : []),
    ...states.flatMap((node) => drawState(node, edges)),
    // Mermaid moves a state to where an arrow to it is drawn, so only arrows between siblings are here.
    ...edges.filter(({ from }) => from.parent === parent).map(drawEdge),
  ];
}

function drawState(node: Node, edges: readonly Edge[]): string[] {
  const id = idOf(node);
  const name = id === node.key ? `state ${id}` : `state "${node.key}" as ${id}`;
  if (Object.keys(node.states).length === 0) return [name];
  return [`${name} {`, ...drawChildren(node, edges).map(indent), "}"];
}

function drawEdge({ from, to, events }: Edge): string {
  return `${idOf(from)} --> ${idOf(to)} : ${events.join(", ")}`;
}

/** Every arrow; those between the same two states are one. */
function findEdges(root: Node): Edge[] {
  const edges = new Map<string, Edge>();
  const add = (from: Node, to: Node, event: string): void => {
    const key = `${from.id} -> ${to.id}`;
    const known = edges.get(key);
    if (known) known.events.push(event);
    else edges.set(key, { from, to, events: [event] });
  };
  const visit = (node: Node): void => {
    Object.values(node.states).forEach(visit);
    for (const { eventType, target } of [...node.transitions.values()].flat()) {
      for (const to of target ?? []) add(node, to, eventType);
    }
  };
  visit(root);
  return [...edges.values()];
}

function isFinal(node: Node): boolean {
  return node.type === "final";
}

/** A name that Mermaid takes for one word. */
function idOf(node: Node): string {
  return node.path.join("_").replaceAll(/\W/g, "_") || FRAME;
}

function indent(line: string): string {
  return `  ${line}`;
}
