/**
 * LXD's events as a stream: one websocket tells all waiters what becomes of their
 * operations. Events may come out of order, Cancelled before Cancelling; the
 * first final one ends the waiting, so that nothing goes back.
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { EventStream } from "../../model/stream.ts";
import { baseOf, type OperationInput } from "./input.ts";
import { isOperation, judge, operationOf } from "./operation.ts";
import type { LxdMemory } from "./memory.ts";
import { allEventsUrl, eventsUrl, idOf } from "./url.ts";

/** LXD forgets an operation 5 s after its end; a look takes a while. */
const QUIET_MS = 4_000;

const MISSED: Verdict = { type: "missed" };

/** The stream of `lxd.operation`. */
export const eventStream: EventStream<OperationInput, LxdMemory> = {
  quietMs: QUIET_MS,
  seat: (step, { input, memory }) => {
    if (!input.events || step === "cancel") return undefined;
    if (step === "start" && !input.request) return undefined;
    const base = baseOf(memory.operationUrl ?? input.baseUrl);
    const url = eventsUrl(base, memory.project);
    // A UUID names no project, and a URL need not. Old servers, and those that restrict us to
    // some projects, refuse to tell of all.
    const seat = input.operation === undefined
      ? { url }
      : { url: allEventsUrl(base), otherwise: url };
    return step === "wait" ? { ...seat, topic: idOf(memory.operationUrl!) } : seat;
  },
  parse: (text) => {
    const event: unknown = JSON.parse(text);
    if (!isRecord(event) || event["type"] !== "operation") return undefined;
    const operation = event["metadata"];
    if (!isOperation(operation)) return undefined;
    return { topic: operation.id, reply: { status: 200, headers: {}, body: event } };
  },
  read: (reply, { memory }) => {
    const verdict = judge(operationOf(reply)!, { type: "news" }, memory.cancel);
    // An event that makes no sense ends nothing: the server is asked.
    return verdict.failure?.code === "protocol" ? MISSED : verdict;
  },
  missed: MISSED,
};
