/** A missing event ends at the deadline exactly, whatever the phase. */
import { assertEquals } from "@std/assert";
import { linode } from "@lro/machines";
import { createWorld, endOf } from "../../runtime/_world.ts";
import { createLinodeWorld, eventOf, ID, listOf, one, pull, triggered } from "./_play.ts";

const pending = [listOf(), { status: 200, json: {} }, listOf()];
const hang = { hang: true };
const replies = {
  baselining: [hang],
  triggering: [listOf(), hang],
  "awaiting the event, in a request": [...pending, listOf(), hang],
  "awaiting the event, in a retry": [...pending, { status: 503 }, { status: 502 }],
  "awaiting the finish, in a request": [...pending, listOf(eventOf(7, "started")), hang],
  "awaiting the finish, in a pause": [
    ...pending,
    listOf(eventOf(7, "started")),
    one(7, "started"),
  ],
};

for (const [phase, responses] of Object.entries(replies)) {
  for (const deadlineMs of [1, 4_999, 5_000, 5_001, 12_345]) {
    Deno.test(`${phase}: a deadline of ${deadlineMs} ms is kept to the millisecond`, async () => {
      await using world = createWorld(responses, { thenRepeat: responses.at(-1)! });
      const { clock, runtime } = world;
      const handle = runtime.start(triggered(), { deadlineMs });
      assertEquals(endOf(await clock.runUntil(handle.outcome())), "deadline-exceeded");
      assertEquals(clock.now() - clock.startMs, deadlineMs);
      assertEquals(clock.timers, 0);
    });
  }
}

for (const waiters of [1, 2, 50]) {
  Deno.test(`${waiters} waiting for an event that never comes end together, exactly`, async () => {
    await using world = createLinodeWorld({ faults: [{ on: "list", delayMs: 1_700 }] });
    const { clock, runtime, emulator } = world;
    const handles = Array.from({ length: waiters }, (_, index) =>
      runtime.start(
        linode.event({ entityType: "linode", entityId: index, action: "linode_boot" }),
        { deadlineMs: 100_003 },
      ));
    const pulled = Promise.all(handles.map((handle) => pull(handle)));
    await clock.runUntil(pulled);
    const outcomes = await clock.runUntil(Promise.all(handles.map((each) => each.outcome())));
    assertEquals(new Set(outcomes.map(endOf)), new Set(["deadline-exceeded"]));
    assertEquals(new Set(outcomes.map(({ elapsedMs }) => elapsedMs)), new Set([100_003]));
    assertEquals(clock.now() - clock.startMs, 100_003);
    assertEquals(clock.timers, 0);
    const { length } = emulator.log;
    await clock.advance(60_000);
    assertEquals(emulator.log.length, length);
  });
}

Deno.test("zero seconds left are no time at all", async () => {
  await using world = createLinodeWorld();
  const handle = world.runtime.start(triggered(), { deadlineMs: 0 });
  assertEquals(endOf(await handle.outcome()), "deadline-exceeded");
  assertEquals(world.emulator.log, []);
});

Deno.test("without a word it is 240 s, for the whole wait", async () => {
  await using world = createLinodeWorld({ plan: { durationMs: 500_000 } });
  const { clock, runtime } = world;
  for (
    const operation of [triggered(), linode.entityFree({ entityType: "linode", entityId: ID })]
  ) {
    const outcome = await clock.runUntil(runtime.start<unknown>(operation).outcome());
    assertEquals([endOf(outcome), outcome.elapsedMs], ["deadline-exceeded", 240_000]);
  }
});
