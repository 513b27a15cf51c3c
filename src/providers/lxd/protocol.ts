/**
 * The protocol of LXD and Incus.
 *
 * | step | call | reply | verdict |
 * | --- | --- | --- | --- |
 * | `start` | the caller's | `async` | `accepted`, with the operation's URL |
 * | | | `sync`, with HTTP 200 to 202 | `succeeded`: it is done already; an operation in it goes on by its `status_code` |
 * | | | 4xx but 408 and 429; 500 with LXD's own `error` | `failed`, `request-rejected`: it never started |
 * | | | the same after a lost answer | `failed`, `transport`: the earlier attempt may have been processed |
 * | | | 408, 429, any other from 500 on | `failed`, `transport`: it may have been processed |
 * | | | anything else | `failed`, `protocol`: it may have been processed |
 * | `wait` | `GET .../wait?timeout=N` | an operation | by its `status_code`; `again`, or `pending` if that came too soon |
 * | | | HTTP 200 and `error` | `unclear`: newer servers say so of every bad end, and of a timeout |
 * | | | none, 408, 429, 5xx: it was cut | `unclear`: one look, then half as long, down to 5 s; `pending` if that came too soon |
 * | | | 429, or `Retry-After` | `pending`: a look when the server wants it |
 * | | | 404, 410 | `unclear`: one look; if that is answered, looks once a second from then on |
 * | | | any other from 400 on | `failed`, `transport` |
 * | `get` | `GET` the operation | an operation | by its `status_code`; `again` where it goes on |
 * | | | 404, 410 | `expired`: an operation is forgotten 5 s after its end |
 * | | | any other from 400 on | `failed`, `transport`; 500 "Certificate is restricted" without retries |
 * | both, and events | | `metadata.progress.stage` | the progress is that of this stage, not of one that is over |
 * | `cancel` | `DELETE` the operation | 200 | `accepted`: it ends as canceled from now on |
 * | | | 400 "Only running operations" | `over`: it ended before |
 * | | | 404, 410 | `expired` |
 * | | | any other | `refused`: the waiting goes on |
 * | the event stream | all projects for who joins, else the project | an event of the operation | by its `status_code`; Pending comes first |
 * | | | nothing for 4 s | `due`: one look, whatever the socket looks like |
 * | | | a status that nobody knows | `missed`: one look |
 *
 * HTTP 200 is no success: only `status_code` 200 is.
 *
 * Sources: LXD, "doc/rest-api.md", "doc/events.md", "doc/api-extensions.md"; its
 * Go client, without its loss of clusters' queries; canonical/lxd#4721 (a cluster
 * whose `/wait` is 404), canonical/lxd#10498, #4032 (Pending is told first), #13576
 * (restricted clients), #5467 (stages), canonical/lxd-ui#1193, lxc/incus#3853; a live LXD
 * 5.0.2.
 *
 * @module
 */
import { describe } from "../../model/check_input.ts";
import type { Protocol } from "../../model/protocol.ts";
import type { StepPolicy } from "../../model/step.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Call, Fault, Reply } from "../../model/message.ts";
import { safeHeaders } from "../../model/redact.ts";
import { originOf } from "../../model/url.ts";
import { describeReply, expired, nonsense } from "../../model/verdicts.ts";
import { eventStream } from "./event_stream.ts";
import type { OperationInput } from "./input.ts";
import { judge, operationOf } from "./operation.ts";
import {
  accountOf,
  cancelCodeOf,
  errorOf,
  isGone,
  isTransient,
  readRefusal,
  statusOf,
  typeOf,
} from "./reply.ts";
import { following, type LxdMemory, type LxdState } from "./memory.ts";
import { isStartTransient, readStart } from "./start.ts";
import { idOf, inProject, projectOf, waitUrl } from "./url.ts";

/** A question, which may be asked as often as one likes. */
export const READ: StepPolicy = { repeat: "always", isTransient };

/** A server that waits answers no sooner than this, unless it has something to say. */
const SOONEST_MS = 500;
/** The pause between looks where it does not wait; LXD forgets an operation 5 s after its end. */
const PAUSE_MS = 1_000;
const PAUSE: Verdict = { type: "pending", waitMs: PAUSE_MS };
/** The same in the last second, for which no whole second is left to wait at the server. */
const LAST_PAUSE_MS = 250;

