/**
 * elastic.io's protocol.
 *
 * | step | call | reply | verdict |
 * | --- | --- | --- | --- |
 * | `schedule` | `POST /v1/exec/schedule` | 202 and `Location` | `accepted` |
 * | | | 4xx but 408 and 429 | `failed`: rejected, it was not scheduled |
 * | | | 408, 429, 5xx | `failed`: unreachable |
 * | | | anything else | `failed`: nonsense, it may have been scheduled |
 * | `poll` | `GET` that URL | 200 | `pending`, `data.attributes.status` is the progress |
 * | | | 200 with a text that is no JSON | `failed`: nonsense |
 * | | | 303 and `Location` | `ready` |
 * | | | 303 without one, or to this very URL | `failed`: nonsense |
 * | | | 404 "Expired." | `expired`: it was forgotten |
 * | | | 404 "Result does not exist.", 410 | `expired`: never scheduled, or read before |
 * | | | 401, 403, any other from 400 on | `failed`: unreachable |
 * | `retrieve` | `GET` that URL | 200 and `data` | `succeeded`, with `data` |
 * | | | 204, or 200 without a body | `succeeded`, with nothing |
 * | | | 200 without `data`, or no object | `failed`: nonsense, and the result may be lost |
 * | | | 400 "Rejected." | `failed`, with `reason` |
 * | | | 404, 410 | `expired`: read before, or forgotten |
 * | | | 409 | `pending`: not ready yet after all |
 * | | | 5xx | `failed`: unreachable, and the result may be lost |
 * | | | 401, 403, any other from 400 on | `failed`: unreachable |
 *
 * What a refusal says is its `message`, or `title`, `detail` and `code` of the
 * first of its `errors`, as JSON:API has it.
 *
 * Source: the elastic.io API document, v1, "Component executions" (schedule,
 * poll, result); v2, "Scheduled Executions" (409, the words of a poll) and
 * `errors-sch.yaml` (JSON:API errors).
 *
 * @module
 */
import { describe, isRecord } from "../../model/check_input.ts";
import type { Protocol } from "../../model/protocol.ts";
import type { ProtocolState } from "../../model/step.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Call, Fault, Reply } from "../../model/message.ts";
import { originOf } from "../../model/url.ts";
import {
  describeReply,
  expired,
  failed,
  nonsense,
  refused,
  rejected,
  succeeded,
  unreachable,
} from "../../model/verdicts.ts";
import type { ElasticioInput, ExecutionInput, PollInput } from "./input.ts";
import { detailsOf, idIn, isRejection, isSameResource, locationOf, progressIn } from "./reply.ts";

/** What an operation remembers. */
export interface ElasticioMemory {
  /** Where to poll, once the execution is accepted. */
  readonly pollUrl?: string;
  /** Where the result is, once it is ready. */
  readonly resultUrl?: string;
}

type State = ProtocolState<ElasticioInput, ElasticioMemory>;

/** elastic.io's protocol. */
export const protocol: Protocol<ElasticioInput, ElasticioMemory> = {
  steps: {
    // A repeated schedule would schedule twice.
    schedule: { repeat: "unsent" },
    poll: { repeat: "always", poll: true, readsRedirects: true },
    // The result can be read only once.
    retrieve: { repeat: "once" },
  },
  begin: (input) =>
    isPoll(input)
      ? { pollUrl: `${input.baseUrl}/v1/exec/poll/${encodeURIComponent(input.executionId)}` }
      : {},
  origin: (input) => originOf(input.baseUrl),
  allowsOrigin: () => false,
  call,
  read,
  fault,
  keep,
  known: (step, { input }) =>
    step === "schedule" && "accountDataLeftOut" in input ? rejected(NO_ACCOUNT_DATA) : undefined,
  partialResult: ({ input, memory: { pollUrl } }) =>
    isPoll(input) || pollUrl === undefined ? undefined : { pollUrl, ...idIn(pollUrl) },
  cannotCancel: "elastic.io has no way to cancel an execution",
};

const NO_ACCOUNT_DATA = "Cannot schedule execution: it was written down before it was scheduled, " +
  "and account_data, which is secret, is in no token; nothing was scheduled, " +
  "so make elasticio.execution again and hand account_data over anew";

/**
 * The execution may hold account data. Once its request is out it is never sent
 * again, so nothing of it is kept; before that, all but the account data.
 */
function keep(input: ElasticioInput, memory: ElasticioMemory, uncertain: boolean): object {
  if (isPoll(input)) return input;
  const { execution, ...rest } = input;
  if (memory.pollUrl !== undefined || uncertain) return rest;
  const { account_data, ...kept } = execution;
  return account_data === undefined
    ? { ...rest, execution }
    : { ...rest, execution: kept, accountDataLeftOut: true };
}

function call(step: string, { input, memory }: State): Call {
  switch (step) {
    case "schedule": {
      const { baseUrl, execution } = input as ExecutionInput;
      return { method: "POST", url: `${baseUrl}/v1/exec/schedule`, body: { ...execution } };
    }
    case "poll":
      return { method: "GET", url: memory.pollUrl! };
    case "retrieve":
      return { method: "GET", url: memory.resultUrl! };
    default:
      throw new TypeError(`elastic.io has no step "${step}"`);
  }
}

function read(step: string, reply: Reply, state: State): Verdict {
  switch (step) {
    case "schedule":
      return readSchedule(reply, state);
    case "poll":
      return readPoll(reply, state);
    default:
      return readResult(reply, state);
  }
}

