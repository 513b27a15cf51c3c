/** A notification: the end of what is over at once, and news of what takes time. */
import { assertEquals } from "@std/assert";
import { linode } from "@lro/machines";
import { createWorld, endOf } from "../../runtime/_world.ts";
import { eventOf, ID, listOf, one, pull, refusal } from "./_play.ts";

const lasting = [
  "database_create",
  "database_update",
  "database_delete",
  "database_resize",
  "database_upgrade",
  "database_backup_create",
  "database_backup_restore",
  "linode_resize",
  "linode_mutate",
];
const instant = [
  "linode_config_create",
  "linode_config_update",
  "linode_update",
  "linode_addip",
  "linode_shutdown",
  "linode_resize_create",
  "linode_migrate_datacenter_create",
  "volume_resize",
  "volume_clone",
  "firewall_update",
  "database_degraded",
  "database_update_failed",
  "database_credentials_reset",
  "database_low_disk_space",
];
const typeOf = (action: string): string => action.slice(0, action.indexOf("_"));
const entityOf = (action: string) => ({ action, entity: { type: typeOf(action), id: ID } });

for (
  const [actions, polls] of [[lasting, ["notification", "notification"]], [instant, []]] as const
) {
  for (const action of actions) {
    const claim = polls.length > 0 ? "goes on" : "is its end";
    Deno.test(`${action}: a notification ${claim}`, async () => {
      const about = entityOf(action);
      const end = polls.length > 0 ? "finished" : "notification";
      await using world = createWorld([
        listOf(),
        listOf(eventOf(7, "notification", about)),
        ...polls.map((status) => one(7, status, about)),
        one(7, end, about),
      ]);
      const handle = world.runtime.start(
        linode.event({ entityType: typeOf(action), entityId: ID, action }),
      );
      await pull(handle);
      const { status } = await world.clock.runUntil(handle.result());
      assertEquals([status, world.clock.now() - world.clock.startMs], [end, polls.length * 5_000]);
      world.fetch.assertDone();
    });

    Deno.test(`entityFree: after ${action} a notification ${claim}`, async () => {
      const about = entityOf(action);
      await using world = createWorld([
        listOf(eventOf(7, "notification", about)),
        ...polls.slice(1).map(() => listOf(eventOf(7, "finished", about))),
      ]);
      const entityType = typeOf(action);
      const handle = world.runtime.start(linode.entityFree({ entityType, entityId: ID }));
      await world.clock.runUntil(handle.result());
      world.fetch.assertDone();
    });
  }
}

for (
  const [action, notificationIsFinal, end] of [
    ["database_create", true, "succeeded"],
    ["linode_shutdown", false, "deadline-exceeded"],
  ] as const
) {
  const about = entityOf(action);

  Deno.test(`${action} with notificationIsFinal: ${notificationIsFinal} does as the caller says`, async () => {
    await using world = createWorld([listOf(), listOf(eventOf(7, "notification", about))], {
      thenRepeat: one(7, "notification", about),
    });
    const handle = world.runtime.start(linode.event({
      entityType: typeOf(action),
      entityId: ID,
      action,
      notificationIsFinal,
    }));
    await pull(handle);
    assertEquals(endOf(await world.clock.runUntil(handle.outcome())), end);
  });

  Deno.test(`entityFree of ${action} with notificationIsFinal: ${notificationIsFinal} does as the caller says`, async () => {
    await using world = createWorld([], { thenRepeat: listOf(eventOf(7, "notification", about)) });
    const handle = world.runtime.start(linode.entityFree({
      entityType: typeOf(action),
      entityId: ID,
      notificationIsFinal,
    }));
    assertEquals(endOf(await world.clock.runUntil(handle.outcome())), end);
  });
}

Deno.test("a database that fails after its notification has failed", async () => {
  const about = entityOf("database_create");
  await using world = createWorld([
    { status: 200, json: { id: ID, status: "provisioning" } },
    listOf(eventOf(7, "notification", about)),
    one(7, "notification", about),
    one(7, "failed", { ...about, message: "no capacity" }),
  ]);
  const url = "https://api.linode.com/v4/databases/mysql/instances";
  const handle = world.runtime.start(linode.event({
    entityType: "database",
    action: "database_create",
    trigger: { method: "POST", url, body: { label: "d" } },
  }));
  assertEquals(endOf(await world.clock.runUntil(handle.outcome())), "operation-failed");
});

Deno.test("until it appears, a notification of a database is enough", async () => {
  const about = entityOf("database_create");
  await using world = createWorld([listOf(), listOf(eventOf(7, "notification", about))]);
  const handle = world.runtime.start(linode.event({
    entityType: "database",
    entityId: ID,
    action: "database_create",
    until: "appears",
  }));
  await pull(handle);
  assertEquals((await world.clock.runUntil(handle.result())).status, "notification");
});

Deno.test("started at 100 % is no end: linode/manager#5222", async () => {
  const full = { percent_complete: 100, time_remaining: "0:0:0" };
  await using world = createWorld([
    listOf(),
    listOf(eventOf(7, "started", full)),
    one(7, "started", full),
    one(7, "failed", { percent_complete: 100 }),
  ]);
  const handle = world.runtime.start(
    linode.event({ entityType: "linode", entityId: ID, action: "linode_shutdown" }),
  );
  await pull(handle);
  assertEquals(endOf(await world.clock.runUntil(handle.outcome())), "operation-failed");
});

const times: [remaining: unknown, remainingMs: number | undefined][] = [
  [0, 0],
  [20.5, 20_500],
  ["20", 20_000],
  ["1:23", 83_000],
  ["0:0:20", 20_000],
  ["00:01:30", 90_000],
  ["12:34:56", 45_296_000],
  ["100:00:00", 360_000_000],
  ["1:02:03:04", 93_784_000],
  ["1 day, 2:03:04", 93_784_000],
  ["2 days, 0:00:00.5", 172_800_500],
  [" 0:0:20 ", 20_000],
  [null, undefined],
  ["", undefined],
  ["soon", undefined],
  ["1:2:3:4:5", undefined],
  ["-1:00", undefined],
  [-1, undefined],
  [{}, undefined],
];
for (const [remaining, remainingMs] of times) {
  Deno.test(`time_remaining ${JSON.stringify(remaining)} is ${remainingMs} ms`, async () => {
    const replies = [listOf(), listOf(eventOf(7, "started", { time_remaining: remaining }))];
    await using world = createWorld(replies, { thenRepeat: refusal(403, "no") });
    const handle = world.runtime.start(
      linode.event({ entityType: "linode", entityId: ID, action: "linode_shutdown" }),
    );
    await pull(handle);
    await world.clock.runUntil(handle.outcome());
    assertEquals(handle.snapshot.progress, {
      text: "started",
      ...(remainingMs !== undefined && { remainingMs }),
    });
  });
}
