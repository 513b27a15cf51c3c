/** linode.event while it is armed: the caller pulls the trigger. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { linode } from "@lro/machines";
import { createWorld, endOf, outcomeOf } from "../../runtime/_world.ts";
import { API, createLinodeWorld, ID, pull, refusal, shutdown, times } from "./_play.ts";

const post = { method: "POST" };
const pullUrl = `${API}/linode/instances/${ID}/shutdown`;

Deno.test("armed, the caller's own call, triggered: an event from in between is seen", async () => {
  await using world = createLinodeWorld({ plan: { durationMs: 3_000 } });
  const { clock, emulator, runtime } = world;
  const handle = runtime.start(shutdown());
  await handle.reached("armed");
  assertEquals(handle.snapshot.value, { initial: "armed" });
  await emulator.fetch(pullUrl, post);
  handle.send({ type: "triggered" });
  assertEquals((await clock.runUntil(handle.result())).status, "finished");
  assertEquals(times(world), ["0 list", "0 action", "0 list", "0 event", "5000 event"]);
});

Deno.test("it may be armed for as long as there is time, and asks nothing meanwhile", async () => {
  await using world = createLinodeWorld();
  const { clock, emulator, runtime } = world;
  const handle = runtime.start(shutdown(), { deadlineMs: 7_200_000 });
  const other = runtime.start(shutdown(), { deadlineMs: 7_200_000 });
  await clock.advance(3_600_000);
  assertEquals(emulator.log.length, 2);
  // A thousand other events have come and gone.
  for (let id = 0; id < 1_000; id++) {
    emulator.addEvent({ action: "linode_boot", entity: { type: "linode", id } });
  }
  await emulator.fetch(pullUrl, post);
  await emulator.fetch(pullUrl, post);
  await Promise.all([pull(handle), pull(other)]);
  const events = await clock.runUntil(Promise.all([handle.result(), other.result()]));
  assertEquals(events.map(({ id }) => id), [1_001, 1_001]);
});

Deno.test("reached('armed') rejects with the reason if the baseline cannot be had", async () => {
  await using world = createWorld([refusal(401, "Invalid Token")]);
  const handle = world.runtime.start(shutdown());
  await assertRejects(() => handle.reached("armed"), Error, "Invalid Token");
});

Deno.test("the id of what was created comes with triggered, and must", async () => {
  await using world = createLinodeWorld();
  const { clock, emulator, runtime } = world;
  const handle = runtime.start(linode.event({ entityType: "linode", action: "linode_create" }));
  await handle.reached("armed");
  assertEquals(emulator.log, []);
  const reply = await emulator.fetch(`${API}/linode/instances`, post);
  const { id } = await reply.json();
  assertThrows(() => handle.send({ type: "triggered" }), TypeError, "it must name the entityId");
  assertThrows(() => handle.send({ type: "triggered", entityId: {} }), TypeError, "entityId");
  handle.send({ type: "triggered", entityId: id });
  const event = await clock.runUntil(handle.result());
  assertEquals((event["entity"] as { id: number }).id, id);
});

Deno.test("an id that is known already may be repeated, and not be another one", async () => {
  await using world = createLinodeWorld();
  const handle = world.runtime.start(shutdown());
  await handle.reached("armed");
  assertThrows(
    () => handle.send({ type: "triggered", entityId: 5 }),
    TypeError,
    `entityId is ${ID} already, got 5`,
  );
  assertEquals(handle.snapshot.value, { initial: "armed" });
  handle.send({ type: "triggered", entityId: String(ID) });
  assertEquals(handle.snapshot.state, "polling");
});

Deno.test("triggered means nothing before it is armed, and nothing twice", async () => {
  await using world = createLinodeWorld({ plan: { durationMs: 1_000 } });
  const { clock, emulator, runtime } = world;
  const handle = runtime.start(shutdown());
  handle.send({ type: "triggered" });
  await clock.advance(20_000);
  assertEquals(handle.snapshot.value, { initial: "armed" });
  await emulator.fetch(pullUrl, post);
  handle.send({ type: "triggered" });
  handle.send({ type: "triggered" });
  assertEquals((await clock.runUntil(handle.result())).id, 1);
});

Deno.test("a token of an armed operation is armed elsewhere, with the same baseline", async () => {
  await using world = createLinodeWorld();
  const { clock, emulator, runtime } = world;
  emulator.addEvent({ action: "linode_shutdown", entity: { type: "linode", id: ID }, agoMs: 9 });
  const first = runtime.start(shutdown());
  await first.reached("armed");
  const token = JSON.stringify(first.token());
  await first.cancel();
  await clock.advance(60_000);
  await emulator.fetch(pullUrl, post);
  const second = runtime.restore<{ id: number }>(token);
  await pull(second);
  assertEquals((await clock.runUntil(second.result())).id, 2);
});

Deno.test("an armed operation ends at its deadline, by a signal, and when it is canceled", async () => {
  await using world = createLinodeWorld();
  const { clock, emulator, runtime } = world;
  const late = runtime.start(shutdown(), { deadlineMs: 1_234_567 });
  assertEquals(endOf(await clock.runUntil(late.outcome())), "deadline-exceeded");
  assertEquals(clock.now(), clock.startMs + 1_234_567);

  const canceled = runtime.start(shutdown());
  await canceled.reached("armed");
  assertEquals(endOf(await canceled.cancel()), "operation-canceled");

  const controller = new AbortController();
  const aborted = runtime.start(shutdown(), { signal: controller.signal });
  await aborted.reached("armed");
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted.result(), Error, "enough");
  assertEquals(clock.timers, 0);
  await emulator.fetch(pullUrl, post);
  await pull(aborted);
  assertEquals((await clock.runUntil(aborted.result())).id, 1); // taken back
});

Deno.test("with a trigger of its own it is never armed", async () => {
  await using world = createLinodeWorld();
  const handle = world.runtime.start(
    linode.event({
      entityType: "linode",
      entityId: ID,
      action: "linode_boot",
      trigger: { method: "POST", url: `${API}/linode/instances/${ID}/boot` },
    }),
  );
  const reached = handle.reached("armed");
  const refused = assertRejects(() => reached, Error, "succeeded without it");
  await outcomeOf(world as never, handle);
  await refused;
  assert(handle.snapshot.status === "done");
});
