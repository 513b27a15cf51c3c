/**
 * Counting checks for the sake of `onWait`.
 *
 * @module
 */
import type { ProtocolState } from "../../model/step.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { WaitOptions } from "./input.ts";

/** What an operation remembers of its checks. */
export interface WaitMemory {
  /** How often the resource was checked again; counted only if somebody wants to know. */
  readonly timesChecked?: number;
}

/** What a check that found it unfinished adds to the verdict. */
export function countCheck(
  body: unknown,
  { input, memory }: ProtocolState<WaitOptions, WaitMemory>,
): Pick<Verdict, "memory" | "notify"> {
  const { onWait } = input;
  if (onWait === undefined) return {};
  const timesChecked = (memory.timesChecked ?? 0) + 1;
  return { memory: { timesChecked }, notify: () => onWait(timesChecked, body) };
}
