/**
 * Following a work request, and starting it first.
 *
 * | step | call | reply | verdict |
 * | --- | --- | --- | --- |
 * | `act` | the action | 200, 201, 203, 204 and `opc-work-request-id` | `accepted`; 202 too |
 * | | | the same without it, JSON or no body | `succeeded` |
 * | | | 202 without it, another 2xx without it, a text | `failed`: `protocol`, it may run |
 * | | | 404 to a DELETE | `succeeded`: it is gone |
 * | | | 4xx but 408 and 429, no attempt lost | `failed`: `request-rejected` |
 * | | | 4xx after an attempt that was lost | `failed`: `transport`, that one may have been processed |
 * | | | anything else | `failed`: `transport` or `protocol`, it may have been processed |
 * | `read`, `poll` | see `work_request_url.ts` | `FAILED`, `CANCELED`, `CANCELLED` | `explain` |
 * | | | `FAILED` of a load balancer, with `errorDetails` | `failed` |
 * | | | a status in `states` | `succeeded` |
 * | | | any other status: `CANCELING`, `WAITING`, `NEEDS_ATTENTION` | `pending`, the status is `progress.text` |
 * | | | 404 to what our action has just started | see `not_found.ts` |
 * | | | 404, 410 | `expired`: work requests are kept for 12 hours |
 * | | | any other refusal | `failed`: `transport` |
 * | `readErrors`, `readLogs` | `.../errors`, `.../logs` | see `explanation.ts` | |
 *
 * A load balancer's work request has a `lifecycleState` instead of a `status`.
 *
 * Sources: `*_client_composite_operations` of Oracle's Python SDK; Work Requests API;
 * "Work Requests" and "Work Requests for Load Balancer" in Oracle's documentation;
 * the statuses of Object Storage's `WorkRequest`.
 *
 * @module
 */
import { describe, isRecord } from "../../model/check_input.ts";
import type { Protocol } from "../../model/protocol.ts";
import type { ProtocolState, StepPolicy } from "../../model/step.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Call, Reply } from "../../model/message.ts";
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
import {
  endOf,
  EXPLAIN,
  type ExplainingStep,
  type ExplanationMemory,
  explanationUrl,
  readExplanation,
} from "./explanation.ts";
import { isAmong } from "./input.ts";
import { neverSeen, notYet, sighted, type SightMemory } from "./not_found.ts";
import { countCheck, type WaitMemory } from "./on_wait.ts";
import { accountOf, gone, isGood, isMissing, isTransient, readRefusal, textOf } from "./reply.ts";
import type { ActAndWaitForWorkRequestInput, WorkRequestInput } from "./work_request_input.ts";
import { workRequestUrl } from "./work_request_url.ts";

/** What `oci.workRequest` remembers. */
export interface WorkRequestMemory extends WaitMemory, ExplanationMemory {
  /** Which work request. */
  readonly workRequestId?: string;
  /** Where it is read. */
  readonly url?: string;
}

/** What `oci.actAndWaitForWorkRequest` remembers. */
export interface ActAndWaitForWorkRequestMemory
  extends WorkRequestMemory, ActionMemory, SightMemory {}

type WorkRequestState = ProtocolState<
  Pick<WorkRequestInput, "baseUrl" | "workRequestUrl" | "states" | "onWait">,
  WorkRequestMemory
>;

type ActState = ProtocolState<ActAndWaitForWorkRequestInput, ActAndWaitForWorkRequestMemory>;

const POLL: StepPolicy = { repeat: "always", poll: true, isTransient };

const FOLLOWING = { read: POLL, poll: POLL, readErrors: EXPLAIN, readLogs: EXPLAIN };

const CANNOT_CANCEL = "Oracle Cloud has no general way to cancel a work request";

/** The protocol of `oci.workRequest`. */
export const workRequestProtocol: Protocol<WorkRequestInput, WorkRequestMemory> = {
  steps: FOLLOWING,
  begin: (input) => {
    const { workRequestId } = input;
    return { workRequestId, url: workRequestUrl(input, workRequestId) };
  },
  origin: (input) => originOf(workRequestUrl(input, input.workRequestId)),
  allowsOrigin: () => false,
  call: callWorkRequest,
  read: (step, reply, state) => readWorkRequest(step, reply, state, (workRequest) => workRequest),
  foregone,
  cannotCancel: CANNOT_CANCEL,
};

/** The protocol of `oci.actAndWaitForWorkRequest`. */
export const actAndWaitForWorkRequestProtocol: Protocol<
  ActAndWaitForWorkRequestInput,
  ActAndWaitForWorkRequestMemory
