/**
 * Reading a resource until it is as wanted.
 *
 * | step | reply | verdict |
 * | --- | --- | --- |
 * | `read` | 2xx, as wanted | `succeeded` |
 * | | 2xx, not yet | `pending` |
 * | | 2xx without the property | `failed`: `protocol` |
 * | `poll` | 2xx | as above; a property that is not there is "not yet" |
 * | | 404, 410, with `succeedOnNotFound` | `succeeded` |
 * | either | any other 404, 410 | `expired`: it is not there, or not for this caller |
 * | | any other refusal | `failed`: `transport` |
 *
 * Source: `wait_until` of Oracle's Python SDK.
 *
 * @module
 */
import { describe, isRecord } from "../../model/check_input.ts";
import type { Protocol } from "../../model/protocol.ts";
import type { ProtocolState } from "../../model/step.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Call, Reply } from "../../model/message.ts";
import { safeHeaders } from "../../model/redact.ts";
import { originOf } from "../../model/url.ts";
import { nonsense, succeeded } from "../../model/verdicts.ts";
import { countCheck, type WaitMemory } from "./on_wait.ts";
import { findPredicate, holds } from "./predicate.ts";
import { accountOf, gone, isGood, isMissing, isTransient, readRefusal, textOf } from "./reply.ts";
import type { WaitUntilInput } from "./wait_until_input.ts";

type State = ProtocolState<WaitUntilInput, WaitMemory>;

/** Stands for the call that the caller's own `fetchReply` makes unnecessary. */
const NOWHERE: Call = { method: "GET", url: "https://fetch-reply.invalid/" };

/** The protocol of `oci.waitUntil`. */
export const waitUntilProtocol: Protocol<WaitUntilInput, WaitMemory> = {
  steps: {
    read: { repeat: "always", poll: true, isTransient },
    poll: { repeat: "always", poll: true, isTransient },
  },
  begin: ({ evaluate }) => {
    if (evaluate !== undefined) findPredicate(evaluate);
    return {};
  },
  origin: ({ get = NOWHERE }) => originOf(get.url),
  allowsOrigin: () => false,
  call: (_step, { input: { get = NOWHERE } }) => get,
  fetchReply: (_step, { input }) => input.fetchReply,
  read,
  keep: ({ get, ...input }) => ({
    ...input,
    ...(get && { get: { ...get, headers: safeHeaders(get.headers ?? {}) } }),
  }),
  cannotCancel: "there is nothing to cancel but the waiting",
};

function read(step: string, reply: Reply, state: State): Verdict {
  const doing = "Cannot read resource";
  const { succeedOnNotFound } = state.input;
  const isFirst = step === "read";
  if (isMissing(reply) && succeedOnNotFound && !isFirst) return gone();
  if (!isGood(reply)) return readRefusal(doing, reply);
  const isThere = test(reply, state.input, isFirst);
  if (typeof isThere === "string") return nonsense(`${doing}: ${isThere}`, accountOf(reply));
  if (isThere) return succeeded(reply.body);
  return {
    type: "pending",
    ...progressOf(reply, state.input),
    ...(!isFirst && countCheck(reply.body, state)),
  };
}

/** The state as it is, where it is a text. */
function progressOf({ body }: Reply, { property }: WaitUntilInput): Pick<Verdict, "progress"> {
  if (property === undefined || !isRecord(body)) return {};
  const text = Object.hasOwn(body, property) ? textOf(body[property]) : undefined;
  return text === undefined ? {} : { progress: { text } };
}

/** Whether it is as wanted, or why that cannot be said. */
function test(reply: Reply, input: WaitUntilInput, isFirst: boolean): boolean | string {
  const { property, state, evaluate } = input;
  if (evaluate !== undefined) return holds(evaluate, reply);
  const { body } = reply;
  if (!isRecord(body)) return `expected a JSON object, got ${describe(body)}`;
  if (isFirst && !Object.hasOwn(body, property!)) return `its body has no property "${property}"`;
  const values: readonly unknown[] = Array.isArray(state) ? state : [state];
  return Object.hasOwn(body, property!) && values.includes(body[property!]);
}
