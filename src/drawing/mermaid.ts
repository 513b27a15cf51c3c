/**
 * Draws a statechart as a Mermaid state diagram.
 *
 * @module
 */
import type { OperationMachine } from "../lifecycle.ts";

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
 * Arrows that leave from the whole machine, such as those to `failed`, are drawn
 * from each of its states that is not final.
 *
 * @returns Text that GitHub and every Mermaid renderer understand.
 */
export function drawMermaid(machine: OperationMachine): string {
  const { root } = machine;
  const edges = [...findEdges(root).values()];
  return [
    "---",
    `title: ${machine.id}`,
    "---",
    "stateDiagram-v2",
    ...drawChildren(root, edges).map(indent),
    ...Object.values(root.states).filter(isFinal).map((node) => indent(`${idOf(node)} --> [*]`)),
    "",
  ].join("\n");
}

function drawChildren(parent: Node, edges: readonly Edge[]): string[] {
  const [first] = parent.initial?.target ?? [];
  return [
    ...(first ? [`[*] --> ${idOf(first)}`] : []),
    ...Object.values(parent.states).flatMap((node) => drawState(node, edges)),
    ...edges.filter(({ from, to }) => home(from, to) === parent).map(drawEdge),
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
function findEdges(root: Node): Map<string, Edge> {
  const edges = new Map<string, Edge>();
  const add = (from: Node, to: Node, event: string): void => {
    const key = `${from.id} -> ${to.id}`;
    const known = edges.get(key);
    if (known) known.events.push(event);
    else edges.set(key, { from, to, events: [event] });
  };
  const visit = (node: Node): void => {
    Object.values(node.states).forEach(visit);
    const sources = node === root
      ? Object.values(root.states).filter((state) => !isFinal(state))
      : [node];
    for (const { eventType, target } of [...node.transitions.values()].flat()) {
      for (const to of target ?? []) sources.forEach((from) => add(from, to, eventType));
    }
  };
  visit(root);
  return edges;
}

/** The innermost state that holds both ends: Mermaid wants an arrow to be drawn there. */
function home(from: Node, to: Node): Node | undefined {
  const around = new Set(ancestors(from));
  return ancestors(to).find((node) => around.has(node));
}

function ancestors(node: Node): Node[] {
  return node.parent ? [node.parent, ...ancestors(node.parent)] : [];
}

function isFinal(node: Node): boolean {
  return node.type === "final";
}

/** A name that Mermaid takes for one word. */
function idOf(node: Node): string {
  return node.path.join("_").replaceAll(/\W/g, "_");
}

function indent(line: string): string {
  return `  ${line}`;
}