> = {
  steps: { act: ACT, ...FOLLOWING },
  policyOf: (step, input) => step === "act" ? actionPolicy(input) : undefined,
  begin: beginAction,
  origin: ({ action }) => originOf(action.url),
  allowsOrigin: () => false,
  known: (step, state) => step === "act" ? refuseLateAction(state) : undefined,
  call: (step, state) =>
    step === "act" ? callAction(state.input, state.memory) : callWorkRequest(step, state),
  read: (step, reply, state) =>
    step === "act" ? readAct(reply, state) : readOwnWorkRequest(step, reply, state),
  foregone,
  partialResult: ({ memory }) => memory.body,
  keep: ({ action, ...input }, memory, uncertain) => ({
    ...input,
    action: keepAction(action, memory, uncertain),
  }),
  cannotCancel: CANNOT_CANCEL,
};

function callWorkRequest(step: string, { input, memory }: WorkRequestState): Call {
  const url = memory.url ?? workRequestUrl(input, memory.workRequestId!); // older tokens have none
  if (step === "read" || step === "poll") return { method: "GET", url };
  return { method: "GET", url: explanationUrl(step as ExplainingStep, url, memory) };
}

function readAct(reply: Reply, state: ActState): Verdict {
  const { input } = state;
  if (input.action.method === "DELETE" && isMissing(reply)) return gone();
  if (!isGood(reply)) return readActionRefusal(input, reply, state);
  const odd = readOddAcceptance(input, reply);
  if (odd && isText(reply.body)) return odd;
  const memory = acceptedBy(reply);
  const workRequestId = textOf(reply.headers["opc-work-request-id"]);
  const isWanted = input.states.length > 0;
  if (workRequestId !== undefined && isWanted) {
    const url = workRequestUrl(input, workRequestId, input.action);
    return { type: "accepted", memory: { ...memory, workRequestId, url } };
  }
  if (odd) return { ...odd, memory };
  if (reply.status === 202 && isWanted) {
    return { ...nonsense(`Cannot follow ${input.action.method}: ${UNNAMED}`), memory };
  }
  return { ...succeeded(valueOf(memory.body, undefined)), memory };
}

const UNNAMED = "HTTP 202 without opc-work-request-id; the action was accepted and may still run";

function readOwnWorkRequest(step: string, reply: Reply, state: ActState): Verdict {
  const toValue = (workRequest: unknown) => valueOf(state.memory.body, workRequest);
  if (step === "readErrors" || step === "readLogs") {
    return readWorkRequest(step, reply, state, toValue);
  }
  if (reply.status === 404) {
    const hint = "; a service that keeps its work requests elsewhere needs workRequestUrl";
    const verdict = notYet(state) ?? neverSeen("Cannot read work request", reply, state, hint);
    if (verdict) return verdict;
  }
  const verdict = readWorkRequest(step, reply, state, toValue);
  const memory = isGood(reply) ? sighted(state) : undefined;
  return memory ? { ...verdict, memory: { ...memory, ...verdict.memory } } : verdict;
}

function readWorkRequest(
  step: string,
  reply: Reply,
  state: WorkRequestState,
  valueOf: (workRequest: unknown) => unknown,
): Verdict {
  if (step === "readErrors" || step === "readLogs") {
    return readExplanation(step, reply, state.memory);
  }
  const doing = "Cannot read work request";
  if (!isGood(reply)) return readRefusal(doing, reply);
  const { body } = reply;
  const status = isRecord(body)
    ? textOf(body["status"]) ?? textOf(body["lifecycleState"])
    : undefined;
  if (!isRecord(body) || status === undefined) {
    const seen = isRecord(body) ? "an object without one" : describe(body);
    return nonsense(`${doing}: expected a body with a status, got ${seen}`, accountOf(reply));
  }
  const progress = progressOf(body["percentComplete"], status);
  const ending = isAmong(status, ["FAILED"])
    ? "failed"
    : isAmong(status, ["CANCELED"])
    ? "canceled"
    : undefined;
  if (ending) {
    const { errorDetails } = body;
    return Array.isArray(errorDetails) && body["status"] === undefined
      ? { ...endOf({ ending, workRequest: body, errors: errorDetails }), ...progress }
      : { type: "explain", memory: { ending, workRequest: body }, ...progress };
  }
  if (isAmong(status, state.input.states)) return { ...succeeded(valueOf(body)), ...progress };
  return { type: "pending", ...progress, ...(step === "poll" && countCheck(body, state)) };
}

/** Reasons that cannot be had do not change the end. */
function foregone({ memory }: WorkRequestState): Verdict | undefined {
  return memory.ending && endOf(memory);
}

function valueOf(body: unknown, workRequest: unknown): Readonly<Record<string, unknown>> {
  return {
    ...(body !== undefined && { body }),
    ...(workRequest !== undefined && { workRequest }),
  };
}

function progressOf(percent: unknown, text: string): Pick<Verdict, "progress"> {
  const isKnown = typeof percent === "number" && percent >= 0 && percent <= 100;
  return { progress: isKnown ? { percent, text } : { text } };
}
