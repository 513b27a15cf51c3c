/**
 * Azure's protocol: ARM and data plane.
 *
 * | the first reply has | mode | polls | ends when |
 * | --- | --- | --- | --- |
 * | `Operation-Location` or `Azure-AsyncOperation` | monitor | that URL | its `status` is final |
 * | `Location` | location | that URL | it answers other than 202 |
 * | neither, to a PUT or PATCH | body | the resource | its `provisioningState` is final or absent |
 * | neither, to anything else | status | nothing | at once |
 *
 * A monitor that succeeded may leave the result elsewhere: then one more GET.
 *
 * Sources: ARM RPC "Asynchronous operations"; Microsoft REST API guidelines,
 * "Long-running operations"; `x-ms-long-running-operation-options`.
 *
 * @module
 */
import { describe, isRecord } from "../../check_input.ts";
import type { Protocol, ProtocolState } from "../../kind.ts";
import type { Call, Reply, Verdict } from "../../operation.ts";
import { safeHeaders } from "../../redact.ts";
import { originOf } from "../../runtime/url.ts";
import { failed, nonsense, rejected, succeeded, unreachable } from "../../verdicts.ts";
import type { AzureInput } from "./input.ts";
import {
  accountOf,
  describeError,
  endingOf,
  monitorStatus,
  pollingUrl,
  progressOf,
  provisioningState,
} from "./reply.ts";

/** How the operation is polled. */
type Mode = "monitor" | "location" | "body";

/** What an operation remembers. */
export interface AzureMemory {
  /** How it is polled. */
  readonly mode?: Mode;
  /** Where it is polled. */
  readonly pollUrl?: string;
  /** The first `Location` that was seen. */
  readonly locationUrl?: string;
  /** Where the result is, once it is there. */
  readonly finalUrl?: string;
  /** When it was accepted, in milliseconds after the start. */
  readonly acceptedMs?: number;
}

type State = ProtocolState<AzureInput, AzureMemory>;

/** A 404 within the grace is looked at again this soon, in milliseconds. */
const NOT_FOUND_PAUSE_MS = 2_000;

/** Azure's protocol. */
export const protocol: Protocol<AzureInput, AzureMemory> = {
  steps: {
    send: { repeat: "answered" },
    poll: { repeat: "always", poll: true },
    finalize: { repeat: "always" },
  },
  begin: () => ({}),
  origin: ({ request }) => originOf(request.url),
  known: (step, { input }) =>
    step === "send" && input.initialReply
      ? { ...input.initialReply, body: input.initialReply.body }
      : undefined,
  call,
  read: (step, reply, state) => {
    switch (step) {
      case "send":
        return readFirst(reply, state);
      case "poll":
        return readPoll(reply, state);
      default:
        return readFinal(reply);
    }
  },
  // Nobody needs the body once the operation is accepted, and it may hold secrets.
  keep: ({ initialReply, ...input }, memory) => {
    const { request } = input;
    const headers = safeHeaders(request.headers ?? {});
    if (memory.mode !== undefined) {
      return { ...input, request: { method: request.method, url: request.url, headers } };
    }
    return { ...input, ...(initialReply && { initialReply }), request: { ...request, headers } };
  },
  cannotCancel: "Azure has no general way to cancel an operation",
};

function call(step: string, { input, memory }: State): Call {
  const { request } = input;
  if (step === "send") return request;
  const url = step === "poll" ? memory.pollUrl! : memory.finalUrl!;
  const isHome = originOf(url) === originOf(request.url);
  const headers = repeatedHeaders(request.headers ?? {});
  return { method: "GET", url, headers: isHome ? headers : safeHeaders(headers) };
}

/** The caller's custom headers are repeated; those of the body and its conditions are not. */
function repeatedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(?:content-|if-|prefer$|expect$)/i.test(name)),
  );
}

