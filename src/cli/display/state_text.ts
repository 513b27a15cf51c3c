/**
 * States in words.
 *
 * @module
 */
import type { StateValue } from "../../xstate/mod.ts";

/** A state value as a path: `{ polling: "waiting" }` is `polling.waiting`. */
export function statePath(value: StateValue): string[] {
  if (typeof value === "string") return [value];
  const [[name, inner] = ["", undefined]] = Object.entries(value);
  return inner === undefined ? [name] : [name, ...statePath(inner)];
}

/** A state as a short text: the path if it fits, or the part of it that tells most. */
export function stateText(value: StateValue, width: number): string {
  const path = statePath(value);
  const phase = phasePath(value);
  const ways = [path, path.slice(1), phase, phase.slice(1), path.slice(-1)];
  const texts = ways.map((way) => way.join("."));
  return texts.find((text) => text !== "" && text.length <= width) ?? texts.at(-1)!;
}

/** A state without the to and fro of polling, which is no news: `polling.waiting` is `polling`. */
export function phaseText(value: StateValue): string {
  return phasePath(value).join(".");
}

function phasePath(value: StateValue): string[] {
  const path = statePath(value);
  const last = path.at(-1);
  if (path.length > 1 && (last === "waiting" || last === "requesting")) {
    path.pop();
  }
  return path;
}
