/**
 * An Azure operation that goes on; its polling URL may have moved.
 *
 * @module
 */
import type { Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { unusable } from "./ending.ts";
import { type Algorithm, MONITOR_HEADERS } from "./input.ts";
import { pollingUrl } from "./polling_url.ts";
import { headerOf, progressOf } from "./reply.ts";
import type { State } from "./state.ts";

const PENDING: Verdict = { type: "pending" };

/** Not ended; polls go where the reply says. */
export function moveOn(reply: Reply, { input, memory }: State): Verdict {
  const progress = progressOf(reply.body);
  const pending: Verdict = progress ? { type: "pending", progress } : PENDING;
  const name = memory.mode === "location" ? "location" : monitorHeader(reply, input.algorithms);
  const reference = name && headerOf(reply, name);
  if (name === undefined || reference === undefined || reference === memory.pollUrl) {
    return pending;
  }
  const moved = pollingUrl(reference, input);
  if ("problem" in moved) return unusable(name, moved.problem, reply);
  return { ...pending, memory: { pollUrl: moved.url } };
}

/** The header that names the next monitor, if the reply has one. */
export function monitorHeader(reply: Reply, algorithms: readonly Algorithm[]): string | undefined {
  for (const algorithm of algorithms) {
    if (algorithm !== "operation-location" && algorithm !== "azure-async-operation") continue;
    const name = MONITOR_HEADERS[algorithm];
    if (headerOf(reply, name) !== undefined) return name;
  }
  return undefined;
}
