/** What was recorded from linode_api4. */
import { assert, assertEquals, assertObjectMatch } from "@std/assert";
import { linode } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { type EventFacts, LINODE_VECTORS, type LinodeVector } from "../../data/linode_vectors.ts";
import { createWorld, endOf, errorOf } from "../../runtime/_world.ts";
import { API, eventOf, ID, listOf, pull, shutdown } from "./_play.ts";

type Exchange = LinodeVector["exchanges"][number];

const FREE_FILTER = {
  "+order": "desc",
  "+order_by": "created",
  "entity.id": ID,
  "entity.type": "linode",
};

function eventFrom([id, status, message]: EventFacts): Record<string, never> {
  return eventOf(id, status, { message: message ?? null });
}

function responseOf({ atMs: _, ask, events, ...response }: Exchange): ScriptedResponse {
  if (!events) return response as ScriptedResponse;
  const { latencyMs = 0 } = response;
  return ask === "list"
    ? { ...listOf(...events.map(eventFrom)), latencyMs }
    : { status: 200, json: eventFrom(events[0]!), latencyMs };
}

for (const life of LINODE_VECTORS) {
  const { id, claim, reference, kind, isCreated, until, intervalMs, deadlineMs } = life;
  const differs = reference ? ` (linode_api4 at ${reference.atMs}: ${reference.why})` : "";
  Deno.test(`Linode ${id}: ${claim}${differs}`, async () => {
    await using world = createWorld(life.exchanges.map(responseOf));
    const common = intervalMs === undefined ? {} : { intervalMs };
    const action = isCreated ? "linode_create" : "linode_shutdown";
    const operation = kind === "entityFree"
      ? linode.entityFree({ entityType: "linode", entityId: ID, ...common })
      : isCreated
      ? linode.event({ entityType: "linode", action, ...common })
      : shutdown({ ...common, ...(until && { until }) });
    const handle = world.runtime.start<unknown>(
      operation,
      deadlineMs === undefined ? {} : { deadlineMs },
    );
    if (kind === "event") {
      await world.clock.runUntil(pull(handle, isCreated ? { entityId: ID } : {}));
    }
    const outcome = await world.clock.runUntil(handle.outcome());

    assertEquals(endOf(outcome), life.end);
    assertEquals(outcome.elapsedMs, life.endMs);
    world.fetch.assertDone();
    assertEquals(world.times(), life.exchanges.map(({ atMs }) => atMs));
    const filter = kind === "entityFree"
      ? FREE_FILTER
      : { ...FREE_FILTER, "+order": "asc", action };
    for (const [index, { ask }] of life.exchanges.entries()) {
      const { method, url, headers } = world.fetch.requests[index]!;
      const header = headers["x-filter"];
      assertEquals(method, "GET");
      assertEquals(url, ask === "list" ? `${API}/account/events` : `${API}/account/events/123`);
      assertEquals(header && JSON.parse(header), ask === "list" ? filter : undefined);
    }
    if (outcome.kind !== "succeeded") {
      const error = errorOf(outcome);
      assert(error.message.includes(life.message ?? ""), error.message);
      assertObjectMatch({ ...error }, life.fields ?? {});
    } else if (life.value) {
      assertEquals<unknown>(outcome.value, eventFrom(life.value));
    } else {
      assertEquals(outcome.value, undefined);
    }
  });
}
