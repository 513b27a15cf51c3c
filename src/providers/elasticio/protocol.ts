/**
 * elastic.io's protocol.
 *
 * | step | call | reply | verdict |
 * | --- | --- | --- | --- |
 * | `schedule` | `POST /v1/exec/schedule` | 202 and `Location` | `accepted` |
 * | `poll` | `GET` that URL | 200 | `pending` |
 * | | | 303 and `Location` | `ready` |
 * | | | 404 "Expired." | `expired` |
 * | `retrieve` | `GET` that URL | 200 | `succeeded`, with `data` |
 * | | | 400 "Rejected." | `failed`, with `reason` |
 * | | | 404 | `expired`: read before, or forgotten |
 *
 * Source: the elastic.io API document, "Component executions".
 *
 * @module
 */
import { describe, isRecord } from "../../check_input.ts";
import type { Protocol, ProtocolState } from "../../kind.ts";
import type { Call, Fault, Reply, Verdict } from "../../operation.ts";
import { originOf, resolveUrl } from "../../runtime/url.ts";
import {
  describeReply,
  expired,
  failed,
  nonsense,
  rejected,
  succeeded,
  unreachable,
} from "../../verdicts.ts";
import type { ElasticioInput, ExecutionInput, PollInput } from "./input.ts";

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
  // The execution may hold account data; once it is scheduled nobody needs it.
  keep: (input, memory) => {
    if (isPoll(input)) return input;
    const { execution, ...rest } = input;
    if (memory.pollUrl !== undefined) return rest;
    const { account_data: _secret, ...kept } = execution;
    return { ...rest, execution: kept };
  },
  cannotCancel: "elastic.io has no way to cancel an execution",
};

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

function readSchedule(reply: Reply, { input }: State): Verdict {
  const { status } = reply;
  const message = messageOf(reply.body);
  const doing = "Cannot schedule execution";
  if (status === 202) {
    const pollUrl = locationOf(reply, input.baseUrl);
    if (pollUrl !== undefined) return { type: "accepted", memory: { pollUrl } };
    return nonsense(`${doing}: HTTP 202 without a usable Location header`);
  }
  if (status >= 400 && status < 500) {
    return rejected(`${doing}: ${describeReply(reply, message)}`, detailsOf(reply));
  }
  if (status >= 500) {
    // Not repeated, and not known to have failed: it may have been scheduled.
    return unreachable(
      `${doing}: ${
        describeReply(reply, message)
      }; it may have been scheduled, so it was not sent again`,
    );
  }
  return nonsense(`${doing}: expected HTTP 202, got ${describeReply(reply, message)}`);
}

function readPoll(reply: Reply, { memory }: State): Verdict {
  const { status } = reply;
  const message = messageOf(reply.body);
  const seen = describeReply(reply, message);
  if (status === 200) return { type: "pending" };
  if (status === 303) {
    const resultUrl = locationOf(reply, memory.pollUrl!);
    if (resultUrl !== undefined) return { type: "ready", memory: { resultUrl } };
    return nonsense("Cannot poll execution: HTTP 303 without a usable Location header");
  }
  if (status === 404 && /^expired\.?$/i.test(message ?? "")) {
    return expired(`Cannot poll execution: ${seen}: elastic.io no longer knows it`);
  }
  if (status === 404) {
    // Unknown, or its result was read before: told apart from expired.
    return failed(`Cannot poll execution: ${seen}`, detailsOf(reply));
  }
  return readRefusal("Cannot poll execution", reply);
}

function readResult(reply: Reply, { uncertain }: State): Verdict {
  const { status, body } = reply;
  const doing = "Cannot read result";
  const lost = uncertain ? { resultMayBeLost: true } : {};
  if (status === 204 || (status === 200 && body === undefined)) return succeeded(undefined);
  if (status === 200) {
    if (isRecord(body)) return succeeded(body["data"]);
    return nonsense(`${doing}: expected a JSON object, got ${describe(body)}`);
  }
  if (status === 404) {
    const why = uncertain
      ? "it was read before, perhaps by our own request whose answer was lost, or it expired"
      : "it was read before, or it expired";
    return expired(`${doing}: ${describeReply(reply, messageOf(body))}: ${why}`, lost);
  }
  if (status === 400) {
    const reason = isRecord(body) ? body["reason"] : undefined;
    return failed(`Execution rejected: ${describeReply(reply, messageOf(body))}`, {
      ...detailsOf(reply),
      ...(reason !== undefined && { details: reason }),
    });
  }
  if (status >= 500) {
    return unreachable(`${doing}: ${describeReply(reply, messageOf(body))}`, {
      resultMayBeLost: true,
    });
  }
  return readRefusal(doing, reply);
}

/** A refusal that says nothing about the execution itself can be got over. */
function readRefusal(doing: string, reply: Reply): Verdict {
  const { status } = reply;
  const seen = describeReply(reply, messageOf(reply.body));
  const isPassing = status === 401 || status === 403 || status === 407 || status === 408 ||
    status === 429 || status >= 500;
  if (isPassing) return unreachable(`${doing}: ${seen}`);
  if (status >= 400) return failed(`${doing}: ${seen}`, detailsOf(reply));
  return nonsense(`${doing}: ${seen} is not an answer that elastic.io gives`);
}

function fault(step: string, fault: Fault): Verdict | undefined {
  const isOut = fault.kind === "lost" || fault.kind === "timeout" || fault.kind === "malformed";
  if (step !== "retrieve" || !isOut) return undefined;
  return unreachable(
    `Cannot read result: ${fault.message}; it can be read only once and may be lost`,
    { resultMayBeLost: true },
  );
}

function locationOf(reply: Reply, base: string): string | undefined {
  const location = reply.headers["location"];
  return location === undefined ? undefined : resolveUrl(location, base);
}

function messageOf(body: unknown): string | undefined {
  if (typeof body === "string") return body;
  if (!isRecord(body)) return undefined;
  if (typeof body["message"] === "string") return body["message"];
  const [first] = Array.isArray(body["errors"]) ? body["errors"] : [];
  return isRecord(first) && typeof first["detail"] === "string" ? first["detail"] : undefined;
}

function detailsOf(
  reply: Reply,
): { providerCode: string; providerMessage?: string; details?: unknown } {
  const providerMessage = messageOf(reply.body);
  return {
    providerCode: String(reply.status),
    ...(providerMessage !== undefined && { providerMessage }),
    ...(reply.body !== undefined && { details: reply.body }),
  };
}

function isPoll(input: ElasticioInput): input is PollInput {
  return "executionId" in input;
}
