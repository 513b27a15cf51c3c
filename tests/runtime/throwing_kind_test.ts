/** A kind whose functions throw: every operation ends, at its deadline at the latest, and leaves nothing. */
import { assertEquals, assertThrows } from "@std/assert";
import type { Protocol } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { defineJob } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, endOf } from "./_world.ts";

const DEADLINE_MS = 5_000;

function throws(): never {
  throw new TypeError("of the kind");
}

type Overrides = Partial<Protocol<object, object>>;

const feed = { seat: throws } as unknown as NonNullable<Overrides["feed"]>; // nobody sits, nobody asks

const HANGING: ScriptedResponse = { hang: true };

/** How an operation ends whose server answers, and one whose server does not. */
const rows: [what: string, overrides: Overrides, answered: string, hanging: string][] = [
  ["policyOf", { policyOf: throws }, "succeeded", "deadline-exceeded"],
  ["origin", { origin: throws }, "protocol", "protocol"],
  ["call", { call: throws }, "protocol", "protocol"],
  ["fetchReply", { fetchReply: throws }, "protocol", "protocol"],
  ["known", { known: throws }, "protocol", "protocol"],
  ["read", { read: throws }, "protocol", "deadline-exceeded"],
  ["fault", { fault: throws }, "succeeded", "deadline-exceeded"],
  ["foregone", { foregone: throws }, "succeeded", "deadline-exceeded"],
  ["partialResult", { partialResult: throws }, "succeeded", "deadline-exceeded"],
  ["keep", { keep: throws }, "succeeded", "deadline-exceeded"],
  ["feed.seat", { feed }, "succeeded", "deadline-exceeded"],
];

for (const [what, overrides, answered, hanging] of rows) {
  Deno.test(`an operation ends, and leaves nothing, although ${what}() throws`, async () => {
    const job = defineJob("throwing", { repeat: "always" }, overrides);
    const ends: string[][] = [];
    for (const script of [[ACCEPTED, ACCEPTED, DONE, DONE], [HANGING, HANGING]]) {
      await using world = createWorld(script, { maxConcurrentRequests: 1 }); // a place is given back
      const handles = [1, 2].map(() => world.runtime.start(job(), { deadlineMs: DEADLINE_MS }));
      const outcomes = Promise.all(handles.map((handle) => handle.outcome()));
      ends.push((await world.clock.runUntil(outcomes)).map(endOf));
      assertEquals([[...world.runtime.list()], world.clock.timers], [[], 0]);
    }
    assertEquals(ends, [[answered, answered], [hanging, hanging]]);
  });
}

Deno.test("a start whose begin() throws throws it, and starts nothing", async () => {
  await using world = createWorld([]);
  const job = defineJob("throwing", { repeat: "always" }, { begin: throws });
  assertThrows(() => world.runtime.start(job()), TypeError, "of the kind");
  assertEquals([...world.runtime.list()], []);
});
