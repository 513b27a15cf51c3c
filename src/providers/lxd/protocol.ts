/**
 * The protocol of LXD and Incus.
 *
 * | step | call | reply | verdict |
 * | --- | --- | --- | --- |
 * | `start` | the caller's | `async` | `accepted`, with the operation's URL |
 * | | | `sync` | `succeeded`: it is done already |
 * | | | `error` | `failed`: it never started |
 * | `wait` | `GET .../wait?timeout=N` | an operation | by its `status_code`; `again`, or `pending` if that came too soon |
 * | | | HTTP 200 and `error` | `unclear`: newer servers say so of every bad end, and of a timeout |
 * | `get` | `GET` the operation | an operation | by its `status_code`; `again` where it goes on |
 * | both | | 404 | `expired`: an operation is forgotten 5 s after its end |
 * | `cancel` | `DELETE` the operation | 200 | `accepted`: it ends as canceled from now on |
 * | | | 400 "Only running operations" | `over`: it ended before |
 * | | | any other | `refused`: the waiting goes on |
 *
 * HTTP 200 is no success: only `status_code` 200 is.
 *
 * Sources: LXD, "doc/rest-api.md"; its Go client, without its loss of clusters'
 * queries; a live LXD 5.0.2.
 *
 * @module
 */
import { describe, isRecord } from "../../check_input.ts";
import type { Protocol, ProtocolState, StepPolicy } from "../../kind.ts";
import type { Call, Fault, Reply, Verdict } from "../../operation.ts";
import { safeHeaders } from "../../redact.ts";
import { isTransient as isTransientStatus } from "../../runtime/retry.ts";
import { originOf } from "../../runtime/url.ts";
import {
  describeReply,
  expired,
  nonsense,
  rejected,
  succeeded,
  unreachable,
} from "../../verdicts.ts";
import { eventStream } from "./event_stream.ts";
import type { OperationInput } from "./input.ts";
import { type CancelState, isOperation, judge, operationOf } from "./operation.ts";
import { accountOf, errorOf, isGone, isTransient, readRefusal, statusOf, typeOf } from "./reply.ts";
import { operationUrl, projectOf, waitUrl } from "./url.ts";

/** What an operation remembers. */
export interface LxdMemory {
  /** The operation's URL, once it is known. */
  readonly operationUrl?: string;
  /** The project that it was started in, where one was named. */
  readonly project?: string;
  /** What became of our cancel. */
  readonly cancel?: CancelState;
  /** Whether the server answered the last wait sooner than one that waits would. */
  readonly isHasty?: boolean;
  /** When the present wait began, in milliseconds since the start. */
  readonly waitsSinceMs?: number;
}

/** What the protocol looks at. */
export type LxdState = ProtocolState<OperationInput, LxdMemory>;

/** A question, which may be asked as often as one likes. */
export const READ: StepPolicy = { repeat: "always", isTransient };

/** A server that waits answers no sooner than this, unless it has something to say. */
const SOONEST_MS = 500;
/** The pause between looks where it does not wait; LXD forgets an operation 5 s after its end. */
const PAUSE_MS = 1_000;
const PAUSE: Verdict = { type: "pending", waitMs: PAUSE_MS };
/** The same in the last second, for which no whole second is left to wait at the server. */
const LAST_PAUSE_MS = 250;

const WAIT: StepPolicy = { ...READ, poll: true };

/** The protocol of `lxd.operation`. */
export const protocol: Protocol<OperationInput, LxdMemory> = {
  steps: {
    start: { repeat: "answered", attempts: 12, isTransient: isStartTransient },
    wait: WAIT,
    get: { ...READ, poll: true },
    // Repeated once where its answer was lost: canceling twice is canceling once.
    cancel: { repeat: "once", attempts: 5, writesAhead: false, isTransient },
  },
  policyOf: (step, { longPollMs }) => step === "wait" ? { ...WAIT, heldMs: longPollMs } : undefined,
  begin: ({ operation, request }) => {
    const url = operation ?? request?.url; // tokens keep neither, and memory instead
    const project = url === undefined ? null : projectOf(url);
    return {
      ...(operation !== undefined && { operationUrl: operation }),
      ...(project !== null && { project }),
    };
  },
  origin: ({ baseUrl, operation }) => originOf(operation ?? baseUrl),
  allowsOrigin: () => false,
  call,
  read: (step, reply, state) => {
    switch (step) {
      case "start":
        return readStart(reply, state);
      case "wait":
        return readWait(reply, state);
      case "get":
        return readGet(reply, state);
      default:
        return readCancel(reply, state);
    }
  },
  known: (step, { input, remainingMs }) => {
    if (step === "start" && input.operation !== undefined) return { type: "joined" };
    // A wait of 0 s is an answer at once, and one of 1 s would outlive the deadline.
    if (step === "wait" && remainingMs < 1_000) return { type: "pending", waitMs: LAST_PAUSE_MS };
    return undefined;
  },
  stream: eventStream,
  fault,
  // The request may hold secrets, and nobody needs it once it was accepted.
  keep: ({ request, ...input }, { operationUrl }) =>
    request === undefined || operationUrl !== undefined
      ? input
      : { ...input, request: { ...request, headers: safeHeaders(request.headers ?? {}) } },
  cannotCancel: "its URL is not known yet",
};

