/**
 * The reply to the request that starts an Azure operation: was it accepted, and
 * how can it be polled?
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { nonsense, refused, rejected, unreachable } from "../../model/verdicts.ts";
import { endMonitor, unusable } from "./ending.ts";
import { type Algorithm, MONITOR_HEADERS } from "./input.ts";
import { readJoined } from "./joined_reply.ts";
import { hasUser, pollingUrl } from "./polling_url.ts";
import {
  accountOf,
  describeError,
  headerOf,
  isAnswer,
  monitorStatus,
  resultOf,
  textOf,
} from "./reply.ts";
import { readResource } from "./resource_reply.ts";
import type { AzureMemory, Started, State } from "./state.ts";
import { endingOf } from "./status_words.ts";

/** Reads the first reply. */
export function readFirst(reply: Reply, state: State): Verdict {
  const location = headerOf(reply, "location");
  const started = startedBy(reply);
  const memory: AzureMemory = {
    acceptedMs: state.elapsedMs,
    ...(location !== undefined && !hasUser(location) && { location }),
    ...(started && { started }),
  };
  const isJoined = state.input.request.method === "GET";
  const verdict = isJoined ? join(reply, { ...state, memory }) : judge(reply, { ...state, memory });
  return { ...verdict, memory: { ...memory, ...verdict.memory } };
}

/** What the reply names, for whoever has to look after it later. */
function startedBy(reply: Reply): Started | undefined {
  const id = isRecord(reply.body) ? textOf(reply.body["id"]) : undefined;
  const operationId = headerOf(reply, "x-ms-operation-id"); // Fabric
  if (!isAnswer(reply.status) || (id === undefined && operationId === undefined)) return undefined;
  return { ...(id !== undefined && { id }), ...(operationId !== undefined && { operationId }) };
}

function judge(reply: Reply, state: State): Verdict {
  const { status } = reply;
  const { request: { method }, algorithms } = state.input;
  if (!isAnswer(status) && status !== 303) return readRefusal(reply, state);
  for (const algorithm of algorithms) {
    const verdict = tryAlgorithm(algorithm, reply, state);
    if (verdict) return verdict;
  }
  return nonsense(
    `Cannot poll operation: the reply to the ${method} has HTTP ${status} and no way to poll it ` +
      `(looked for ${algorithms.join(", ")}); it may run`,
    accountOf(reply),
  );
}

/**
 * Only a client error says that nothing was begun, and not even that does where an
 * earlier attempt may have got through.
 */
function readRefusal(reply: Reply, { input, uncertain }: State): Verdict {
  const { status } = reply;
  const text = `Cannot ${input.request.method} resource: ${describeError(reply)}`;
  const account = accountOf(reply);
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return uncertain
      ? unreachable(`${text}; an earlier attempt may have been processed`, account)
      : rejected(text, account);
  }
  if (status >= 400) {
    return unreachable(`${text}; it may have been processed, so it was not sent again`, account);
  }
  return nonsense(`${text} is not an answer to a start; it may have been processed`, account);
}

/** What the reply means if the operation is polled in this way; `undefined` where it cannot be. */
function tryAlgorithm(algorithm: Algorithm, reply: Reply, state: State): Verdict | undefined {
  const { status, body } = reply;
  const { input } = state;
  const { method, url } = input.request;
  switch (algorithm) {
    case "operation-location":
    case "azure-async-operation": {
      const name = MONITOR_HEADERS[algorithm];
      const reference = headerOf(reply, name);
      if (reference === undefined) return undefined;
      const monitor = pollingUrl(reference, input);
      if ("problem" in monitor) return unusable(name, monitor.problem, reply);
      const word = monitorStatus(body);
      const ending = word === undefined ? undefined : endingOf(word, input.statusWords);
      return ending === undefined
        ? accepted({ mode: "monitor", pollUrl: monitor.url })
        : endMonitor(ending, reply, state, word);
    }
    case "location": {
      const reference = headerOf(reply, "location");
      if (reference === undefined) return undefined;
      const found = pollingUrl(reference, input);
      return "problem" in found ? unusable("location", found.problem, reply) : accepted({
        // A write that is shown to its own URL is to be read there, as a resource.
        mode: status === 303 && found.url === url && method !== "POST" ? "body" : "location",
        pollUrl: found.url,
      });
    }
    case "body": {
      if ((method !== "PUT" && method !== "PATCH") || status === 303) return undefined;
      const verdict = readResource(reply, state, { isFirst: true });
      // What a 202 shows may be how the resource was before.
      const isRunning = verdict.type === "pending" ||
        (status === 202 && verdict.type === "succeeded");
      return isRunning ? accepted({ mode: "body", pollUrl: url }) : verdict;
    }
    case "status":
      return status === 202 || status === 303 ? undefined : resultOf(reply, input);
  }
}

/** The reply to a GET, got by somebody else: one of an operation that runs already. */
function join(reply: Reply, state: State): Verdict {
  const { url } = state.input.request;
  const memory = { mode: "joined", pollUrl: url } as const;
  const { status } = reply;
  // What may pass is for the polls to repeat, which have patience with a 404 too.
  if (status === 404 || status === 408 || status === 429 || status >= 500) return accepted(memory);
  if (!isAnswer(status)) {
    return refused("Cannot join operation", reply, { ...accountOf(reply), isResumable: true });
  }
  const verdict = readJoined(reply, { ...state, memory: { ...state.memory, ...memory } });
  return verdict.type === "pending"
    ? {
      ...accepted(memory),
      ...verdict,
      type: "accepted",
      memory: { ...memory, ...verdict.memory },
    }
    : verdict;
}

/** It runs; the first poll is sent at once, or when `Retry-After` says. */
export function accepted(memory: AzureMemory): Verdict {
  return { type: "accepted", memory: { ...memory }, waitMs: 0 };
}
