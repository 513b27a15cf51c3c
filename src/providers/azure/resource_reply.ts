/**
 * Azure's resources, read for how their operations go.
 *
 * @module
 */
import { describe } from "../../model/check_input.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { expired, nonsense, refused, succeeded } from "../../model/verdicts.ts";
import { endBadly, readStatusAlone } from "./ending.ts";
import { accountOf, isAnswer, provisioningState, resultOf, statusAlone } from "./reply.ts";
import type { State } from "./state.ts";
import { endingOf } from "./status_words.ts";

const PENDING: Verdict = { type: "pending" };

/**
 * Reads a resource: its `provisioningState` says how it goes, and one without
 * any is there.
 *
 * @param options Whether this is the reply to the PUT or PATCH itself.
 */
export function readResource(
  reply: Reply,
  { input }: Pick<State, "input">,
  options: { readonly isFirst: boolean },
): Verdict {
  const { status, body } = reply;
  const state = provisioningState(body);
  if (typeof state === "string" && state !== "") {
    const ending = endingOf(state, input.statusWords);
    if (ending === undefined) return PENDING;
    return ending === "succeeded" ? succeeded(body) : endBadly(ending, reply, body);
  }
  if (state !== undefined) {
    const seen = `its provisioningState is ${describe(state)}`;
    return nonsense(`Cannot read resource: ${seen}, expected a word`, accountOf(reply));
  }
  if (status === 201 || status === 202) return PENDING;
  if (status === 204) return succeeded(undefined);
  const word = options.isFirst ? undefined : statusAlone(body);
  if (word !== undefined) return readStatusAlone(word, reply, input) ?? PENDING;
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return succeeded(body);
  // A first reply may say nothing more than that it is done.
  if (options.isFirst && body === undefined) return succeeded(undefined);
  if (typeof body === "string" && input.resultType === "text") return resultOf(reply, input);
  return nonsense(
    `Cannot read resource: expected a JSON object, got ${describe(body)}`,
    accountOf(reply),
  );
}

/**
 * Reads the resource of an operation whose own URL does not tell how it goes:
 * the URL has vanished, or the resource itself is there.
 */
export function readInstead(reply: Reply, state: State): Verdict {
  const { status } = reply;
  const { method, url } = state.input.request;
  const isDelete = method === "DELETE";
  if (isDelete && isGone(reply)) return succeeded(undefined);
  if (!isAnswer(status)) {
    return refused("Cannot read resource", reply, {
      ...state.memory.vanished,
      ...accountOf(reply),
      isResumable: true,
    });
  }
  const verdict = readResource(reply, state, { isFirst: false });
  if (verdict.type === "pending") return { ...verdict, memory: { mode: "body", pollUrl: url } };
  // A resource that is there says nothing of how its deletion went, not even by an old "Failed".
  return isDelete && verdict.failure?.code !== "protocol" ? stillThere(reply, state) : verdict;
}

/** The service itself says that a resource is not there; the page of a gateway proves nothing. */
function isGone({ status, body }: Reply): boolean {
  return status === 204 || ((status === 404 || status === 410) && typeof body !== "string");
}

/** Nobody can tell what became of a deletion. */
function stillThere(reply: Reply, { memory: { vanished } }: State): Verdict {
  const { status, ...account } = vanished ?? {};
  const seen = status === undefined ? "" : ` (HTTP ${status})`;
  return expired(
    `Cannot poll operation: its URL has vanished${seen}, and the resource is still there`,
    { ...account, details: reply.body, isResumable: true },
  );
}
