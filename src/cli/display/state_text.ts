/**
 * States in words.
 *
 * @module
 */
import type { StateValue } from "xstate";

/** A state value as a path: `{ polling: "waiting" }` is `polling.waiting`. */
export function statePath(value: StateValue): string[] {
  if (typeof value === "string") return [value];
  const [[name, inner] = ["", undefined]] = Object.entries(value);
  return inner === undefined ? [name] : [name, ...statePath(inner)];
}

/** A state as a short text: the path if it fits, or as much of its end as does. */
export function stateText(value: StateValue, width: number): string {
  const path = statePath(value);
  while (path.length > 1 && path.join(".").length > width) path.shift();
  return path.join(".");
}

/** A state without the to and fro of polling, which is no news: `polling.waiting` is `polling`. */
export function phaseText(value: StateValue): string {
  const path = statePath(value);
  const last = path.at(-1);
  if (path.length > 1 && (last === "waiting" || last === "requesting")) {
    path.pop();
  }
  return path.join(".");
}
