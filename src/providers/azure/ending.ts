/**
 * How Azure's operations end: where the result of a good end is, and what is
 * told of a bad one.
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { nonsense, refused, succeeded } from "../../model/verdicts.ts";
import { pollingUrl } from "./polling_url.ts";
import { accountOf, headerOf, isAnswer, resultOf, statusAlone, summarize } from "./reply.ts";
import type { State } from "./state.ts";
import { type Ending, endingOf, isPartial } from "./status_words.ts";

/**
 * A monitor says that it is over: the result may be elsewhere.
 *
 * @param word How it says so; nothing where HTTP alone does.
 */
export function endMonitor(ending: Ending, reply: Reply, state: State, word = ""): Verdict {
  const { body } = reply;
  if (ending !== "succeeded") {
    return endBadly(ending, reply, isRecord(body) ? body["properties"] : undefined);
  }
  // What went well and what did not is told in the monitor alone.
  const target = isPartial(word) ? undefined : resultUrl(reply, state);
  return target === undefined ? succeeded(body) : getResult(target, reply, state);
}

/** The result is somewhere else. */
export function getResult(target: string, reply: Reply, { input }: State): Verdict {
  const found = pollingUrl(target, input);
  if ("problem" in found) return unusable("result", found.problem, reply);
  return { type: "ready", memory: { finalUrl: found.url } };
}

/** Where the result is; `undefined` where the monitor's own body is the result. */
function resultUrl(reply: Reply, { input, memory }: State): string | undefined {
  const { body } = reply;
  const { request, finalStateVia } = input;
  const isWrite = request.method === "PUT" || request.method === "PATCH";
  switch (finalStateVia) {
    case "azure-async-operation":
    case "operation-location":
      return isWrite ? request.url : undefined;
    case "original-uri":
      return request.url;
    case "location": {
      const location = memory.location ?? headerOf(reply, "location");
      if (location !== undefined) return location;
    }
  }
  const resource = isRecord(body) ? body["resourceLocation"] : undefined;
  if (typeof resource === "string" && resource !== "") return resource;
  if (isWrite) return request.url; // ARM: ends with a GET on the resource
  if (request.method === "DELETE") return undefined;
  const named = headerOf(reply, "resource-location"); // Azure Maps
  if (named !== undefined) return named;
  return request.method === "POST" ? memory.location : newLocation(reply, { input, memory });
}

/** The `Location` of a reply, where it is another URL than the one that was asked (Fabric). */
export function newLocation(
  reply: Reply,
  { input, memory }: Pick<State, "input" | "memory">,
): string | undefined {
  const location = headerOf(reply, "location");
  if (location === undefined) return undefined;
  const found = pollingUrl(location, input);
  return "url" in found && found.url === memory.pollUrl ? undefined : location;
}

/** The final GET; its 202 says that the result is not there yet. */
export function readResult(reply: Reply, state: State): Verdict {
  const { status } = reply;
  const { input, memory } = state;
  if ((status === 404 || status === 410) && input.request.method === "DELETE") {
    return succeeded(undefined); // it is gone, as it should be
  }
  if (!isAnswer(status)) {
    return refused("Cannot get result of operation", reply, {
      ...accountOf(reply),
      isResumable: true,
    });
  }
  const word = memory.finalUrl === input.request.url ? statusAlone(reply.body) : undefined;
  if (word !== undefined) return readStatusAlone(word, reply, input) ?? notYet(memory.finalUrl!);
  if (status !== 202) return resultOf(reply, input);
  const location = headerOf(reply, "location");
  if (location === undefined) return notYet(memory.finalUrl!);
  const found = pollingUrl(location, input);
  return "problem" in found ? unusable("location", found.problem, reply) : notYet(found.url);
}

/**
 * A monitor's words where the resource should be: they tell how it goes, and are
 * no resource. `undefined` while it goes on.
 */
export function readStatusAlone(
  word: string,
  reply: Reply,
  input: State["input"],
): Verdict | undefined {
  const ending = endingOf(word, input.statusWords);
  if (ending === undefined) return undefined;
  if (ending !== "succeeded") return endBadly(ending, reply, undefined);
  return nonsense(
    `Cannot read resource: expected the resource, got only a status, ${JSON.stringify(word)}`,
    accountOf(reply),
  );
}

function notYet(url: string): Verdict {
  return { type: "pending", memory: { mode: "result", pollUrl: url, finalUrl: url } };
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
export function unusable(name: string, problem: string, reply: Reply): Verdict {
  return nonsense(`Cannot use the reply's ${name}: ${problem}`, accountOf(reply));
}
