/** cancel() of lxd.operation: what LXD says to it, in every order. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { RequestRejectedError, TransportError } from "@lro/machines";
import type { LxdBehaviour, ScriptedResponse } from "@lro/machines/testing";
import fc from "fast-check";
import { createWorld, endOf, outcomeOf } from "../../runtime/_world.ts";
import { accepted, createLxdWorld, importing, refused, shown, times } from "./_play.ts";

const DONE: ScriptedResponse = { status: 200, json: { type: "sync", metadata: {} } };
const hung: ScriptedResponse = { hang: true };

for (const flavor of ["lxd5", "lxd6", "incus"] as const) {
  for (const hasSockets of [true, false]) {
    Deno.test(`${flavor}, ${hasSockets ? "events" : "long polls"}: cancel() cancels`, async () => {
      const plan = { durationMs: 60_000, cancelMs: 2_000 };
      await using world = createLxdWorld({ flavor, hasSockets, plan });
      const handle = world.runtime.start(importing());
      await world.clock.advance(5_000);
      const canceling = handle.cancel();
      await world.clock.advance(1_000);
      assertEquals(handle.snapshot.progress?.text, hasSockets ? "Cancelling" : "Running");
      const outcome = await world.clock.runUntil(canceling);
      assertEquals(endOf(outcome), "operation-canceled");
      assert(outcome.kind !== "succeeded" && "confirmed" in outcome.error);
      assertEquals(outcome.error.confirmed, true);
      assertEquals(world.clock.now() - world.clock.startMs, 7_000);
    });
  }
}

Deno.test("what cannot be canceled says so, and the waiting goes on", async () => {
  for (const hasSockets of [true, false]) {
    const plan = { durationMs: 10_000, mayCancel: false };
    await using world = createLxdWorld({ hasSockets, plan });
    const handle = world.runtime.start(importing());
    await world.clock.advance(1_000);
    const error = await assertRejects(
      () => world.clock.runUntil(handle.cancel()),
      RequestRejectedError,
      "This operation can't be cancelled",
    );
    assertEquals([error.providerCode, handle.snapshot.status], ["400", "active"]);
    await assertRejects(() => world.clock.runUntil(handle.cancel()), RequestRejectedError);
    assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
    assertEquals(world.emulator.count("cancel"), 2);
  }
});

Deno.test("other waits are not disturbed by a cancel that is refused", async () => {
  await using world = createLxdWorld({ plan: { durationMs: 5_000, mayCancel: false } });
  const handle = world.runtime.start(importing());
  const result = handle.result();
  await world.clock.advance(1_000);
  await assertRejects(() => world.clock.runUntil(handle.cancel()), RequestRejectedError);
  assertEquals((await world.clock.runUntil(result)).status, "Success");
});

Deno.test("a server that cannot be asked to cancel is a matter of transport", async () => {
  const cut = Array.from({ length: 2 }, () => ({ drop: true as const }));
  await using world = createWorld([accepted(), hung, ...cut, shown(200)]);
  const handle = world.runtime.start(importing());
  await world.clock.advance(1_000);
  await assertRejects(() => world.clock.runUntil(handle.cancel()), TransportError);
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
});

const overs: [claim: string, then: ScriptedResponse, end: string][] = [
  ["succeeded", shown(200), "succeeded"],
  ["failed", shown(400, { err: "boom" }), "operation-failed"],
  ["was canceled", shown(401), "operation-canceled"],
  ["was canceled and says Failure", shown(400, { err: "context canceled" }), "operation-canceled"],
  ["is gone", refused(404, "Operation not found"), "operation-expired"],
];

for (const [claim, then, end] of overs) {
  Deno.test(`a cancel that comes too late, for what ${claim}, ends as ${end}`, async () => {
    const over = refused(400, "Only running operations can be cancelled");
    await using world = createWorld([accepted(), hung, over, then]);
    const handle = world.runtime.start(importing());
    await world.clock.advance(1_000);
    assertEquals(endOf(await world.clock.runUntil(handle.cancel())), end);
  });
}

Deno.test("a cancel whose answer was lost is sent again, and is a cancel all the same", async () => {
  const over = refused(400, "Only running operations can be cancelled");
  const gone = shown(400, { err: "exit status 137" });
  await using world = createWorld([accepted(), hung, { drop: true }, over, gone]);
  const handle = world.runtime.start(importing());
  await world.clock.advance(1_000);
  assertEquals(endOf(await world.clock.runUntil(handle.cancel())), "operation-canceled");
});

Deno.test("cancel() of what is gone is expired", async () => {
  await using world = createWorld([accepted(), hung, refused(404, "Operation not found")]);
  const handle = world.runtime.start(importing());
  await world.clock.advance(1_000);
  assertEquals(endOf(await world.clock.runUntil(handle.cancel())), "operation-expired");
});

Deno.test("cancel() twice asks once", async () => {
  await using world = createLxdWorld({ plan: { durationMs: 60_000, cancelMs: 2_000 } });
  const handle = world.runtime.start(importing());
  await world.clock.advance(1_000);
  const cancels = [handle.cancel(), handle.cancel()];
  await world.clock.advance(1_000);
  cancels.push(handle.cancel());
  const outcomes = await world.clock.runUntil(Promise.all(cancels));
  assertEquals(outcomes.map(endOf), outcomes.map(() => "operation-canceled"));
  assertEquals(times(world), ["0 events", "0 start", "1000 cancel"]);
});

Deno.test("a cancel before the start is answered ends the waiting alone, and says so", async () => {
  await using world = createWorld([hung]);
  const handle = world.runtime.start(importing());
  await world.clock.advance(1_000);
  const outcome = await handle.cancel();
  assert(outcome.kind === "canceled" && "confirmed" in outcome.error);
  assertEquals(outcome.error.confirmed, false);
});

Deno.test("onDeadline: cancel asks the server to cancel", async () => {
  await using world = createLxdWorld({ plan: { class: "token" } });
  const handle = world.runtime.start(importing(), { deadlineMs: 3_000, onDeadline: "cancel" });
  assertEquals(endOf(await outcomeOf(world, handle)), "deadline-exceeded");
  await world.clock.advance(0);
  assertEquals(world.emulator.operations[0]?.status, "Cancelled");
});

Deno.test("a token taken while it is being canceled is canceled elsewhere", async () => {
  const failure = shown(400, { err: "context canceled" });
  await using world = createWorld([accepted(), hung, DONE, hung]);
  const handle = world.runtime.start(importing());
  await world.clock.advance(1_000);
  handle.cancel().catch(() => {});
  await world.clock.advance(1_000);
  assertEquals(handle.snapshot.value, { polling: { canceling: "listening" } });
  await using other = createWorld([failure]);
  const again = other.runtime.restore(JSON.stringify(handle.token()));
  assertEquals(endOf(await outcomeOf(other, again)), "operation-canceled");
});

/** Everything that decides in which order things are heard. */
const interleavings = fc.record({
  flavor: fc.constantFrom("lxd5" as const, "lxd6" as const, "incus" as const),
  hasSockets: fc.boolean(),
  cancelAfterMs: fc.integer({ min: 1, max: 20 }),
  cancelMs: fc.constantFrom(0, 1, 3),
  staysCanceledMs: fc.constantFrom(0, 1, 3, Infinity),
  socketLostAtMs: fc.integer({ min: 0, max: 30 }),
  socketBackAtMs: fc.integer({ min: 0, max: 30 }),
  delays: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 8, maxLength: 8 }),
  lostAnswer: fc.boolean(),
});

