/**
 * V8 forgets the shape of a class when its last object is gone, and throws away
 * the code that was compiled for it. A process that waits now and then, with
 * collections in between, would compile again every time: a fifth of all CPU in
 * `deno task bench engine`. So one operation that asks nobody waits for ever.
 *
 * @module
 */
import type { OperationKind } from "../model/kind.ts";
import type { Clock } from "../services.ts";
import type { ActorInit, ActorPlan } from "./engine/actor_plan.ts";
import type { ActorHost } from "./engine/context.ts";
import { HeaderReader } from "./http/header_reader.ts";
import { joinReply } from "./http/reply.ts";
import { fixed } from "../model/schedule.ts";
import type { Effect, MachineState, TransitionTable } from "./engine/edges.ts";

/** Far from 0, as real times are: V8 tells small numbers from others. */
const NOW_MS = 1.5e12 + 0.5;

/** No time passes. */
const clock: Clock = { now: () => NOW_MS, setTimeout: () => undefined, clearTimeout: () => {} };

/** Options of a runtime in which nothing ever happens. */
export const SPECIMEN_OPTIONS = { clock, fetch: (): Promise<Response> => new Promise(() => {}) };

const REQUEST: Effect = { type: "request", params: { step: "poll" } };
const STATE = { bit: 1, top: "initial", entry: [REQUEST], edges: new Map() };

/** The plan of an operation without an answer. */
export function specimenPlan(host: ActorHost): ActorPlan {
  const kind: Pick<OperationKind, "name" | "protocol"> = {
    name: "none.specimen",
    protocol: {
      steps: { poll: { repeat: "always" } },
      begin: () => ({}),
      origin: () => "https://specimen.invalid",
      call: () => ({ method: "GET", url: "https://specimen.invalid/" }),
      read: () => ({ type: "pending" }),
    },
  };
  return {
    host,
    kind: kind as OperationKind,
    table: { start: { to: STATE as unknown as MachineState } } as TransitionTable,
    schedule: fixed(1),
    retry: { attempts: 1, baseMs: 1, maxMs: 1, jitter: "full" },
    deadlineMs: 1,
    cancelsOnDeadline: false,
  };
}

/** Ids may be numbers or texts, and so may be those of a shape that lasts. */
export const SPECIMEN_INITS: readonly ActorInit[] = [0, "specimen"].map((key) => ({
  key,
  input: {},
  startedAt: NOW_MS,
  deadlineAt: NOW_MS + 1,
}));

/** A reply with the least that services say, and what Node goes through headers with. */
export function specimenReply(): unknown {
  const headers = new Headers({ "content-length": "2", "content-type": "application/json" });
  const options = { maxReplyBytes: 2, clock };
  const reader = new HeaderReader();
  const reply = joinReply(200, reader.read({ headers } as Response), "{}", options);
  return { reader, reply, entries: headers.entries() };
}