const SCHEDULING = "Cannot schedule execution";
const POLLING = "Cannot poll execution";
const READING = "Cannot read result";
const MAY_RUN = "it may have been scheduled, so it was not sent again";

function readSchedule(reply: Reply, { input, uncertain }: State): Verdict {
  const { status } = reply;
  const details = detailsOf(reply);
  const told = describeReply(reply, details.providerMessage);
  const seen = `${SCHEDULING}: ${told}`;
  if (status === 202) {
    const pollUrl = locationOf(reply, input.baseUrl);
    if (pollUrl !== undefined) return { type: "accepted", memory: { pollUrl } };
    return nonsense(
      `${SCHEDULING}: HTTP 202 without a usable Location header; ${MAY_RUN}`,
      details,
    );
  }
  if (status === 429) return unreachable(`${seen}: it was not scheduled`, details);
  if (status >= 400 && status < 500 && status !== 408) {
    // Whatever came of an earlier attempt, this refusal does not say.
    return uncertain ? unreachable(`${seen}; ${MAY_RUN}`, details) : rejected(seen, details);
  }
  return status >= 400
    ? unreachable(`${seen}; ${MAY_RUN}`, details)
    : nonsense(`${SCHEDULING}: expected HTTP 202, got ${told}; ${MAY_RUN}`, details);
}

function readPoll(reply: Reply, { memory }: State): Verdict {
  const { status, body } = reply;
  if (status === 200 && typeof body !== "string") {
    const text = progressIn(body);
    return text === undefined ? { type: "pending" } : { type: "pending", progress: { text } };
  }
  const details = detailsOf(reply);
  const { providerMessage } = details;
  const seen = `${POLLING}: ${describeReply(reply, providerMessage)}`;
  // A page of a proxy says nothing of the execution.
  if (status === 200) return nonsense(`${POLLING}: HTTP 200 with no JSON`, details);
  if (status === 303) {
    const resultUrl = locationOf(reply, memory.pollUrl!);
    if (resultUrl === undefined) {
      return nonsense(`${POLLING}: HTTP 303 without a usable Location header`, details);
    }
    if (!isSameResource(resultUrl, memory.pollUrl!)) {
      return { type: "ready", memory: { resultUrl } };
    }
    return nonsense(`${POLLING}: HTTP 303 to the polling URL itself, which is no result`, details);
  }
  if (status === 404 && /^expired\.?$/i.test(providerMessage ?? "")) {
    return expired(`${seen}: elastic.io no longer knows it`, details);
  }
  if (status === 404) {
    return expired(`${seen}: it was never scheduled, or its result was read before`, details);
  }
  return refused(POLLING, reply, details);
}

function readResult(reply: Reply, { uncertain }: State): Verdict {
  const { status, body } = reply;
  const details = { ...detailsOf(reply), ...(uncertain && LOST) };
  const seen = describeReply(reply, details.providerMessage);
  if (status === 204 || (status === 200 && body === undefined)) return succeeded(undefined);
  if (status === 200) {
    if (isRecord(body) && Object.hasOwn(body, "data")) return succeeded(body["data"]);
    const what = isRecord(body) ? "an object without data" : describe(body);
    return nonsense(
      `${READING}: expected a JSON object with data, got ${what}; it can be read only once and ` +
        "may be lost",
      { ...details, ...LOST },
    );
  }
  if (status === 409) return { type: "pending" };
  if (status === 404 || status === 410) {
    const why = uncertain
      ? "it was read before, perhaps by our own request whose answer was lost, or it expired"
      : "it was read before, or it expired";
    return expired(`${READING}: ${seen}: ${why}`, details);
  }
  if (status === 400 && isRejection(body)) {
    const { reason } = body;
    const cause = isRecord(reason) && typeof reason["message"] === "string"
      ? `: ${reason["message"].slice(0, 200)}`
      : "";
    return failed(`Execution rejected: ${seen}${cause}`, {
      ...details,
      ...(reason !== undefined && { details: reason }),
    });
  }
  // A server that fails, or that answers well with something else, may have used the result up.
  const mayBeUsedUp = status >= 500 || (status >= 200 && status < 300);
  return refused(READING, reply, mayBeUsedUp ? { ...details, ...LOST } : details);
}

const LOST = { resultMayBeLost: true } as const;

function fault(step: string, fault: Fault, state: State): Verdict | undefined {
  const { kind, message, reply } = fault;
  // What counts is in the headers, whatever became of the body.
  if (reply?.status === 202 && step === "schedule") return readSchedule(reply, state);
  if (reply?.status === 303 && step === "poll") return readPoll(reply, state);
  const isAnswer = kind === "malformed" || kind === "tooLarge";
  const isOut = isAnswer || kind === "lost" || kind === "timeout";
  if (!isOut || step === "poll") return undefined;
  const end = isAnswer && (kind === "tooLarge" || step === "schedule") ? nonsense : unreachable;
  const details = reply ? detailsOf(reply) : {};
  if (step === "schedule") return end(`${SCHEDULING}: ${message}; ${MAY_RUN}`, details);
  return end(`${READING}: ${message}; it can be read only once and may be lost`, {
    ...details,
    ...LOST,
  });
}

function isPoll(input: ElasticioInput): input is PollInput {
  return "executionId" in input;
}