/** A failure that the server puts into words is one; nothing was started. */
function isStartTransient(reply: Reply): boolean {
  return isTransientStatus(reply.status) && !(reply.status === 500 && typeOf(reply) === "error");
}

function call(step: string, { input, memory, remainingMs }: LxdState): Call {
  if (step === "start") return input.request!;
  if (memory.operationUrl === undefined) throw new TypeError("its operation has no URL yet");
  switch (step) {
    case "wait": {
      const seconds = Math.max(1, Math.floor(Math.min(input.longPollMs, remainingMs) / 1_000));
      return { method: "GET", url: waitUrl(memory.operationUrl, seconds) };
    }
    case "get":
      return { method: "GET", url: memory.operationUrl };
    default:
      return { method: "DELETE", url: memory.operationUrl };
  }
}

function readStart(reply: Reply, state: LxdState): Verdict {
  const { status, headers } = reply;
  const doing = "Cannot start operation";
  const body = isRecord(reply.body) ? reply.body : {};
  const type = typeOf(reply);
  const isGood = status >= 200 && status < 300;
  if (isStartTransient(reply)) {
    const after = state.uncertain ? "; it may have been started, so it was not sent again" : "";
    return unreachable(`${doing}: ${describeReply(reply, errorOf(reply))}${after}`);
  }
  if (type === "error" || status >= 400) {
    return rejected(`${doing}: ${describeReply(reply, errorOf(reply))}`, accountOf(reply));
  }
  if (isGood && type === "sync") return succeeded(body["metadata"]);
  if (isGood && (type === "async" || status === 202)) {
    const name = [body["operation"], headers["location"]]
      .find((text): text is string => typeof text === "string" && text !== "");
    const url = name === undefined ? undefined : operationUrl(name, state.input.request!.url);
    if (url === undefined) {
      return nonsense(`${doing}: it was accepted, and the reply names no operation of this server`);
    }
    const accepted = following("accepted", state, { operationUrl: url });
    const { metadata } = body;
    const isUnderWay = isOperation(metadata) && metadata.status_code < 200;
    return isUnderWay ? judge(metadata, accepted) : accepted;
  }
  return nonsense(`${doing}: expected LXD's reply, got ${describeReply(reply)}`);
}

function readWait(reply: Reply, state: LxdState): Verdict {
  const operation = answerOf(reply);
  const isSoon = state.elapsedMs - (state.memory.waitsSinceMs ?? 0) < SOONEST_MS;
  if (operation) {
    const pending = isSoon ? PAUSE : following("again", state);
    return judge(operation, pending, state.memory.cancel);
  }
  // Newer servers have sent their 200 before they know the end.
  if (reply.status === 200 && typeOf(reply) === "error" && !isGone(reply)) {
    return { type: "unclear", memory: { isHasty: isSoon } };
  }
  return readOther("Cannot wait for operation", reply);
}

function readGet(reply: Reply, state: LxdState): Verdict {
  const operation = answerOf(reply);
  if (operation) {
    const { isHasty = false, cancel } = state.memory;
    const pending = isHasty ? { ...PAUSE, memory: { isHasty: false } } : following("again", state);
    return judge(operation, pending, cancel);
  }
  return readOther("Cannot look at operation", reply);
}

/** The operation that a reply shows. */
function answerOf(reply: Reply) {
  return reply.status === 200 && typeOf(reply) === "sync" ? operationOf(reply) : undefined;
}

function readOther(doing: string, reply: Reply): Verdict {
  if (reply.status === 200 && typeOf(reply) !== "error") {
    return nonsense(`${doing}: expected an operation, got ${describe(reply.body)}`);
  }
  return readRefusal(doing, reply);
}

function readCancel(reply: Reply, state: LxdState): Verdict {
  const seen = describeReply(reply, errorOf(reply));
  const status = statusOf(reply);
  if (reply.status === 200 && typeOf(reply) === "sync") {
    return following("accepted", state, { cancel: "accepted" });
  }
  if (isGone(reply)) {
    return expired(`Cannot cancel operation: ${seen}: LXD forgot it, and how it ended is unknown`);
  }
  if (status === 400 && /only running operations/i.test(errorOf(reply) ?? "")) {
    // If an earlier attempt was processed, it is that which ended it.
    return { type: "over", memory: { cancel: state.uncertain ? "accepted" : "over" } };
  }
  const code = isTransientStatus(status) ? "transport" : "request-rejected";
  return refused(state, { code, message: `Cannot cancel operation: ${seen}`, ...accountOf(reply) });
}

function refused(state: LxdState, refusal: NonNullable<Verdict["refusal"]>): Verdict {
  return { ...following("refused", state), refusal };
}

function fault(step: string, { message }: Fault, state: LxdState): Verdict | undefined {
  if (step !== "cancel") return undefined;
  return refused(state, { code: "transport", message: `Cannot cancel operation: ${message}` });
}

/** A verdict after which the wait begins anew. */
function following(type: string, { elapsedMs }: LxdState, memory: LxdMemory = {}): Verdict {
  return { type, memory: { ...memory, waitsSinceMs: elapsedMs } };
}
