/**
 * What is at the `Location` of an Azure operation: nothing but a 202 for as long
 * as it runs, or a body that says how it goes; then the result.
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { failed, succeeded } from "../../model/verdicts.ts";
import { endBadly, getResult, newLocation } from "./ending.ts";
import { moveOn } from "./move_on.ts";
import {
  accountOf,
  describeError,
  hasError,
  headerOf,
  monitorStatus,
  provisioningState,
  resultOf,
} from "./reply.ts";
import { readResource } from "./resource_reply.ts";
import type { State } from "./state.ts";
import { endingOf, isOwnWord, isPartial, isRunningWord } from "./status_words.ts";

/** Reads the answer of a `Location`. */
export function readLocation(reply: Reply, state: State): Verdict {
  const { status, body } = reply;
  if (status === 202) return moveOn(reply, state);
  if (status === 204) return succeeded(undefined);
  if (provisioningState(body) !== undefined) {
    const verdict = readResource(reply, state, { isFirst: false });
    return verdict.type === "pending" ? moveOn(reply, state) : verdict;
  }
  const word = monitorStatus(body);
  return word === undefined ? resultOf(reply, state.input) : readWord(word, reply, state);
}

/** A `status` may be the operation's, or a field of the result. */
function readWord(word: string, reply: Reply, state: State): Verdict {
  const { body } = reply;
  const { statusWords } = state.input;
  const ending = endingOf(word, statusWords);
  if (ending === "succeeded") {
    // Fabric: the state's reply names the result; Azure Maps has a header of its own.
    const target = isPartial(word)
      ? undefined
      : newLocation(reply, state) ?? headerOf(reply, "resource-location");
    if (target !== undefined) return getResult(target, reply, state);
  } else if (ending !== undefined) {
    if (hasError(body) || isOwnWord(word, statusWords)) {
      return endBadly(ending, reply, isRecord(body) ? body["properties"] : undefined);
    }
  } else if (isRunningWord(word, statusWords)) {
    return moveOn(reply, state);
  }
  return resultOf(reply, state.input);
}

/** Client errors that are about the question, not about the operation. */
const ABOUT_THE_QUESTION: ReadonlySet<number> = new Set([401, 403, 404, 408, 410, 429]);

/**
 * The operation's own failure, where a refusal is that: a `Location` answers as
 * the request itself would have (HDInsight, "Asynchronous operations").
 */
export function failureAtLocation(reply: Reply): Verdict | undefined {
  const { status, body } = reply;
  const isItsEnd = status >= 400 && status < 500 && !ABOUT_THE_QUESTION.has(status) &&
    isRecord(body) && isRecord(body["error"]);
  if (!isItsEnd) return undefined;
  return failed(`Operation failed: ${describeError(reply)}`, accountOf(reply));
}
