/**
 * Acting, then waiting for a state.
 *
 * | step | reply | verdict |
 * | --- | --- | --- |
 * | `check`, of a DELETE only | 2xx | `checked` |
 * | | 4xx but 408 and 429 | `failed`: `request-rejected` |
 * | | any other refusal | `failed`: `transport` |
 * | `act` | 200 to 204, JSON or no body | `accepted`; `deleting` of a DELETE; `succeeded` where there is nothing to wait for |
 * | | another 2xx, a text | `failed`: `protocol`, it may run |
 * | | 404 to a DELETE | `succeeded`: it is gone |
 * | | 4xx but 408 and 429, no attempt lost | `failed`: `request-rejected` |
 * | | 4xx after an attempt that was lost | `failed`: `transport`, that one may have been processed |
 * | | anything else | `failed`: `transport` or `protocol`, it may have been processed |
 * | `read`, `poll` | a state in `states` | `succeeded` |
 * | | a state in `failureStates` | `failed`; `canceled` where it is `CANCELED` or `CANCELLED` |
 * | | any other state | `pending`, the state is `progress.text` |
 * | | 404 to what a POST or PUT has just made | see `not_found.ts` |
 * | `poll` | 404, with `succeedOnNotFound` | `succeeded`; not of what the action made and nobody has seen yet |
 * | `read`, `poll` | any other 404, 410 | `expired`: it is not there any more, or not for this caller |
 * | | any other refusal | `failed`: `transport` |
 *
 * Source: `*_client_composite_operations` of Oracle's Python SDK.
 *
 * @module
 */
import { describe, isRecord } from "../../model/check_input.ts";
import type { Protocol } from "../../model/protocol.ts";
import type { ProtocolState, StepPolicy } from "../../model/step.ts";
import type { Failure, Verdict } from "../../model/verdict.ts";
import type { Call, Reply } from "../../model/message.ts";
import { safeHeaders } from "../../model/redact.ts";
import { originOf } from "../../model/url.ts";
import { nonsense, succeeded } from "../../model/verdicts.ts";
import {
  acceptedBy,
  ACT,
  type ActionMemory,
  actionPolicy,
  beginAction,
  callAction,
  isText,
  keepAction,
  readActionRefusal,
  readOddAcceptance,
  refuseLateAction,
} from "./action.ts";
import { isAmong } from "./input.ts";
import { makesResource, neverSeen, notYet, sighted, type SightMemory } from "./not_found.ts";
import { countCheck, type WaitMemory } from "./on_wait.ts";
import {
  accountOf,
  gone,
  isGood,
  isMissing,
  isTransient,
  readRefusal,
  readRejection,
  textOf,
} from "./reply.ts";
import { type ActAndWaitForStateInput, fillTemplate, placeholders } from "./state_input.ts";

/** What `oci.actAndWaitForState` remembers. */
export interface ActAndWaitForStateMemory extends ActionMemory, WaitMemory, SightMemory {
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
  keep: ({ action, get, ...input }, memory, uncertain) => ({
    ...input,
    action: keepAction(action, memory, uncertain),
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
  if ("problem" in word) return nonsense(`${doing}: ${word.problem}`, accountOf(reply));
  const { state } = word;
  const isThere = isAmong(state, input.states);
  return {
    type: "checked",
    memory: { stateBefore: state, ...(isThere && { bodyBefore: reply.body }) },
  };
}

function readAct(reply: Reply, state: State): Verdict {
  const { input, memory: { bodyBefore } } = state;
  const isDelete = input.action.method === "DELETE";
  if (isDelete && isMissing(reply)) return gone();
  if (!isGood(reply)) return readActionRefusal(input, reply, state);
  const { body } = reply;
  const odd = readOddAcceptance(input, reply);
  if (odd && isText(body)) return odd;
  const memory = acceptedBy(reply);
  if (odd) return { ...odd, memory };
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
  if (isMissing(reply)) return readMissing(doing, step, reply, state);
  if (!isGood(reply)) return readRefusal(doing, reply);
  const word = stateOf(reply, input);
  if ("problem" in word) return nonsense(`${doing}: ${word.problem}`, accountOf(reply));
  if (isAmong(word.state, input.states)) return succeeded(reply.body);
  // What had failed before it was deleted has not failed by that.
  if (isAmong(word.state, input.failureStates) && word.state !== memory.stateBefore) {
    return readFailure(word.state, reply, input);
  }
  const count = step === "poll" ? countCheck(reply.body, state) : undefined;
  const seen = sighted(state);
  return {
    type: "pending",
    progress: { text: word.state },
    ...count,
    ...(seen && { memory: { ...seen, ...count?.memory } }),
  };
}

/** It is not there: not yet, as it should be, any more, or nobody knows. */
function readMissing(doing: string, step: string, reply: Reply, state: State): Verdict {
  const { input, memory } = state;
  const isGone = input.succeedOnNotFound && step === "poll";
  if (isGone && (memory.wasSeen || reply.status === 410)) return gone();
  if (reply.status === 410) return readRefusal(doing, reply);
  const verdict = notYet(state);
  if (verdict) return verdict;
  // What the action has made, for the answer names it, is not gone before it was there.
  const isNew = placeholders(input.get.url).length > 0;
  if (isGone && !isNew) return gone();
  const unknown = makesResource(input.action) ? neverSeen(doing, reply, state) : undefined;
  return unknown ?? readRefusal(doing, reply);
}

function readFailure(state: string, { body }: Reply, { states }: ActAndWaitForStateInput): Verdict {
  const why = isRecord(body) ? textOf(body["lifecycleDetails"]) : undefined;
  const isCanceled = isAmong(state, ["CANCELED"]);
  const failure: Failure = {
    code: isCanceled ? "operation-canceled" : "operation-failed",
    message: `Resource became ${state}, waiting for ${states.join(" or ")}${
      why === undefined ? "" : `: ${why}`
    }`,
    providerCode: state,
    ...(why !== undefined && { providerMessage: why }),
    details: body,
  };
  return { type: isCanceled ? "canceled" : "failed", failure };
}

function stateOf(
  { body }: Reply,
  { property }: ActAndWaitForStateInput,
): { readonly state: string } | { readonly problem: string } {
  if (!isRecord(body)) return { problem: `expected a JSON object, got ${describe(body)}` };
  const state = Object.hasOwn(body, property) ? textOf(body[property]) : undefined;
  return state === undefined ? { problem: `its body has no text "${property}"` } : { state };
}
