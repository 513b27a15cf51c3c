/** linode.entityFree: nothing is scheduled or started. */
import { assertEquals } from "@std/assert";
import { linode } from "@lro/machines";
import { API, createLinodeWorld, ID, times } from "./_play.ts";

const free = linode.entityFree({ entityType: "linode", entityId: ID });
const entity = { type: "linode", id: ID };

Deno.test("an entity is busy while anything is scheduled or started, and free after", async () => {
  await using world = createLinodeWorld();
  const { clock, emulator, runtime } = world;
  emulator.addEvent({ action: "linode_boot", entity, startsAfterMs: 7_000, durationMs: 9_000 });
  emulator.addEvent({ action: "backups_enable", entity, end: "notification" });
  const handle = runtime.start(free);
  const seen = new Set<string | undefined>();
  handle.subscribe(({ progress }) => seen.add(progress?.text));
  await clock.runUntil(handle.result());
  assertEquals(times(world), ["0 list", "5000 list", "10000 list", "15000 list", "20000 list"]);
  assertEquals([...seen], ["linode_boot scheduled", "linode_boot started"]);
});

Deno.test("failed events and those of others do not count", async () => {
  await using world = createLinodeWorld();
  const { clock, emulator, runtime } = world;
  emulator.addEvent({ action: "linode_boot", entity, end: "failed" });
  emulator.addEvent({ action: "linode_boot", entity: { ...entity, id: 5 }, durationMs: 9_000 });
  emulator.addEvent({
    action: "disk_resize",
    entity: { ...entity, type: "disk" },
    durationMs: 9_000,
  });
  await clock.runUntil(runtime.start(free).result());
  assertEquals(times(world), ["0 list"]);
});

Deno.test("what keeps it busy may lie behind many that have ended", async () => {
  await using world = createLinodeWorld();
  const { clock, emulator, runtime } = world;
  emulator.addEvent({ action: "linode_migrate", entity, durationMs: 12_000 });
  for (let index = 0; index < 60; index++) {
    emulator.addEvent({ action: "linode_config_update", entity });
  }
  await clock.runUntil(runtime.start(free).result());
  assertEquals(clock.now() - clock.startMs, 15_000);
});

Deno.test("many who wait for one entity share their requests", async () => {
  await using world = createLinodeWorld();
  const { clock, emulator, runtime } = world;
  emulator.addEvent({ action: "linode_boot", entity, durationMs: 9_000 });
  const handles = Array.from({ length: 20 }, () => runtime.start(free));
  await clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
  assertEquals(times(world), ["0 list", "5000 list", "10000 list"]);
});

Deno.test("free, boot, booted: the three one after another", async () => {
  await using world = createLinodeWorld({ plan: { startsAfterMs: 2_000, durationMs: 6_000 } });
  const { clock, emulator, runtime } = world;
  await emulator.fetch(`${API}/linode/instances/${ID}/shutdown`, { method: "POST" });
  const boot = linode.event({
    entityType: "linode",
    entityId: ID,
    action: "linode_boot",
    trigger: { method: "POST", url: `${API}/linode/instances/${ID}/boot` },
  });
  const done = (async () => {
    await runtime.start(free).result();
    return await runtime.start(boot).result();
  })();
  assertEquals((await clock.runUntil(done)).status, "finished");
  assertEquals(clock.now() - clock.startMs, 20_000);
});
