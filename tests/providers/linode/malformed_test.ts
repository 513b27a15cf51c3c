/** Answers that make no sense are errors at every step, and nothing is guessed. */
import { assert, assertEquals } from "@std/assert";
import { linode } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { createWorld, endOf, errorOf } from "../../runtime/_world.ts";
import { eventOf, ID, listOf, refusal, triggered } from "./_play.ts";

const sent = { status: 200, json: {} };
const steps: Record<string, ScriptedResponse[]> = {
  baseline: [],
  list: [listOf(), sent],
  event: [listOf(), sent, listOf(eventOf(7, "started"))],
};

const noLists: unknown[] = [
  null,
  7,
  "finished",
  [],
  {},
  { data: null },
  { data: {} },
  { data: [7], page: 1, pages: 1 },
  { data: [{ id: "7", status: "finished" }] },
  { data: [{ id: 7.5, status: "finished" }] },
  { data: [{ id: 7 }] },
  { data: [eventOf(7, "finished"), null] },
];
const noEvents: unknown[] = [null, 7, "finished", [], {}, { id: 7 }, { status: "finished" }];

for (const [step, before] of Object.entries(steps)) {
  for (const json of step === "event" ? noEvents : noLists) {
    Deno.test(`${step}: ${JSON.stringify(json)} is no answer`, async () => {
      await using world = createWorld([...before, { status: 200, json: json as never }]);
      const handle = world.runtime.start(triggered());
      const error = errorOf(await world.clock.runUntil(handle.outcome()));
      assertEquals(error.code, "protocol");
      assert(/expected (a list of events|an event)/.test(error.message), error.message);
    });
  }

  for (
    const [status, code] of [
      [400, "transport"],
      [401, "transport"],
      [403, "transport"],
      [410, "operation-expired"],
      [500, "transport"],
    ] as const
  ) {
    Deno.test(`${step}: ${status} ends it as ${code}, and it can be taken up again`, async () => {
      await using world = createWorld([...before, refusal(status, "because")]);
      const handle = world.runtime.start(triggered());
      const error = errorOf(await world.clock.runUntil(handle.outcome()));
      assertEquals(error.code, code);
      assert(error.message.includes(`HTTP ${status} "because"`), error.message);
      assertEquals(
        (handle.token().value as { initial?: unknown }).initial !== undefined,
        step === "baseline",
      );
    });
  }

  Deno.test(`${step}: a redirect without a target is no answer`, async () => {
    await using world = createWorld([...before, { status: 302 }]);
    const outcome = await world.clock.runUntil(world.runtime.start(triggered()).outcome());
    assertEquals(endOf(outcome), "protocol");
  });
}

Deno.test("pages that make no sense are one page", async () => {
  for (const pages of [0, -1, "2", null, undefined]) {
    await using world = createWorld([
      { status: 200, json: { data: [], pages } as never },
      sent,
      { status: 200, json: { data: [eventOf(7, "finished")], pages } as never },
      { status: 200, json: eventOf(7, "finished") },
    ]);
    const handle = world.runtime.start(triggered());
    assertEquals((await world.clock.runUntil(handle.result())).id, 7);
  }
});

for (const json of noLists) {
  Deno.test(`entityFree: ${JSON.stringify(json)} is no answer`, async () => {
    await using world = createWorld([{ status: 200, json: json as never }]);
    const operation = linode.entityFree({ entityType: "linode", entityId: ID });
    const outcome = await world.clock.runUntil(world.runtime.start(operation).outcome());
    assertEquals(endOf(outcome), "protocol");
  });
}