Deno.test("what we asked to cancel is canceled, in whatever order the news comes", async () => {
  await fc.assert(
    fc.asyncProperty(interleavings, async (life) => {
      const { flavor, hasSockets, cancelMs, staysCanceledMs, delays, lostAnswer } = life;
      const plan: LxdBehaviour = { durationMs: 1_000, cancelMs, staysCanceledMs };
      await using world = createLxdWorld({
        flavor,
        hasSockets,
        plan,
        faults: [
          { on: "cancel", nth: 1, ...(lostAnswer && { drop: "after" as const }) },
          ...delays.map((delayMs, index) => ({ nth: index + 2, delayMs })),
        ],
      });
      const handle = world.runtime.start(importing());
      const { clock, emulator } = world;
      await clock.runUntil(handle.reached("polling"));
      clock.setTimeout(() => emulator.allowSockets(false), life.socketLostAtMs);
      clock.setTimeout(() => emulator.allowSockets(true), life.socketBackAtMs);
      await clock.advance(life.cancelAfterMs);
      const outcome = await clock.runUntil(handle.cancel());
      assertEquals(endOf(outcome), "operation-canceled");
      await clock.advance(10_000); // and stays so
      assertEquals(handle.snapshot.state, "canceled");
    }),
    { numRuns: 300 },
  );
});
