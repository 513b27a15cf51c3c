/**
 * Acting, then waiting for a state.
 *
 * | step | reply | verdict |
 * | --- | --- | --- |
 * | `check`, of a DELETE only | 2xx | `checked` |
 * | | anything else | `failed`: `request-rejected` |
 * | `act` | 2xx | `accepted`; `deleting` of a DELETE; `succeeded` where there is nothing to wait for |
 * | | 404 to a DELETE | `succeeded`: it is gone |
 * | | anything else | `failed`: `request-rejected` |
 * | `read`, `poll` | a state in `states` | `succeeded` |
 * | | a state in `failureStates` | `failed` |
 * | | any other state | `pending` |
 * | `poll` | 404 | `failed`, or `succeeded` with `succeedOnNotFound` |
 *
 * Source: `*_client_composite_operations` of Oracle's Python SDK.
 *
 * @module
 */
import { describe, isRecord } from "../../check_input.ts";
import type { Protocol, ProtocolState, StepPolicy } from "../../kind.ts";
import type { Call, Reply, Verdict } from "../../operation.ts";
import { safeHeaders } from "../../redact.ts";
import { originOf } from "../../runtime/url.ts";
import { failed, nonsense, succeeded } from "../../verdicts.ts";
import {
  ACT,
  type ActionMemory,
  actionPolicy,
  beginAction,
  callAction,
  keepAction,
  readActionRefusal,
  refuseLateAction,
} from "./action.ts";
import { isAmong } from "./input.ts";
import { countCheck, type WaitMemory } from "./on_wait.ts";
import { gone, isGood, isTransient, readRefusal, readRejection, textOf } from "./reply.ts";
import { type ActAndWaitForStateInput, fillTemplate } from "./state_input.ts";

/** What `oci.actAndWaitForState` remembers. */
export interface ActAndWaitForStateMemory extends ActionMemory, WaitMemory {
  /** How to read the resource, once that is known. */
  readonly url?: string;
  /** The state of what is to be deleted. */
  readonly stateBefore?: string;
  /** What is to be deleted, if it was as wanted before. */
  readonly bodyBefore?: unknown;
}

type State = ProtocolState<ActAndWaitForStateInput, ActAndWaitForStateMemory>;

const READ: StepPolicy = { repeat: "always", isTransient };
const POLL: StepPolicy = { ...READ, poll: true };

/** The protocol of `oci.actAndWaitForState`. */
export const actAndWaitForStateProtocol: Protocol<
  ActAndWaitForStateInput,
  ActAndWaitForStateMemory
> = {
  steps: { check: READ, act: ACT, read: POLL, poll: POLL },
  policyOf: (step, input) => step === "act" ? actionPolicy(input) : undefined,
  begin: beginAction,
  origin: ({ action }) => originOf(action.url),
  allowsOrigin: () => false,
  known: (step, state) => {
    if (step === "act") return refuseLateAction(state);
    const isNeeded = step !== "check" || state.input.action.method === "DELETE";
    return isNeeded ? undefined : { type: "checked" };
  },
  call,
  read: (step, reply, state) => {
    switch (step) {
      case "check":
        return readCheck(reply, state);
      case "act":
        return readAct(reply, state);
      default:
        return readState(step, reply, state);
    }
  },
  partialResult: ({ memory }) => memory.body,
  keep: ({ action, get, ...input }, memory) => ({
    ...input,
    action: keepAction(action, memory),
    get: { ...get, headers: safeHeaders(get.headers ?? {}) },
  }),
  cannotCancel: "Oracle Cloud has no general way to cancel an action",
};

function call(step: string, { input, memory }: State): Call {
  if (step === "act") return callAction(input, memory);
  return { ...input.get, url: memory.url ?? input.get.url };
}

function readCheck(reply: Reply, { input }: State): Verdict {
  const doing = "Cannot read what is to be deleted";
  if (!isGood(reply)) return readRejection(doing, reply);
  const word = stateOf(reply, input);
  if ("problem" in word) return nonsense(`${doing}: ${word.problem}`);
  const { state } = word;
  const isThere = isAmong(state, input.states);
  return {
    type: "checked",
    memory: { stateBefore: state, ...(isThere && { bodyBefore: reply.body }) },
  };
}

function readAct(reply: Reply, { input, memory: { bodyBefore } }: State): Verdict {
  const isDelete = input.action.method === "DELETE";
  if (isDelete && reply.status === 404) return gone();
  if (!isGood(reply)) return readActionRefusal(input, reply);
  const { body } = reply;
  const memory = { isAccepted: true, ...(body !== undefined && { body }) };
  if (input.states.length === 0) return { ...succeeded(body), memory };
  if (isDelete) {
    // The SDKs judge by what was read before the DELETE.
    return bodyBefore === undefined
      ? { type: "deleting", memory }
      : { ...succeeded(bodyBefore), memory };
  }
  const filled = fillTemplate(input.get.url, isRecord(body) ? body : {});
  if ("missing" in filled) {
    const seen = isRecord(body) ? "an object without it" : describe(body);
    const text =
      `Cannot find resource: get needs ${filled.missing} of the reply to the action, got ${seen}`;
    return { ...nonsense(text), memory };
  }
  return { type: "accepted", memory: { ...memory, url: filled.url } };
}

function readState(step: string, reply: Reply, state: State): Verdict {
  const { input, memory } = state;
  const doing = "Cannot read resource";
  if (reply.status === 404 && input.succeedOnNotFound && step === "poll") return gone();
  if (!isGood(reply)) return readRefusal(doing, reply);
  const word = stateOf(reply, input);
  if ("problem" in word) return nonsense(`${doing}: ${word.problem}`);
  if (isAmong(word.state, input.states)) return succeeded(reply.body);
  // What had failed before it was deleted has not failed by that.
  if (isAmong(word.state, input.failureStates) && word.state !== memory.stateBefore) {
    return readFailure(word.state, reply, input);
  }
  return { type: "pending", ...(step === "poll" && countCheck(reply.body, state)) };
}

function readFailure(state: string, { body }: Reply, { states }: ActAndWaitForStateInput): Verdict {
  const why = isRecord(body) ? textOf(body["lifecycleDetails"]) : undefined;
  return failed(
    `Resource became ${state}, waiting for ${states.join(" or ")}${
      why === undefined ? "" : `: ${why}`
    }`,
    {
      providerCode: state,
      ...(why !== undefined && { providerMessage: why }),
      details: body,
    },
  );
}

function stateOf(
  { body }: Reply,
  { property }: ActAndWaitForStateInput,
): { readonly state: string } | { readonly problem: string } {
  if (!isRecord(body)) return { problem: `expected a JSON object, got ${describe(body)}` };
  const state = Object.hasOwn(body, property) ? textOf(body[property]) : undefined;
  return state === undefined ? { problem: `its body has no text "${property}"` } : { state };
}
