/**
 * The reply to the request that starts an Azure operation: was it accepted, and
 * how can it be polled?
 *
 * @module
 */
import type { Reply, Verdict } from "../../operation.ts";
import { nonsense, rejected, succeeded, unreachable } from "../../verdicts.ts";
import { endMonitor, unusable } from "./ending.ts";
import { type Algorithm, MONITOR_HEADERS } from "./input.ts";
import { readResource } from "./poll_reply.ts";
import { pollingUrl } from "./polling_url.ts";
import { accountOf, describeError, endingOf, monitorStatus } from "./reply.ts";
import type { AzureMemory, State } from "./state.ts";

/** Reads the first reply. */
export function readFirst(reply: Reply, state: State): Verdict {
  const { location } = reply.headers;
  const memory: AzureMemory = {
    acceptedMs: state.elapsedMs,
    ...(location !== undefined && { location }),
  };
  const verdict = judge(reply, { ...state, memory });
  return { ...verdict, memory: { ...memory, ...verdict.memory } };
}

function judge(reply: Reply, state: State): Verdict {
  const { status } = reply;
  const { request: { method }, algorithms } = state.input;
  if (status === 502 || status === 504) {
    return unreachable(
      `Cannot ${method} resource: ${
        describeError(reply)
      }; it may have been accepted, so it was not sent again`,
    );
  }
  if (![200, 201, 202, 204].includes(status)) {
    return rejected(`Cannot ${method} resource: ${describeError(reply)}`, accountOf(reply));
  }
  for (const algorithm of algorithms) {
    const verdict = tryAlgorithm(algorithm, reply, state);
    if (verdict) return verdict;
  }
  return nonsense(
    `Cannot poll operation: the reply to the ${method} has HTTP ${status} and no way to poll it ` +
      `(looked for ${algorithms.join(", ")})`,
  );
}

/** What the reply means if the operation is polled in this way; `undefined` where it cannot be. */
function tryAlgorithm(algorithm: Algorithm, reply: Reply, state: State): Verdict | undefined {
  const { status, headers, body } = reply;
  const { input } = state;
  const { method, url } = input.request;
  switch (algorithm) {
    case "operation-location":
    case "azure-async-operation": {
      const name = MONITOR_HEADERS[algorithm];
      const reference = headers[name];
      if (reference === undefined) return undefined;
      const monitor = pollingUrl(reference, input);
      if ("problem" in monitor) return unusable(name, monitor.problem);
      const ending = endingOf(monitorStatus(body));
      return ending === undefined
        ? accepted({ mode: "monitor", pollUrl: monitor.url })
        : endMonitor(ending, reply, state);
    }
    case "location": {
      if (headers["location"] === undefined) return undefined;
      const found = pollingUrl(headers["location"], input);
      return "problem" in found
        ? unusable("location", found.problem)
        : accepted({ mode: "location", pollUrl: found.url });
    }
    case "body": {
      if (method !== "PUT" && method !== "PATCH") return undefined;
      const verdict = readResource(reply, { isFirst: true });
      // What a 202 shows may be how the resource was before.
      const isRunning = verdict.type === "pending" ||
        (status === 202 && verdict.type === "succeeded");
      return isRunning ? accepted({ mode: "body", pollUrl: url }) : verdict;
    }
    case "status":
      return status === 202 ? undefined : succeeded(body);
  }
}

/** It runs; the first poll is sent at once, or when `Retry-After` says. */
function accepted(memory: Pick<AzureMemory, "mode" | "pollUrl">): Verdict {
  return { type: "accepted", memory: { ...memory }, waitMs: 0 };
}