/** One that was cut is not sent again before a look has told that the operation goes on. */
const WAIT: StepPolicy = { ...READ, poll: true, attempts: 1 };
/** Long polls that were cut become no shorter than this. */
const SHORTEST_POLL_MS = 5_000;

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
  known: (step, { input, memory, remainingMs }) => {
    if (step === "start" && input.operation !== undefined) return { type: "joined" };
    if (step !== "wait") return undefined;
    // A wait of 0 s is an answer at once, and one of 1 s would outlive the deadline.
    if (remainingMs < 1_000) return { type: "pending", waitMs: LAST_PAUSE_MS };
    return memory.cannotWait ? PAUSE : undefined;
  },
  stream: eventStream,
  fault,
  partialResult: ({ input, memory: { operationUrl, project, resources } }) =>
    input.operation !== undefined || operationUrl === undefined ? undefined : {
      operationUrl: inProject(operationUrl, project),
      operationId: idOf(operationUrl),
      ...(resources && { resources }),
    },
  // The request may hold secrets. Nobody needs it once it was accepted, and nothing but its
  // address once it is out: what may have been processed is not sent again.
  keep: ({ request, ...input }, { operationUrl }, uncertain) => {
    if (request === undefined || operationUrl !== undefined) return input;
    const { method, url, headers = {} } = request;
    if (uncertain) return { ...input, request: { method, url } };
    return { ...input, request: { ...request, headers: safeHeaders(headers) } };
  },
  cannotCancel: "its URL is not known yet",
};

function call(step: string, { input, memory, remainingMs }: LxdState): Call {
  if (step === "start") return input.request!;
  if (memory.operationUrl === undefined) throw new TypeError("its operation has no URL yet");
  switch (step) {
    case "wait": {
      const { longPollMs = input.longPollMs } = memory;
      const seconds = Math.max(1, Math.floor(Math.min(longPollMs, remainingMs) / 1_000));
      return { method: "GET", url: waitUrl(memory.operationUrl, seconds) };
    }
    case "get":
      return { method: "GET", url: memory.operationUrl };
    default:
      return { method: "DELETE", url: memory.operationUrl };
  }
}

function readWait(reply: Reply, state: LxdState): Verdict {
  const operation = answerOf(reply);
  const isSoon = isTooSoon(state);
  if (operation) {
    const pending = isSoon ? PAUSE : following("again", state);
    return judge(operation, pending, state.memory.cancel);
  }
  if (isTransient(reply)) {
    const saysWhen = reply.status === 429 || reply.retryAfterMs !== undefined;
    return saysWhen ? PAUSE : cutOff(state);
  }
  // Newer servers have sent their 200 before they know the end.
  if (reply.status === 200 && typeOf(reply) === "error" && !isGone(reply)) {
    return { type: "unclear", memory: { isHasty: isSoon } };
  }
  // Members of old clusters do not know here what they show elsewhere: canonical/lxd#4721.
  if (isGone(reply)) return { type: "unclear", memory: { cannotWait: true } };
  return readOther("Cannot wait for operation", reply);
}

/** Whether the wait was answered sooner than a server that waits would. */
function isTooSoon({ elapsedMs, memory }: LxdState): boolean {
  return elapsedMs - (memory.waitsSinceMs ?? 0) < SOONEST_MS;
}

/** The wait was cut, by a proxy or by a server that stops: a look tells where the operation stands. */
function cutOff(state: LxdState): Verdict {
  if (isTooSoon(state)) return PAUSE; // it takes a while until that is better
  const { longPollMs = state.input.longPollMs } = state.memory;
  const shorterMs = Math.max(Math.min(SHORTEST_POLL_MS, longPollMs), Math.floor(longPollMs / 2));
  return { type: "unclear", memory: { longPollMs: shorterMs, isHasty: false } };
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
    const seen = describe(reply.body);
    return nonsense(`${doing}: expected an operation, got ${seen}`, accountOf(reply));
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
    return expired(
      `Cannot cancel operation: ${seen}: LXD forgot it, and how it ended is unknown`,
      accountOf(reply),
    );
  }
  if (status === 400 && /only running operations/i.test(errorOf(reply) ?? "")) {
    // If an earlier attempt was processed, it is that which ended it.
    return { type: "over", memory: { cancel: state.uncertain ? "accepted" : "over" } };
  }
  const message = `Cannot cancel operation: ${seen}`;
  return refused(state, { code: cancelCodeOf(status), message, ...accountOf(reply) });
}

function refused(state: LxdState, refusal: NonNullable<Verdict["refusal"]>): Verdict {
  return { ...following("refused", state), refusal };
}

function fault(step: string, { kind, message }: Fault, state: LxdState): Verdict | undefined {
  const isCut = kind === "unsent" || kind === "lost" || kind === "timeout";
  if (step === "wait" && isCut) return cutOff(state);
  if (step !== "cancel") return undefined;
  return refused(state, { code: "transport", message: `Cannot cancel operation: ${message}` });
}
