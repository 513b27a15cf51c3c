/** Wait until an instance is free, boot it, wait for the boot: as a statechart, and as three lines. */
import { assertEquals } from "@std/assert";
import { createRuntime, linode, toActorLogic } from "@lro/machines";
import { createLinodeEmulator, createVirtualClock } from "@lro/machines/testing";
import { assign, createActor, setup, toPromise } from "xstate";

const clock = createVirtualClock();
const emulator = createLinodeEmulator({
  clock,
  instances: [1, 2],
  plan: { startsAfterMs: 2_000, durationMs: 9_000 },
});
const runtime = createRuntime({ clock, fetch: emulator.fetch });
const instances = "https://api.linode.com/v4/linode/instances";

const free = (entityId: number) => linode.entityFree({ entityType: "linode", entityId });
const boot = (entityId: number) =>
  linode.event({
    entityType: "linode",
    entityId,
    action: "linode_boot",
    trigger: { method: "POST", url: `${instances}/${entityId}/boot` },
  });

// Both are busy at first.
await emulator.fetch(`${instances}/1/shutdown`, { method: "POST" });
await emulator.fetch(`${instances}/2/shutdown`, { method: "POST" });

// As a statechart of one's own: each step is invoked like any other actor.
const restart = setup({
  types: { context: {} as { id: number; eventId?: number }, input: {} as number },
  actors: { free: toActorLogic(free, runtime), boot: toActorLogic(boot, runtime) },
}).createMachine({
  context: ({ input }) => ({ id: input }),
  initial: "waiting",
  states: {
    waiting: {
      invoke: {
        src: "free",
        input: ({ context }) => context.id,
        onDone: "booting",
        onError: "broken",
      },
    },
    booting: {
      invoke: {
        src: "boot",
        input: ({ context }) => context.id,
        onDone: {
          target: "running",
          actions: assign({ eventId: ({ event }) => event.output.id }),
        },
        onError: "broken",
      },
    },
    running: { type: "final" },
    broken: { type: "final" },
  },
});
const actor = createActor(restart, { input: 1 }).start();

// As three lines of code.
async function restartNow(id: number): Promise<number> {
  await runtime.start(free(id)).result();
  const event = await runtime.start(boot(id)).result();
  return event.id;
}
const second = restartNow(2);

await clock.runUntil(Promise.all([toPromise(actor), second]));
assertEquals(actor.getSnapshot().value, "running");
assertEquals([actor.getSnapshot().context.eventId, await second], [3, 4]);
assertEquals(emulator.events.map(({ status }) => status), Array(4).fill("finished"));
await runtime.dispose();
console.log(`two instances free and booted after ${clock.now() / 1_000} virtual seconds`);
