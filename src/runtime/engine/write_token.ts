/**
 * Writes an actor down.
 *
 * @module
 */
import { safeHeaders } from "../../model/redact.ts";
import type { ActorRecord } from "./actor_record.ts";
import { END_OF_TIME } from "./token.ts";
import type { ResumeToken } from "../../model/token.ts";

/**
 * The token of an actor as it stands.
 *
 * @param uncertain Whether a request is, or is about to be, out that must not be repeated blindly.
 * @throws {TypeError} If its input holds a function, which JSON cannot.
 */
export function writeToken(actor: ActorRecord, uncertain: boolean): ResumeToken {
  const { plan: { kind, schedule, deadlineMs }, state, dueAt: nextPollAt, deadlineAt } = actor;
  const hasDeadline = deadlineMs < Infinity;
  const isAhead = deadlineAt > actor.host.clock.now();
  return {
    version: 1,
    id: actor.id,
    kind: kind.name,
    input: writeInput(actor, uncertain),
    memory: copyJson(actor.memory, `the memory of ${kind.name}`),
    value: state.value,
    schedule,
    pauses: actor.pauses,
    polls: actor.polls,
    requests: actor.requests,
    startedAt: clampTime(actor.startedAt),
    ...(nextPollAt > 0 && { nextPollAt: clampTime(nextPollAt) }),
    ...(hasDeadline && { deadlineMs }),
    ...(hasDeadline && isAhead && { deadlineAt: clampTime(deadlineAt) }),
    ...(uncertain && { uncertain }),
  };
}

/** A server may ask for a pause of a million years; what is written must be read again. */
function clampTime(timeMs: number): number {
  return Math.max(-END_OF_TIME, Math.min(END_OF_TIME, timeMs));
}

/** What of the input goes into a token: no credentials. */
function writeInput(actor: ActorRecord, uncertain: boolean): object {
  const { kind, memory } = actor;
  const kept = kind.protocol.keep?.(actor.input, memory, uncertain) ?? actor.input;
  const input = copyJson(kept, `the input of ${kind.name}`) as { headers?: unknown };
  if (typeof input.headers !== "object" || input.headers === null) return input;
  return { ...input, headers: safeHeaders(input.headers as Record<string, string>) };
}

/** A deep copy by way of JSON, which refuses what JSON would silently drop. */
function copyJson(value: unknown, what: string): object {
  return JSON.parse(JSON.stringify(value, (key, item) => {
    if (typeof item !== "function" && typeof item !== "bigint") return item;
    throw new TypeError(
      `Cannot write token: "${key}" in ${what} is a ${typeof item}, which JSON cannot hold`,
    );
  }));
}
