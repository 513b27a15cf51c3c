/**
 * LXD's events as a stream: one websocket tells all waiters what becomes of their
 * operations. Events may come out of order, Cancelled before Cancelling; the
 * first final one ends the waiting, so that nothing goes back.
 *
 * @module
 */
import { isRecord } from "../../check_input.ts";
import type { EventStream } from "../../runtime/event_stream.ts";
import { baseOf, type OperationInput } from "./input.ts";
import { isOperation, judge, operationOf } from "./operation.ts";
import type { LxdMemory } from "./protocol.ts";
import { eventsUrl, idOf } from "./url.ts";

/** The stream of `lxd.operation`. */
export const eventStream: EventStream<OperationInput, LxdMemory> = {
  seat: (step, { input, memory }) => {
    if (!input.events || step === "cancel") return undefined;
    if (step === "start" && !input.request) return undefined;
    const url = eventsUrl(baseOf(memory.operationUrl ?? input.baseUrl), memory.project);
    return step === "wait" ? { url, topic: idOf(memory.operationUrl!) } : { url };
  },
  parse: (text) => {
    const event: unknown = JSON.parse(text);
    if (!isRecord(event) || event["type"] !== "operation") return undefined;
    const operation = event["metadata"];
    if (!isOperation(operation)) return undefined;
    return { topic: operation.id, reply: { status: 200, headers: {}, body: event } };
  },
  read: (reply, { memory }) => judge(operationOf(reply)!, { type: "news" }, memory.cancel),
  missed: { type: "missed" },
};
