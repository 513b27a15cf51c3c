/**
 * The action of a composite operation: how it is sent, and when it may be sent
 * again.
 *
 * | method | sent again | because |
 * | --- | --- | --- |
 * | `POST` | always, within a day | it carries an `opc-retry-token` |
 * | `PUT`, `DELETE` | always | twice is the same as once |
 * | `PATCH` | only when the server says that it did not act | it may add to what is there |
 *
 * @module
 */
import type { ProtocolState, StepPolicy } from "../../model/step.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Call, Reply } from "../../model/message.ts";
import { safeHeaders } from "../../model/redact.ts";
import { nonsense, rejected, unreachable } from "../../model/verdicts.ts";
import { accountOf, describeError, isRejection, isTransient } from "./reply.ts";

/** What an operation remembers of its action. */
export interface ActionMemory {
  /** By what Oracle Cloud knows a repeated POST. */
  readonly retryToken?: string;
  /** The action was accepted. */
  readonly isAccepted?: boolean;
  /** The body of the reply to the action. */
  readonly body?: unknown;
}

/** The input of an operation that has an action. */
export interface ActionInput {
  readonly action: Call;
}

const RETRY_TOKEN = "opc-retry-token";

/** How long Oracle Cloud remembers a retry token, in milliseconds. */
const RETRY_TOKEN_LIFE_MS = 24 * 3_600_000;

/** The step where nothing is known of the method. */
export const ACT: StepPolicy = { repeat: "answered", isTransient };

// What an answer means depends on whether an attempt before it was lost.
const SAFE_ACT: StepPolicy = { repeat: "always", tellsLoss: true, isTransient };
// A retry token that is not written down before it is sent protects from nothing.
const KEYED_ACT: StepPolicy = { ...SAFE_ACT, writesAhead: true };

/** How the action may be treated. */
export function actionPolicy({ action }: ActionInput): StepPolicy {
  switch (action.method) {
    case "POST":
      return KEYED_ACT;
    case "PUT":
    case "DELETE":
      return SAFE_ACT;
    default:
      return ACT;
  }
}

/** What is remembered from the start: the retry token of a POST that brings none. */
export function beginAction({ action }: ActionInput, newKey: () => string): ActionMemory {
  const isOwn = Object.keys(action.headers ?? {}).some((name) =>
    name.toLowerCase() === RETRY_TOKEN
  );
  return action.method === "POST" && !isOwn ? { retryToken: newKey() } : {};
}

/** The action's call. */
export function callAction({ action }: ActionInput, { retryToken }: ActionMemory): Call {
  if (retryToken === undefined) return action;
  return { ...action, headers: { ...action.headers, [RETRY_TOKEN]: retryToken } };
}

/**
 * An action that is not to be sent, although its answer is not there: a POST that
 * may have been sent a day ago, as nobody would know that it is the same; and one
 * that was accepted, but with an answer that could not be followed. Its body is
 * in no token any more.
 */
export function refuseLateAction(
  { input, memory, elapsedMs }: ProtocolState<ActionInput, ActionMemory>,
): Verdict | undefined {
  if (memory.isAccepted) {
    const message = "Cannot follow action: it was answered as accepted before, and the answer " +
      "names nothing to follow; it was not sent again and may still run";
    return { type: "failed", failure: { code: "protocol", message } };
  }
  if (input.action.method !== "POST" || elapsedMs < RETRY_TOKEN_LIFE_MS) return undefined;
  return unreachable(
    "Cannot act: the action may have been sent before, and its retry token is older than 24 h; " +
      "it was not sent again",
  );
}

/**
 * An action that was not accepted. Only a 4xx says that it never started, and
 * only where no earlier attempt was lost: "already exists" may be that one's work.
 */
export function readActionRefusal(
  { action }: ActionInput,
  reply: Reply,
  { uncertain }: { readonly uncertain: boolean },
): Verdict {
  const text = `Cannot ${action.method} resource: ${describeError(reply)}`;
  const account = accountOf(reply);
  if (isRejection(reply)) {
    return uncertain
      ? unreachable(`${text}; an earlier attempt, whose answer was lost, ${MAY}`, account)
      : rejected(text, account);
  }
  if (reply.status === 429 && !uncertain) return unreachable(text, account);
  const isOnceOnly = action.method === "PATCH" && reply.status >= 500;
  const message = `${text}; it ${MAY}${isOnceOnly ? ", so it was not sent again" : ""}`;
  return reply.status >= 400 ? unreachable(message, account) : nonsense(message, account);
}

const MAY = "may have been processed";

/** Statuses by which an action is accepted. */
const ACCEPTING: readonly number[] = [200, 201, 202, 203, 204];

/**
 * An action that was answered by something that says nothing: another status of
 * 2xx, or a text where JSON was expected, e.g. a sign-in page.
 */
export function readOddAcceptance({ action }: ActionInput, reply: Reply): Verdict | undefined {
  const { status, body } = reply;
  const isOdd = isText(body);
  if (ACCEPTING.includes(status) && !isOdd) return undefined;
  const seen = isOdd ? `HTTP ${status} with a text` : `HTTP ${status}`;
  return nonsense(
    `Cannot ${action.method} resource: expected JSON or no body, got ${seen}; it ${MAY}`,
    isOdd ? { details: body } : accountOf(reply),
  );
}

/** What is remembered of an action that was answered well. */
export function acceptedBy({ body }: Reply): Pick<ActionMemory, "isAccepted" | "body"> {
  return { isAccepted: true, ...(body !== undefined && { body }) };
}

/**
 * Whether a body is no JSON, e.g. a page that a gateway puts into the place of the
 * answer. It tells nothing of the action: what may be sent again is, by a token, and
 * a POST gets the genuine answer then, for its retry token.
 */
export function isText(body: unknown): boolean {
  return typeof body === "string" || body instanceof Uint8Array;
}

/** What of an action goes into a token: its body only as long as it may be sent again. */
export function keepAction(
  action: Call,
  { isAccepted }: ActionMemory,
  uncertain: boolean,
): Call {
  const { method, url, body } = action;
  const headers = safeHeaders(action.headers ?? {});
  const isOver = isAccepted || (uncertain && method === "PATCH");
  return { method, url, headers, ...(!isOver && body !== undefined && { body }) };
}
