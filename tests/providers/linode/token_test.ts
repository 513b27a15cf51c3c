/** A token taken at any step goes on elsewhere: same baseline, no second trigger. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { createRuntime, linode } from "@lro/machines";
import { addHistory, API, createLinodeWorld, ID, triggered } from "./_play.ts";

const LIFE_MS = 26_000;
const plan = { visibleAfterMs: 8_000, startsAfterMs: 11_000, durationMs: 9_000 };

for (const history of [0, 150]) {
  for (let atMs = 50; atMs <= LIFE_MS; atMs += 700) {
    Deno.test(`a token of ${atMs} ms, with ${history} old events, goes on in another process`, async () => {
      await using world = createLinodeWorld({
        plan,
        faults: [{ delayMs: 300 }],
      });
      const { clock, emulator } = world;
      addHistory(world, history);
      const first = createRuntime({ clock, fetch: emulator.fetch });
      const handle = first.start(triggered(), { deadlineMs: 120_000 });
      await clock.advance(atMs);
      const token = JSON.stringify(handle.token());
      await first.dispose();
      await clock.advance(1_000);

      const second = world.runtime.restore<{ id: number; status: string }>(token);
      const outcome = await clock.runUntil(second.outcome());
      const triggers = emulator.count("action");
      if (JSON.parse(token).uncertain) {
        // It was out when the process died: nobody can tell, and it is not sent again.
        assertEquals([outcome.kind, triggers], ["failed", 1]);
        return;
      }
      assertEquals(outcome.kind === "succeeded" && outcome.value.id, history + 1);
      assertEquals(triggers, 1);
    });
  }
}

Deno.test("many restored at once share, and each gets its own", async () => {
  const ids = Array.from({ length: 60 }, (_, index) => index + 1);
  await using world = createLinodeWorld({ instances: ids, plan: { durationMs: 30_000 } });
  const { clock, emulator, runtime } = world;
  const first = createRuntime({ clock, fetch: emulator.fetch });
  const handles = ids.map((id) =>
    first.start(linode.event({
      entityType: "linode",
      entityId: id,
      action: "linode_boot",
      trigger: { method: "POST", url: `${API}/linode/instances/${id}/boot` },
    }))
  );
  await clock.advance(12_000);
  const tokens = handles.map((handle) => JSON.stringify(handle.token()));
  await first.dispose();
  await clock.advance(3_000);
  const { length } = emulator.log;
  const restored = tokens.map((token) => runtime.restore<{ entity: { id: number } }>(token));
  const events = await clock.runUntil(Promise.all(restored.map((handle) => handle.result())));
  assertEquals(events.map(({ entity }) => entity.id), ids);
  assert(emulator.log.length - length <= 12, String(emulator.log.length - length));
});

Deno.test("a token that lacks what its step needs is refused, or ends clearly", () => {
  const runtime = createRuntime();
  const operation = triggered();
  const token = {
    version: 1,
    id: "1",
    kind: operation.kind,
    input: { ...operation.input, action: 7 },
    memory: {},
    value: { initial: "baselining" },
    schedule: { kind: "fixed", intervalMs: 5_000 },
    pauses: 0,
    polls: 0,
    requests: 0,
    startedAt: 0,
  };
  assertThrows(() => runtime.restore(JSON.stringify(token)), TypeError, "action must be a text");
  assertEquals(ID, 11_111);
});
