/**
 * The protocol of `linode.entityFree`.
 *
 * | step | call | verdict |
 * | --- | --- | --- |
 * | `check` | `GET /account/events`, filtered, newest first | `pending` while an event is `scheduled` or `started`, else `succeeded` |
 *
 * Source: linode_api4, `wait_for_entity_free`, without its double first check.
 *
 * @module
 */
import type { Protocol } from "../../kind.ts";
import type { Reply, Verdict } from "../../operation.ts";
import { originOf } from "../../runtime/url.ts";
import { succeeded } from "../../verdicts.ts";
import { listCall, notAList, READ, readPage, readRefusal } from "./events.ts";
import type { EntityFreeInput } from "./input.ts";

/** The protocol of `linode.entityFree`. */
export const freeProtocol: Protocol<EntityFreeInput, object> = {
  steps: { check: { ...READ, poll: true } },
  begin: () => ({}),
  origin: ({ baseUrl }) => originOf(baseUrl),
  allowsOrigin: () => false,
  call: (_step, { input }) =>
    listCall(input.baseUrl, {
      "+order": "desc",
      "+order_by": "created",
      "entity.id": input.entityId,
      "entity.type": input.entityType,
    }),
  read,
  cannotCancel: "there is nothing to cancel in waiting for an entity",
};

function read(_step: string, reply: Reply): Verdict {
  const doing = "Cannot look at the entity's events";
  if (reply.status !== 200) return readRefusal(doing, reply);
  const page = readPage(reply.body);
  if (!page) return notAList(doing, reply.body);
  const busy = page.data.find(({ status }) => status === "scheduled" || status === "started");
  return busy
    ? { type: "pending", progress: { text: `${busy.action} ${busy.status}` } }
    : succeeded(undefined);
}
