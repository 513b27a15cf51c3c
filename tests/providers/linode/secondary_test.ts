/** Siblings: events of the same entity and action, about another disk, config or clone. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { linode } from "@lro/machines";
import { createWorld, errorOf } from "../../runtime/_world.ts";
import { API, createLinodeWorld, eventOf, ID, listOf, one, pull } from "./_play.ts";

const disk = (id: number | string) => ({
  action: "disk_delete",
  secondary_entity: { type: "disk", id },
});
const remove = (id: number) =>
  linode.event({
    entityType: "linode",
    entityId: ID,
    action: "disk_delete",
    secondaryEntityId: id,
    trigger: { method: "DELETE", url: `${API}/linode/instances/${ID}/disks/${id}` },
  });

Deno.test("the event of a sibling is passed over, before and after it was seen", async () => {
  await using world = createWorld([
    listOf(),
    { status: 200, json: {} },
    listOf(eventOf(70, "finished", disk(1))),
    listOf(eventOf(70, "finished", disk(1)), eventOf(71, "finished", disk("2"))),
    one(71, "finished", disk("2")),
  ]);
  const handle = world.runtime.start(remove(2));
  assertEquals((await world.clock.runUntil(handle.result())).id, 71);
});

for (const secondary of [null, undefined, {}, { id: null }, 2]) {
  Deno.test(`an event with the secondary entity ${JSON.stringify(secondary)} is not that of disk 2`, async () => {
    const other = eventOf(70, "finished", { action: "disk_delete", secondary_entity: secondary });
    await using world = createWorld([
      listOf(),
      { status: 200, json: {} },
      listOf(other),
      listOf(other, eventOf(71, "started", disk(2))),
      one(71, "finished"), // the event itself need not repeat it
    ]);
    const handle = world.runtime.start(remove(2));
    assertEquals((await world.clock.runUntil(handle.result())).id, 71);
  });
}

Deno.test("two disks of one instance, deleted at once on one feed: each gets its own event", async () => {
  const disks = [11, 12, 13, 14];
  await using world = createLinodeWorld({
    disks: { [ID]: disks },
    plan: ({ secondaryId }) => ({ durationMs: 2_000 + 3_000 * (14 - Number(secondaryId)) }),
    isExclusive: false,
  });
  const handles = disks.map((id) => world.runtime.start(remove(id)));
  const events = await world.clock.runUntil(Promise.all(handles.map((each) => each.result())));
  assertEquals(
    events.map((event) => (event["secondary_entity"] as { id: number }).id),
    disks,
  );
  assert(world.emulator.log.some(({ path }) => path.includes("page_size=500")), "it is shared");
});

Deno.test("secondaryEntityIdFrom: the new disk's id is in the trigger's reply", async () => {
  await using world = createLinodeWorld({
    instances: [ID],
    plan: { durationMs: 4_000, siblings: 2 },
  });
  const handle = world.runtime.start(linode.event({
    entityType: "linode",
    entityId: ID,
    action: "disk_create",
    secondaryEntityIdFrom: "id",
    trigger: {
      method: "POST",
      url: `${API}/linode/instances/${ID}/disks`,
      body: { label: "d", size: 512 },
    },
  }));
  const event = await world.clock.runUntil(handle.result());
  const { id } = event["secondary_entity"] as { id: number };
  const { reply } = handle.token().memory as { reply?: { id: number } };
  assertEquals([event.action, id], ["disk_create", reply?.id]);
});

for (const json of [{}, { id: "" }, { id: null }, [], "7"]) {
  Deno.test(`without a usable secondary id in ${JSON.stringify(json)} nothing is guessed`, async () => {
    await using world = createWorld([listOf(), { status: 200, json }]);
    const handle = world.runtime.start(linode.event({
      entityType: "linode",
      entityId: ID,
      action: "disk_create",
      secondaryEntityIdFrom: "id",
      trigger: { method: "POST", url: `${API}/linode/instances/${ID}/disks` },
    }));
    const error = errorOf(await world.clock.runUntil(handle.outcome()));
    assertEquals(error.code, "protocol");
    assert(error.message.includes('no usable "id"'), error.message);
  });
}

for (const entityId of [ID, undefined]) {
  const known = entityId === undefined ? "not known" : "given";
  Deno.test(`a clone, its source ${known}: the reply's id is the clone's`, async () => {
    const clone = (id: number) => ({
      action: "linode_clone",
      secondary_entity: { type: "linode", id },
    });
    await using world = createWorld([
      ...(entityId === undefined ? [] : [listOf()]),
      { status: 200, json: { id: 501, label: "copy" } },
      listOf(eventOf(70, "started", clone(500))),
      listOf(eventOf(70, "started", clone(500)), eventOf(71, "started", clone(501))),
      one(71, "finished", clone(501)),
    ]);
    const handle = world.runtime.start(linode.event({
      entityType: "linode",
      action: "linode_clone",
      ...(entityId !== undefined && { entityId, secondaryEntityIdFrom: "id" }),
      trigger: { method: "POST", url: `${API}/linode/instances/${ID}/clone` },
    }));
    assertEquals((await world.clock.runUntil(handle.result())).id, 71);
    const filter = JSON.parse(world.fetch.requests.at(-2)!.headers["x-filter"]!);
    assertEquals(filter["entity.id"], entityId);
  });
}

Deno.test("a clone whose event is about the clone itself is found as well", async () => {
  const about = { action: "volume_clone", entity: { type: "volume", id: 501 } };
  await using world = createWorld([
    { status: 200, json: { id: 501 } },
    listOf(eventOf(71, "notification", about)),
    one(71, "notification", about),
  ]);
  const handle = world.runtime.start(linode.event({
    entityType: "volume",
    action: "volume_clone",
    trigger: { method: "POST", url: `${API}/volumes/1/clone` },
  }));
  assertEquals((await world.clock.runUntil(handle.result())).id, 71);
});

Deno.test("the caller who pulls the trigger may name the secondary entity then", async () => {
  await using world = createWorld([
    listOf(),
    listOf(eventOf(70, "finished", disk(1)), eventOf(71, "finished", disk(2))),
    one(71, "finished"),
  ]);
  const handle = world.runtime.start(
    linode.event({ entityType: "linode", entityId: ID, action: "disk_delete" }),
  );
  await handle.reached("armed");
  assertThrows(
    () => handle.send({ type: "triggered", secondaryEntityId: 1.5 }),
    TypeError,
    "secondaryEntityId must be",
  );
  handle.send({ type: "triggered", secondaryEntityId: 2 });
  assertEquals((await world.clock.runUntil(handle.result())).id, 71);
});

Deno.test("a token remembers which sibling is waited for", async () => {
  await using world = createWorld([
    listOf(),
    { status: 200, json: { id: 2 } },
    listOf(eventOf(70, "finished", disk(1))),
    listOf(eventOf(70, "finished", disk(1)), eventOf(71, "finished", disk(2))),
    one(71, "finished"),
  ]);
  const first = world.runtime.start(linode.event({
    entityType: "linode",
    entityId: ID,
    action: "disk_delete",
    secondaryEntityIdFrom: "id",
    trigger: { method: "DELETE", url: `${API}/linode/instances/${ID}/disks/2` },
  }));
  await world.clock.advance(1_000);
  const token = JSON.stringify({ ...first.token(), id: "again" });
  await first.cancel();
  const second = world.runtime.restore<{ id: number }>(token);
  assertEquals((await world.clock.runUntil(second.result())).id, 71);
});

Deno.test("an armed operation that nobody triggers says so at its deadline", async () => {
  await using world = createLinodeWorld();
  for (const action of ["linode_boot", "linode_shutdown"]) {
    const handle = world.runtime.start(
      linode.event({ entityType: "linode", entityId: ID, action }),
      { deadlineMs: 9_000 },
    );
    const error = errorOf(await world.clock.runUntil(handle.outcome()));
    assertEquals(error.code, "deadline-exceeded");
    assert(error.message.includes("it was armed and never triggered"), error.message);
  }
});

Deno.test("one that was triggered says nothing of it at its deadline", async () => {
  await using world = createLinodeWorld();
  const handle = world.runtime.start(
    linode.event({ entityType: "linode", entityId: ID, action: "linode_boot" }),
    { deadlineMs: 9_000 },
  );
  await pull(handle);
  const error = errorOf(await world.clock.runUntil(handle.outcome()));
  assert(!error.message.includes("never triggered"), error.message);
  assert(error.message.includes("it may still run"), error.message);
});
