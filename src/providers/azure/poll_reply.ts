/**
 * The replies to Azure's polls.
 *
 * @module
 */
import { describe, isRecord } from "../../model/check_input.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { nonsense, refused } from "../../model/verdicts.ts";
import { redactText } from "../../model/redact.ts";
import { endMonitor, readResult } from "./ending.ts";
import { readJoined } from "./joined_reply.ts";
import { failureAtLocation, readLocation } from "./location_reply.ts";
import { moveOn } from "./move_on.ts";
import {
  accountOf,
  hasError,
  isAnswer,
  monitorStatus,
  provisioningState,
  textOf,
} from "./reply.ts";
import { readInstead, readResource } from "./resource_reply.ts";
import type { State } from "./state.ts";
import { endingOf } from "./status_words.ts";

/** A 404 that may mean "not yet" is looked at again this soon, in milliseconds. */
const NOT_FOUND_PAUSE_MS = 2_000;

/** Reads the reply to a poll. */
export function readPoll(reply: Reply, state: State): Verdict {
  const verdict = judge(reply, state);
  const { memory, elapsedMs } = state;
  if (memory.answeredMs !== undefined) return verdict;
  return { ...verdict, memory: { answeredMs: elapsedMs, ...verdict.memory } };
}

function judge(reply: Reply, state: State): Verdict {
  const { status } = reply;
  const { mode } = state.memory;
  if (mode === "result") return readResult(reply, state);
  // Only a deletion that nothing else tells of: its resource is gone, as it should be.
  if (mode === "body" && state.input.request.method === "DELETE") return readInstead(reply, state);
  if (!isAnswer(status)) return readRefusal(reply, state);
  switch (mode) {
    case "monitor":
      return readMonitor(reply, state);
    case "location":
      return readLocation(reply, state);
    case "joined":
      return readJoined(reply, state);
    default:
      return readResource(reply, state, { isFirst: false });
  }
}

/** The poll was refused: that says nothing of the operation, but in a few cases. */
function readRefusal(reply: Reply, state: State): Verdict {
  const { status } = reply;
  const { memory, input: { request: { method }, ...input } } = state;
  if (status === 404 && mayBeUnknownYet(state)) {
    const waitMs = Math.min(NOT_FOUND_PAUSE_MS, input.pollIntervalMs);
    return { type: "pending", waitMs, memory: { wasUnknown: true } };
  }
  const account = accountOf(reply);
  if ((status === 404 || status === 410) && memory.mode !== "body" && isOnResource(method)) {
    const { providerCode, providerMessage } = account;
    const vanished = {
      status,
      ...(providerCode !== undefined && { providerCode }),
      ...(providerMessage !== undefined && { providerMessage: redactText(providerMessage) }),
    };
    return { type: "untold", memory: { vanished } };
  }
  const failure = memory.mode === "location" ? failureAtLocation(reply) : undefined;
  return failure ?? refused("Cannot poll operation", reply, { ...account, isResumable: true });
}

/**
 * ARM is eventually consistent: it may not know its own operation yet. How long
 * that lasts counts from the first poll that was answered, for that may have been
 * put off by `Retry-After`; and one 404 alone never tells.
 */
function mayBeUnknownYet({ memory, input, elapsedMs }: State): boolean {
  const { answeredMs = elapsedMs, wasUnknown } = memory;
  return !wasUnknown || elapsedMs - answeredMs < input.notFoundGraceMs;
}

/** Whether the request's own URL is that of what the operation changes. */
function isOnResource(method: string): boolean {
  return method === "PUT" || method === "PATCH" || method === "DELETE";
}

function readMonitor(reply: Reply, state: State): Verdict {
  const word = monitorStatus(reply.body);
  if (word === undefined) return readWordless(reply, state);
  const ending = endingOf(word, state.input.statusWords);
  return ending === undefined ? moveOn(reply, state) : endMonitor(ending, reply, state, word);
}

/** A monitor without a status: HTTP may say it, or the resource. */
function readWordless(reply: Reply, state: State): Verdict {
  const { status, body } = reply;
  const { method } = state.input.request;
  if (status === 202) return moveOn(reply, state);
  if (status === 204) return endMonitor("succeeded", reply, state);
  if (isResource(body)) {
    // Some services have the resource where its monitor should be.
    if (method === "PUT" || method === "PATCH") return { type: "untold" };
    if (method === "GET" && provisioningState(body) !== undefined) {
      return readResource(reply, state, { isFirst: false });
    }
  }
  const seen = isRecord(body) ? "an object without one" : describe(body);
  return nonsense(
    `Cannot poll operation: expected a body with a status, got ${seen}`,
    accountOf(reply),
  );
}

/** Whether a body looks like a resource, and not like a monitor that lacks its status. */
function isResource(body: unknown): boolean {
  if (!isRecord(body) || body["status"] !== undefined || hasError(body)) return false;
  const { id, name, type, properties } = body;
  return isRecord(properties) || provisioningState(body) !== undefined ||
    [id, name, type].some((text) => textOf(text) !== undefined);
}
