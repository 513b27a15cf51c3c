/**
 * What the reply to a trigger means: taken, refused, refused for a while, or
 * nobody can tell.
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Fault, Reply } from "../../model/message.ts";
import { redactValue } from "../../model/redact.ts";
import { describeReply, nonsense, rejected, unreachable } from "../../model/verdicts.ts";
import type { EventMemory, EventState } from "./event_memory.ts";
import { accountOf, isBusy, isGatewaysWord } from "./events.ts";
import type { EntityId } from "./entity_id.ts";
import { readEntityId } from "./words.ts";

/** A larger reply is not kept whole: thousands may wait. In characters. */
const KEPT_REPLY = 16_384;

/** Reads the reply to a trigger. */
export function readTrigger(reply: Reply, state: EventState): Verdict {
  if (isBusy(reply)) {
    return { type: "busy", memory: { wasBusy: true }, progress: { text: "Linode busy." } };
  }
  const { status } = reply;
  if (status >= 200 && status <= 204 && !isPage(reply)) return readAccepted(reply, state);
  const account = accountOf(reply);
  const seen = `Cannot trigger ${state.input.action}: ${
    describeReply(reply, account.providerMessage)
  }`;
  const isRefusal = status >= 400 && status <= 499 && status !== 408 && status !== 429 &&
    !isGatewaysWord(reply);
  if (isRefusal && !state.uncertain) return rejected(seen, account);
  const message = isRefusal
    ? `${seen}; an earlier attempt may have been processed`
    : `${seen}; it may have been processed, and is not sent again`;
  return status >= 400 ? unreachable(message, account) : nonsense(message, account);
}

/** The reply came and cannot be read: that the trigger was taken is likely. */
export function readTriggerFault(
  { kind, message }: Fault,
  { input }: EventState,
): Verdict | undefined {
  return kind === "malformed" || kind === "tooLarge"
    ? nonsense(`Cannot trigger ${input.action}: ${message}; it may have been processed`)
    : undefined;
}

function readAccepted({ body }: Reply, state: EventState): Verdict {
  const { input, memory } = state;
  const { entityType, entityIdFrom, secondaryEntityIdFrom } = input;
  const started: EventMemory = {
    isTriggered: true,
    ...(body !== undefined && { reply: keptOf(body, entityIdFrom) }),
  };
  let found: EventMemory = {};
  if (secondaryEntityIdFrom !== undefined) {
    const secondaryId = fieldOf(body, secondaryEntityIdFrom);
    if (secondaryId === undefined) return useless(secondaryEntityIdFrom, started, state);
    found = { secondaryId };
  }
  if (memory.entityId === undefined) {
    const id = fieldOf(body, entityIdFrom, entityType);
    if (id === undefined) return useless(entityIdFrom, started, state);
    // A clone's event is about its source, and the reply about the clone.
    found = isCloning(state) ? { cloneId: id } : { ...found, entityId: id };
  }
  return {
    type: "triggered",
    memory: { ...started, ...found },
    ...(memory.wasBusy && { progress: {} }), // it is not busy any more
  };
}

/** Whether the id in the reply is that of a clone, or of another thing that events have as their secondary entity. */
function isCloning(
  { input: { action, entityIdFrom, secondaryEntityIdFrom } }: EventState,
): boolean {
  return action.endsWith("_clone") || secondaryEntityIdFrom === entityIdFrom;
}

function useless(field: string, started: EventMemory, { input }: EventState): Verdict {
  return {
    ...nonsense(
      `Cannot wait for ${input.action}: it was triggered, and the reply has no usable "${field}"`,
    ),
    memory: { ...started },
  };
}

function fieldOf(body: unknown, field: string, type?: string): EntityId | undefined {
  return isRecord(body) ? readEntityId(body[field], type) : undefined;
}

/** What of a reply is remembered: no secrets, and of a large one its id only. */
function keptOf(body: unknown, idField: string): unknown {
  const shown = redactValue(body);
  if (JSON.stringify(shown).length <= KEPT_REPLY) return shown;
  return isRecord(shown) ? { [idField]: shown[idField] } : undefined;
}

/** A page, e.g. where a proxy wants somebody to sign in, is no answer of an API. */
function isPage({ headers, body }: Reply): boolean {
  return typeof body === "string" &&
    (/\bhtml\b/i.test(headers["content-type"] ?? "") || /^\s*</.test(body));
}
