/**
 * What the reply to the request that starts an operation means.
 *
 * Source: LXD, "doc/rest-api.md", "Return values".
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { isTransient as isTransientStatus } from "../../runtime/http/retry.ts";
import { describeReply, nonsense, rejected, succeeded, unreachable } from "../../model/verdicts.ts";
import { isOperation, judge, type LxdOperation, operationOf } from "./operation.ts";
import { following, type LxdState } from "./memory.ts";
import { accountOf, errorOf, statusOf, typeOf } from "./reply.ts";
import { operationUrl } from "./url.ts";

const DOING = "Cannot start operation";

/** Whether the same request may pass later: LXD's own 500 comes again, and a gateway's may have been processed. */
export function isStartTransient({ status }: Reply): boolean {
  return status !== 500 && isTransientStatus(status);
}

/** What the reply to a start means. */
export function readStart(reply: Reply, state: LxdState): Verdict {
  const { status, headers } = reply;
  const body = isRecord(reply.body) ? reply.body : {};
  const type = typeOf(reply);
  if (type === "error" || status >= 400) return readStartRefusal(reply, state);
  const isGood = status >= 200 && status < 300;
  // A part of an answer, or one that somebody made of another, is no answer.
  if (isGood && status <= 202 && type === "sync") return readDone(reply, state);
  if (isGood && (type === "async" || status === 202)) {
    const name = [body["operation"], headers["location"]]
      .find((text): text is string => typeof text === "string" && text !== "");
    const url = name === undefined ? undefined : operationUrl(name, state.input.request!.url);
    if (url === undefined) {
      const message = `${DOING}: it was accepted, and the reply names no operation of this server`;
      return nonsense(message, accountOf(reply));
    }
    const { metadata } = body;
    const resources = isOperation(metadata) ? metadata.resources : undefined;
    const accepted = following("accepted", state, {
      operationUrl: url,
      ...(isRecord(resources) && { resources: resources as LxdOperation["resources"] & object }),
    });
    const isUnderWay = isOperation(metadata) && metadata.status_code < 200;
    return isUnderWay ? judge(metadata, accepted) : accepted;
  }
  return nonsense(
    `${DOING}: expected LXD's reply, got ${describeReply(reply)}; it may have been processed`,
    accountOf(reply),
  );
}

/**
 * Only a 4xx says for certain that nothing was started, and the 500 with which LXD refuses what it
 * has no better status for: it is LXD itself that says why, before there is an operation.
 */
function readStartRefusal(reply: Reply, { uncertain }: LxdState): Verdict {
  const { status } = reply;
  const code = status < 400 ? statusOf(reply) : status; // a 200 may hold an error, too
  const seen = `${DOING}: ${describeReply(reply, errorOf(reply))}`;
  const isRejection = (code >= 400 && code < 500 && code !== 408 && code !== 429) ||
    (code === 500 && typeOf(reply) === "error");
  if (isRejection && !uncertain) return rejected(seen, accountOf(reply));
  if (code === 429 && !uncertain) return unreachable(seen, accountOf(reply));
  const why = uncertain
    ? "an earlier attempt may have been processed, so it may run, and was not sent again"
    : "it may have been processed, so it may run, and was not sent again";
  return unreachable(`${seen}; ${why}`, accountOf(reply));
}

/** What is done already; where that is a look at an operation, it is not done before the operation is. */
function readDone(reply: Reply, state: LxdState): Verdict {
  const value = isRecord(reply.body) ? reply.body["metadata"] : undefined;
  const { url } = state.input.request!;
  const operation = new URL(url).pathname.includes("/1.0/operations/") && operationOf(reply);
  if (!operation) return succeeded(value);
  const own = operationUrl(`/1.0/operations/${encodeURIComponent(operation.id)}`, url)!;
  return judge(operation, following("accepted", state, { operationUrl: own }));
}
