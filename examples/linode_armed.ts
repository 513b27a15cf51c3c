/** Pull the trigger yourself: the operation remembers what happened before, and says when it is ready. */
import { assertEquals } from "@std/assert";
import { createRuntime, linode } from "@lro/machines";
import { createLinodeEmulator, createVirtualClock } from "@lro/machines/testing";

const clock = createVirtualClock();
const emulator = createLinodeEmulator({ clock, instances: [7], plan: { durationMs: 12_000 } });
const runtime = createRuntime({ clock, fetch: emulator.fetch });
const instances = "https://api.linode.com/v4/linode/instances";

// An old event of the same kind; it must not be taken for the new one.
emulator.addEvent({ action: "linode_boot", entity: { type: "linode", id: 7 }, agoMs: 60_000 });

const booted = runtime.start(
  linode.event({ entityType: "linode", entityId: 7, action: "linode_boot" }),
);
await booted.reached("armed");
await emulator.fetch(`${instances}/7/boot`, { method: "POST" }); // with whatever client you have
booted.send({ type: "triggered" });
assertEquals((await clock.runUntil(booted.result())).id, 2);

// What does not exist yet has no id: it comes with the event.
const created = runtime.start(linode.event({ entityType: "linode", action: "linode_create" }));
await created.reached("armed");
const reply = await emulator.fetch(instances, { method: "POST" });
created.send({ type: "triggered", entityId: (await reply.json()).id });
assertEquals((await clock.runUntil(created.result())).id, 3);

await runtime.dispose();
console.log(
  "booted and created",
  emulator.events.map(({ action, status }) => ({ action, status })),
);
