/**
 * Following a work request, and starting it first.
 *
 * | step | call | reply | verdict |
 * | --- | --- | --- | --- |
 * | `act` | the action | 2xx and `opc-work-request-id` | `accepted` |
 * | | | 2xx without it | `succeeded` |
 * | | | 404 to a DELETE | `succeeded`: it is gone |
 * | | | anything else | `failed`: `request-rejected` |
 * | `read`, `poll` | `GET /20160918/workRequests/{id}` | `FAILED`, `CANCELED` | `explain` |
 * | | | a status in `states` | `succeeded` |
 * | | | any other status | `pending` |
 * | `readErrors`, `readLogs` | `.../errors`, `.../logs` | see `explanation.ts` | |
 *
 * Sources: `*_client_composite_operations` of Oracle's Python SDK; Work Requests API.
 *
 * @module
 */
import { describe, isRecord } from "../../check_input.ts";
import type { Protocol, ProtocolState, StepPolicy } from "../../kind.ts";
import type { Call, Reply, Verdict } from "../../operation.ts";
import { originOf } from "../../runtime/url.ts";
import { nonsense, succeeded } from "../../verdicts.ts";
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
import {
  endOf,
  EXPLAIN,
  type ExplainingStep,
  type ExplanationMemory,
  explanationUrl,
  readExplanation,
} from "./explanation.ts";
import { isAmong } from "./input.ts";
import { countCheck, type WaitMemory } from "./on_wait.ts";
import { gone, isGood, isTransient, readRefusal, readRejection, textOf } from "./reply.ts";
import type { ActAndWaitForWorkRequestInput, WorkRequestInput } from "./work_request_input.ts";

/** What `oci.workRequest` remembers. */
export interface WorkRequestMemory extends WaitMemory, ExplanationMemory {
  /** Which work request. */
  readonly workRequestId?: string;
}

/** What `oci.actAndWaitForWorkRequest` remembers. */
export interface ActAndWaitForWorkRequestMemory extends WorkRequestMemory, ActionMemory {}

type WorkRequestState = ProtocolState<
  Pick<WorkRequestInput, "baseUrl" | "states" | "onWait">,
  WorkRequestMemory
>;

type ActState = ProtocolState<ActAndWaitForWorkRequestInput, ActAndWaitForWorkRequestMemory>;

const POLL: StepPolicy = { repeat: "always", poll: true, isTransient };

const FOLLOWING = { read: POLL, poll: POLL, readErrors: EXPLAIN, readLogs: EXPLAIN };

const CANNOT_CANCEL = "Oracle Cloud has no general way to cancel a work request";

/** The protocol of `oci.workRequest`. */
export const workRequestProtocol: Protocol<WorkRequestInput, WorkRequestMemory> = {
  steps: FOLLOWING,
  begin: ({ workRequestId }) => ({ workRequestId }),
  origin: ({ baseUrl }) => originOf(baseUrl),
  allowsOrigin: () => false,
  call: callWorkRequest,
  read: (step, reply, state) =>
    step === "read" && !isGood(reply)
      ? readRejection("Cannot read work request", reply)
      : readWorkRequest(step, reply, state, (workRequest) => workRequest),
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
    step === "act"
      ? readAct(reply, state)
      : readWorkRequest(step, reply, state, (workRequest) =>
        valueOf(state.memory.body, workRequest)),
  foregone,
  partialResult: ({ memory }) => memory.body,
  keep: ({ action, ...input }, memory) => ({ ...input, action: keepAction(action, memory) }),
  cannotCancel: CANNOT_CANCEL,
};

function callWorkRequest(step: string, { input, memory }: WorkRequestState): Call {
  const url = `${input.baseUrl}/20160918/workRequests/${encodeURIComponent(memory.workRequestId!)}`;
  if (step === "read" || step === "poll") return { method: "GET", url };
  return { method: "GET", url: explanationUrl(step as ExplainingStep, url, memory) };
}

function readAct(reply: Reply, { input }: ActState): Verdict {
  if (input.action.method === "DELETE" && reply.status === 404) return gone();
  if (!isGood(reply)) return readActionRefusal(input, reply);
  const { body } = reply;
  const memory = { isAccepted: true, ...(body !== undefined && { body }) };
  const workRequestId = textOf(reply.headers["opc-work-request-id"]);
  if (workRequestId === undefined || input.states.length === 0) {
    return { ...succeeded(valueOf(body, undefined)), memory };
  }
  return { type: "accepted", memory: { ...memory, workRequestId } };
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
  const status = isRecord(body) ? textOf(body["status"]) : undefined;
  if (!isRecord(body) || status === undefined) {
    const seen = isRecord(body) ? "an object without one" : describe(body);
    return nonsense(`${doing}: expected a body with a status, got ${seen}`);
  }
  const progress = progressOf(body["percentComplete"]);
  const ending = isAmong(status, ["FAILED"])
    ? "failed"
    : isAmong(status, ["CANCELED"])
    ? "canceled"
    : undefined;
  if (ending) return { type: "explain", memory: { ending, workRequest: body }, ...progress };
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

function progressOf(percent: unknown): Pick<Verdict, "progress"> {
  return typeof percent === "number" && percent >= 0 && percent <= 100
    ? { progress: { percent } }
    : {};
}