function readFirst(reply: Reply, state: State): Verdict {
  const { status, headers, body } = reply;
  const { input } = state;
  const { method } = input.request;
  if (status === 502 || status === 504) {
    return unreachable(
      `Cannot ${method} resource: ${describeError(reply)}; it may have been accepted, so it was not sent again`,
    );
  }
  if (![200, 201, 202, 204].includes(status)) {
    return rejected(`Cannot ${method} resource: ${describeError(reply)}`, accountOf(reply));
  }
  const location = headers["location"];
  const found = location === undefined ? undefined : pollingUrl(location, input);
  const locationUrl = found && "url" in found ? found.url : undefined;
  const start = { acceptedMs: state.elapsedMs, ...(locationUrl && { locationUrl }) };
  for (const algorithm of input.algorithms) {
    switch (algorithm) {
      case "operation-location":
      case "azure-async-operation": {
        const reference = headers[MONITOR_HEADER[algorithm]];
        if (reference === undefined) break;
        const monitor = pollingUrl(reference, input);
        if ("problem" in monitor) return unusable(MONITOR_HEADER[algorithm], monitor.problem);
        const memory: AzureMemory = { ...start, mode: "monitor", pollUrl: monitor.url };
        // Running, unless its body already says how it ended.
        const ending = endingOf(monitorStatus(body) ?? "");
        if (ending === undefined) return { type: "accepted", memory: { ...memory }, waitMs: 0 };
        return endMonitor(ending, reply, { ...state, memory });
      }
      case "location": {
        if (found === undefined) break;
        if ("problem" in found) return unusable("location", found.problem);
        return { type: "accepted", memory: { ...start, mode: "location", pollUrl: found.url }, waitMs: 0 };
      }
      case "body": {
        if (method !== "PUT" && method !== "PATCH") break;
        const memory: AzureMemory = { ...start, mode: "body", pollUrl: input.request.url };
        const verdict = status === 204 ? succeeded(undefined) : readBody(reply, true);
        return verdict.type === "pending"
          ? { ...verdict, type: "accepted", memory: { ...memory }, waitMs: 0 }
          : { ...verdict, memory: { ...memory } };
      }
      case "status":
        if (status !== 202) return succeeded(body);
    }
  }
  return nonsense(
    `Cannot poll operation: the reply to the ${method} has HTTP ${status} and no way to poll it ` +
      `(looked for ${input.algorithms.join(", ")})`,
  );
}

const MONITOR_HEADER = {
  "operation-location": "operation-location",
  "azure-async-operation": "azure-asyncoperation",
} as const;

function readPoll(reply: Reply, state: State): Verdict {
  const { memory, input, elapsedMs } = state;
  const { status } = reply;
  if (status === 404 && elapsedMs - (memory.acceptedMs ?? 0) < input.notFoundGraceMs) {
    // ARM is eventually consistent: it may not know its own operation yet.
    return { type: "pending", waitMs: Math.min(NOT_FOUND_PAUSE_MS, input.pollIntervalMs) };
  }
  if (status >= 400) {
    return failed(`Cannot poll operation: ${describeError(reply)}`, {
      ...accountOf(reply),
      isResumable: true, // it is the question that was refused; the operation may go on
    });
  }
  if (![200, 201, 202, 204].includes(status)) {
    return nonsense(`Cannot poll operation: HTTP ${status} is not an answer that Azure gives`);
  }
  switch (memory.mode) {
    case "monitor":
      return readMonitor(reply, state);
    case "location":
      if (status === 202) return moveOn(reply, state, ["location"]);
      return succeeded(reply.body);
    default:
      return readBody(reply, false);
  }
}

function readMonitor(reply: Reply, state: State): Verdict {
  const { body } = reply;
  const word = monitorStatus(body);
  if (word === undefined) {
    const seen = isRecord(body) ? "an object without one" : describe(body);
    return nonsense(`Cannot poll operation: expected a body with a status, got ${seen}`);
  }
  const ending = endingOf(word);
  if (ending !== undefined) return endMonitor(ending, reply, state);
  return moveOn(reply, state, ["operation-location", "azure-asyncoperation"]);
}

