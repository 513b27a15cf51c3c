/**
 * What changed between two JSON values.
 *
 * @module
 */
import type { JsonValue } from "../../model/message.ts";

/** One change. */
export interface Change {
  /** Where, with dots. */
  readonly path: string;
  /** What was there, as JSON; absent where there was nothing. */
  readonly before?: string;
  /** What is there now; absent where there is nothing. */
  readonly after?: string;
}

/** Finds every leaf that is another than before, in the order of the newer value. */
export function findChanges(before: JsonValue, after: JsonValue): Change[] {
  const old = leavesOf(before);
  const now = leavesOf(after);
  const changes: Change[] = [];
  for (const [path, text] of now) {
    const was = old.get(path);
    if (was === text || isOpened(path, old)) continue;
    changes.push({ path, ...(was !== undefined && { before: was }), after: text });
  }
  for (const [path, text] of old) {
    if (!now.has(path) && !isOpened(path, now)) changes.push({ path, before: text });
  }
  return changes;
}

/** Whether what has no fields in the one value has some in the other: those say it all. */
function isOpened(path: string, others: ReadonlyMap<string, string>): boolean {
  for (const other of others.keys()) {
    if (path === "" ? other !== "" : other.startsWith(`${path}.`)) return true;
  }
  return false;
}

function leavesOf(value: JsonValue): Map<string, string> {
  const leaves = new Map<string, string>();
  const visit = (each: JsonValue | undefined, path: string): void => {
    const inner = typeof each === "object" && each !== null ? Object.entries(each) : [];
    if (inner.length === 0) return void leaves.set(path, JSON.stringify(each) ?? "");
    for (const [name, child] of inner) visit(child, path === "" ? name : `${path}.${name}`);
  };
  visit(value, "");
  return leaves;
}
