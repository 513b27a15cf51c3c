/**
 * The replies to Azure's polls.
 *
 * @module
 */
import { describe, isRecord } from "../../check_input.ts";
import type { Reply, Verdict } from "../../operation.ts";
import { failed, nonsense, succeeded } from "../../verdicts.ts";
import { endBadly, endMonitor, unusable } from "./ending.ts";
import { type Algorithm, MONITOR_HEADERS } from "./input.ts";
import { pollingUrl } from "./polling_url.ts";
import {
  accountOf,
  describeError,
  endingOf,
  monitorStatus,
  progressOf,
  provisioningState,
} from "./reply.ts";
import type { State } from "./state.ts";

const PENDING: Verdict = { type: "pending" };

/** A 404 within the grace is looked at again this soon, in milliseconds. */
const NOT_FOUND_PAUSE_MS = 2_000;

/** Reads the reply to a poll. */
export function readPoll(reply: Reply, state: State): Verdict {
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
      return status === 202 ? moveOn(reply, state) : succeeded(reply.body);
    default:
      return readResource(reply, { isFirst: false });
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
  return ending === undefined ? moveOn(reply, state) : endMonitor(ending, reply, state);
}

/** Not ended; the polling URL may have moved. */
function moveOn(reply: Reply, { input, memory }: State): Verdict {
  const progress = progressOf(reply.body);
  const pending: Verdict = progress ? { type: "pending", progress } : PENDING;
  const name = memory.mode === "location" ? "location" : monitorHeader(reply, input.algorithms);
  const reference = name && reply.headers[name];
  if (name === undefined || reference === undefined || reference === memory.pollUrl) {
    return pending;
  }
  const moved = pollingUrl(reference, input);
  if ("problem" in moved) return unusable(name, moved.problem);
  return { ...pending, memory: { pollUrl: moved.url } };
}

/** The header that names the next monitor, if the reply has one. */
function monitorHeader(
  { headers }: Reply,
  algorithms: readonly Algorithm[],
): string | undefined {
  for (const algorithm of algorithms) {
    if (algorithm !== "operation-location" && algorithm !== "azure-async-operation") continue;
    if (headers[MONITOR_HEADERS[algorithm]] !== undefined) return MONITOR_HEADERS[algorithm];
  }
  return undefined;
}

/**
 * Reads a resource: its `provisioningState` says how it goes, and one without
 * any is there.
 *
 * @param options Whether this is the reply to the PUT or PATCH itself.
 */
export function readResource(reply: Reply, options: { readonly isFirst: boolean }): Verdict {
  const { status, body } = reply;
  const state = provisioningState(body);
  if (typeof state === "string" && state !== "") {
    const ending = endingOf(state);
    if (ending === undefined) return PENDING;
    return ending === "succeeded" ? succeeded(body) : endBadly(ending, reply, body);
  }
  if (state !== undefined) {
    return nonsense(`Cannot read resource: its provisioningState is ${describe(state)}`);
  }
  if (status === 201 || status === 202) return PENDING;
  if (status === 204) return succeeded(undefined);
  if (isRecord(body)) return succeeded(body);
  // A first reply may say nothing more than that it is done.
  if (options.isFirst && body === undefined) return succeeded(undefined);
  return nonsense(`Cannot read resource: expected a JSON object, got ${describe(body)}`);
}
