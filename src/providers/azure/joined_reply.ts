/**
 * The reply of a URL at which somebody else's operation is joined: what is there
 * is not known before it answers.
 *
 * @module
 */
import type { Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { endMonitor, unusable } from "./ending.ts";
import { monitorHeader, moveOn } from "./move_on.ts";
import { pollingUrl } from "./polling_url.ts";
import { headerOf, monitorStatus, provisioningState, resultOf } from "./reply.ts";
import { readResource } from "./resource_reply.ts";
import type { AzureMemory, State } from "./state.ts";
import { endingOf } from "./status_words.ts";

/**
 * Reads a monitor (`status`), a resource (`provisioningState`) or a `Location`
 * (202 and neither); anything else is the result.
 */
export function readJoined(reply: Reply, state: State): Verdict {
  const { body } = reply;
  if (provisioningState(body) !== undefined) {
    return as("body", readResource(reply, state, { isFirst: false }));
  }
  const word = monitorStatus(body);
  if (word !== undefined) {
    const ending = endingOf(word, state.input.statusWords);
    return ending === undefined
      ? as("monitor", moveOn(reply, state))
      : endMonitor(ending, reply, state, word);
  }
  return reply.status === 202 ? readRunning(reply, state) : resultOf(reply, state.input);
}

/** It runs, and says where it can be polled, if not here. */
function readRunning(reply: Reply, { input }: State): Verdict {
  const monitor = monitorHeader(reply, input.algorithms);
  const name = monitor ?? "location";
  const reference = headerOf(reply, name);
  const mode = monitor === undefined ? "location" : "monitor";
  if (reference === undefined) return as(mode, { type: "pending" });
  const found = pollingUrl(reference, input);
  return "problem" in found
    ? unusable(name, found.problem, reply)
    : as(mode, { type: "pending", memory: { pollUrl: found.url } });
}

/** From now on it is polled in this way. */
function as(mode: NonNullable<AzureMemory["mode"]>, verdict: Verdict): Verdict {
  return verdict.type === "pending" ? { ...verdict, memory: { mode, ...verdict.memory } } : verdict;
}
