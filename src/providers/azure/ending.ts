/**
 * How Azure's operations end: where the result of a good end is, and what is
 * told of a bad one.
 *
 * @module
 */
import { isRecord } from "../../check_input.ts";
import type { Reply, Verdict } from "../../operation.ts";
import { failed, nonsense, succeeded } from "../../verdicts.ts";
import { pollingUrl } from "./polling_url.ts";
import { accountOf, describeError, type Ending, summarize } from "./reply.ts";
import type { State } from "./state.ts";

/** A monitor says that it is over: the result may be elsewhere. */
export function endMonitor(ending: Ending, reply: Reply, state: State): Verdict {
  const { body } = reply;
  if (ending !== "succeeded") {
    return endBadly(ending, reply, isRecord(body) ? body["properties"] : undefined);
  }
  const target = resultUrl(reply, state);
  if (target === undefined) return succeeded(body);
  const found = pollingUrl(target, state.input);
  if ("problem" in found) return unusable("result", found.problem);
  return { type: "ready", memory: { finalUrl: found.url } };
}

/** Where the result is; `undefined` where the monitor's own body is the result. */
function resultUrl({ body, headers }: Reply, { input, memory }: State): string | undefined {
  const { request, finalStateVia } = input;
  const isWrite = request.method === "PUT" || request.method === "PATCH";
  switch (finalStateVia) {
    case "azure-async-operation":
    case "operation-location":
      return isWrite ? request.url : undefined;
    case "original-uri":
      return request.url;
    case "location": {
      const location = memory.location ?? headers["location"];
      if (location !== undefined) return location;
    }
  }
  const resource = isRecord(body) ? body["resourceLocation"] : undefined;
  if (typeof resource === "string" && resource !== "") return resource;
  if (isWrite) return request.url; // ARM: ends with a GET on the resource
  return request.method === "POST" ? memory.location : undefined;
}

/** The final GET. */
export function readResult(reply: Reply): Verdict {
  if ([200, 201, 202, 204].includes(reply.status)) return succeeded(reply.body);
  return failed(`Cannot get result of operation: ${describeError(reply)}`, {
    ...accountOf(reply),
    isResumable: true,
  });
}

/** It failed or was canceled, and says why. */
export function endBadly(
  ending: Exclude<Ending, "succeeded">,
  reply: Reply,
  partialResult: unknown,
): Verdict {
  const account = accountOf(reply);
  const why = summarize(account);
  const failure = {
    ...account,
    ...(partialResult !== undefined && { partialResult }),
    message: `Operation ${ending}${why && `: ${why}`}`,
  };
  return ending === "failed"
    ? { type: "failed", failure: { ...failure, code: "operation-failed" } }
    : { type: "canceled", failure: { ...failure, code: "operation-canceled" } };
}

/** A URL that a reply names must not be asked. */
export function unusable(name: string, problem: string): Verdict {
  return nonsense(`Cannot use the reply's ${name}: ${problem}`);
}
