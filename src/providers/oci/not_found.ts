/**
 * What a 404 means of something that our own action has just made.
 *
 * | seen before | when | 404 means | verdict |
 * | --- | --- | --- | --- |
 * | no | within `notFoundGraceMs` of the first look | not yet | `pending` |
 * | no | later | nobody knows: it may be there, but not for this caller | `failed`: `transport` |
 * | yes | ever | it is there no more | as for everybody |
 *
 * Sources: oracle/oci-python-sdk#474 (a compartment is 404 for seconds after its
 * create), oracle/terraform-provider-oci#745 and #1380.
 *
 * @module
 */
import type { Verdict } from "../../model/verdict.ts";
import type { Call, Reply } from "../../model/message.ts";
import { unreachable } from "../../model/verdicts.ts";
import { accountOf, describeError } from "./reply.ts";

/** What an operation remembers of having looked. */
export interface SightMemory {
  /** When the first look was answered, in milliseconds from the start. */
  readonly firstLookMs?: number;
  /** It was there at least once. */
  readonly wasSeen?: boolean;
}

/** What is needed to tell what a 404 means. */
export interface SightState {
  readonly input: { readonly action: Call; readonly notFoundGraceMs?: number };
  readonly memory: SightMemory;
  readonly elapsedMs: number;
}

const SEEN: SightMemory = { wasSeen: true };

/** What a look that was answered well adds to the memory: something only the first time. */
export function sighted({ memory }: SightState): SightMemory | undefined {
  return memory.wasSeen ? undefined : SEEN;
}

/** "Not yet", where a 404 means that. The first 404 is always asked again. */
export function notYet(state: SightState): Verdict | undefined {
  const { input: { notFoundGraceMs = 0 }, memory, elapsedMs } = state;
  const { firstLookMs = elapsedMs } = memory;
  if (memory.wasSeen || notFoundGraceMs === 0) return undefined;
  if (elapsedMs - firstLookMs >= notFoundGraceMs) return undefined;
  return { type: "pending", ...(memory.firstLookMs === undefined && { memory: { firstLookMs } }) };
}

/** Whether an action makes a resource, or may make one. */
export function makesResource({ method }: Call): boolean {
  return method === "POST" || method === "PUT";
}

/** Nobody knows, where our action was accepted and what it made was never seen. */
export function neverSeen(
  doing: string,
  reply: Reply,
  { memory }: SightState,
  hint = "",
): Verdict | undefined {
  if (memory.wasSeen) return undefined;
  return unreachable(
    `${doing}: ${
      describeError(reply)
    }: the action was accepted, so it may be there, but not to be ` +
      `seen by this caller${hint}`,
    accountOf(reply),
  );
}
