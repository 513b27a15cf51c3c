/** What was recorded from elastic.io's own client. */
import { assert, assertEquals, assertObjectMatch } from "@std/assert";
import type { ScriptedResponse } from "@lro/machines/testing";
import { createWorld, endOf, errorOf, outcomeOf } from "../../runtime/_world.ts";
import { ELASTICIO_VECTORS } from "../../data/elasticio_vectors.ts";
import { AUTHORIZATION, EXECUTION, execution, poll } from "./_operations.ts";

for (const life of ELASTICIO_VECTORS) {
  Deno.test(`elastic.io ${life.id}: ${life.claim}`, async () => {
    const responses = life.exchanges.map(({ ask: _, location, ...response }) => ({
      ...response,
      ...(location !== undefined && { headers: { location } }),
    }));
    await using world = createWorld(responses as ScriptedResponse[]);
    const operation = life.operation === "poll" ? poll() : execution();
    const outcome = await outcomeOf(world, world.runtime.start(operation));
    assertEquals(endOf(outcome), life.end);
    world.fetch.assertDone();
    assertEquals(world.asked(), life.exchanges.map(({ ask }) => ask));
    for (const request of world.fetch.requests) {
      assertEquals(request.headers["authorization"], AUTHORIZATION);
      if (request.method === "POST") assertEquals(request.body, EXECUTION);
    }
    if (outcome.kind === "succeeded") return assertEquals<unknown>(outcome.value, life.value);
    const error = errorOf(outcome);
    assert(error.message.includes(life.message ?? ""), error.message);
    assertObjectMatch({ ...error }, life.fields ?? {});
  });
}