/** Not ended; the polling URL may have moved. */
function moveOn(reply: Reply, { input }: State, names: readonly string[]): Verdict {
  const name = names.find((header) => reply.headers[header] !== undefined);
  const progress = progressOf(reply.body);
  if (name === undefined) return { type: "pending", ...progress };
  const moved = pollingUrl(reply.headers[name]!, input);
  if ("problem" in moved) return unusable(name, moved.problem);
  return { type: "pending", memory: { pollUrl: moved.url }, ...progress };
}

function endMonitor(ending: NonNullable<ReturnType<typeof endingOf>>, reply: Reply, state: State): Verdict {
  if (ending !== "succeeded") return endBadly(ending, reply, partialOf(reply.body));
  const { memory } = state;
  const target = finalTarget(reply.body, state);
  if (target === undefined) return { ...succeeded(reply.body), memory: { ...memory } };
  const found = pollingUrl(target, state.input);
  if ("problem" in found) return unusable("result", found.problem);
  return { type: "ready", memory: { ...memory, finalUrl: found.url } };
}

/** Where the result is; `undefined` where the monitor's own body is the result. */
function finalTarget(body: unknown, { input, memory }: State): string | undefined {
  const { request, finalStateVia } = input;
  const isWrite = request.method === "PUT" || request.method === "PATCH";
  switch (finalStateVia) {
    case "azure-async-operation":
    case "operation-location":
      return isWrite ? request.url : undefined;
    case "original-uri":
      return request.url;
    case "location":
      if (memory.locationUrl !== undefined) return memory.locationUrl;
  }
  const resource = isRecord(body) ? body["resourceLocation"] : undefined;
  if (typeof resource === "string" && resource !== "") return resource;
  if (isWrite) return request.url;
  return request.method === "POST" ? memory.locationUrl : undefined;
}

/** A resource: its `provisioningState` says how it goes, and one without any is there. */
function readBody(reply: Reply, isFirst: boolean): Verdict {
  const { status, body } = reply;
  const ending = endingOf(provisioningState(body) ?? "");
  if (ending === "succeeded") return succeeded(body);
  if (ending !== undefined) return endBadly(ending, reply, body);
  if (provisioningState(body) !== undefined || status === 201 || status === 202) {
    return { type: "pending" };
  }
  if (status === 204) return succeeded(undefined);
  if (isRecord(body)) return succeeded(body);
  // A first reply may say nothing more than that it is done.
  if (isFirst && body === undefined) return succeeded(undefined);
  return nonsense(`Cannot read resource: expected a JSON object, got ${describe(body)}`);
}

function readFinal(reply: Reply): Verdict {
  if ([200, 201, 202, 204].includes(reply.status)) return succeeded(reply.body);
  return failed(`Cannot get result of operation: ${describeError(reply)}`, {
    ...accountOf(reply),
    isResumable: true,
  });
}

function endBadly(ending: "failed" | "canceled", reply: Reply, partial: unknown): Verdict {
  const account = accountOf(reply);
  const { providerCode, providerMessage } = account;
  const why = [providerCode && `(${providerCode})`, providerMessage].filter(Boolean).join(" ");
  const failure = {
    ...account,
    ...(partial !== undefined && { partialResult: partial }),
    message: `Operation ${ending}${why && `: ${why}`}`,
  };
  return ending === "failed"
    ? { type: "failed", failure: { ...failure, code: "operation-failed" } }
    : { type: "canceled", failure: { ...failure, code: "operation-canceled" } };
}

/** What a monitor shows of the result although it did not end well. */
function partialOf(body: unknown): unknown {
  return isRecord(body) ? body["properties"] : undefined;
}

function unusable(name: string, problem: string): Verdict {
  return nonsense(`Cannot use the reply's ${name}: ${problem}`);
}
