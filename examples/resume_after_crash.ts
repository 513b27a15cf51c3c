/** A process dies; another one goes on from the store, and nothing is started twice. */
import { assertEquals } from "@std/assert";
import { createRuntime, elasticio } from "@lro/machines";
import { createFileStore } from "@lro/machines/store/files";
import { createElasticioEmulator } from "@lro/machines/testing";

const directory = await Deno.makeTempDir();
const emulator = createElasticioEmulator({ plan: { durationMs: 300, result: "kept" } });

// The first process: it gets as far as the first poll and is gone.
const first = createRuntime({ fetch: emulator.fetch, store: createFileStore(directory) });
const lost = first.start(elasticio.execution({
  execution: {
    execution_type: "get_meta_model",
    component: "mapper",
    action_or_trigger: "put",
    account_id: "540492e623773659c5000001",
  },
}));
await lost.reached("polling");
await first.dispose();

// The second process knows nothing but the directory.
const store = createFileStore(directory);
const second = createRuntime({ fetch: emulator.fetch, store });
const handles = (await store.list()).flatMap((token) => {
  try {
    return [second.restore(token)];
  } catch (error) { // one that cannot be restored keeps no other
    console.error(`${token.id} stays in the store:`, error);
    return [];
  }
});
assertEquals(await Promise.all(handles.map((handle) => handle.result())), ["kept"]);
assertEquals(emulator.count("schedule"), 1);

await second.dispose();
await Deno.remove(directory, { recursive: true });
console.log("one schedule, one result, two processes");
