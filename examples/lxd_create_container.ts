/** LXD: create a container and start it, with progress; and a command that is canceled. */
import { assertEquals } from "@std/assert";
import { createRuntime, type JsonValue, lxd } from "@lro/machines";
import { createLxdEmulator, createVirtualClock, type LxdBehaviour } from "@lro/machines/testing";

// A stand-in for LXD; where there is one, take
// await using fetch = unixFetch("/var/lib/lxd/unix.socket"); // of "@lro/machines/fetch"
const clock = createVirtualClock();
const behaviours: Record<string, LxdBehaviour> = {
  "/1.0/instances": { durationMs: 20_000, progress: "create_instance_from_image_unpack_progress" },
  "/1.0/instances/c1/state": { durationMs: 2_000 },
  "/1.0/instances/c1/exec": { durationMs: 3_600_000, cancelMs: 500 },
};
const emulator = createLxdEmulator({ clock, plan: ({ path }) => behaviours[path] ?? {} });
const runtime = createRuntime({ clock, fetch: emulator.fetch });

function send(method: string, url: string, body: { readonly [field: string]: JsonValue }) {
  return runtime.start(lxd.operation({ request: { method, url, body } }));
}

const creating = send("POST", "/1.0/instances", {
  name: "c1",
  source: { type: "image", alias: "debian/12" },
});
const percents: number[] = [];
creating.subscribe(({ progress }) => {
  if (progress?.percent !== undefined) percents.push(progress.percent);
});
await clock.runUntil(creating.result());
assertEquals([percents[0], percents.at(-1)], [0, 100]);

const { status } = await clock.runUntil(
  send("PUT", "/1.0/instances/c1/state", { action: "start" }).result(),
);
assertEquals(status, "Success");

const command = send("POST", "/1.0/instances/c1/exec", { command: ["sleep", "3600"] });
await clock.advance(5_000);
const { kind } = await clock.runUntil(command.cancel());
assertEquals(kind, "canceled");

await runtime.dispose();
// Nearly everything was heard on the event websocket; of the command, which says nothing for
// seconds, it was asked once: silence proves nothing.
assertEquals(emulator.count("start") + emulator.count("cancel") + emulator.count("events"), 7);
assertEquals(emulator.log.length, 8);
console.log(`c1 runs; ${emulator.log.length} requests and websockets in all`);
