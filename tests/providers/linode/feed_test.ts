/** Linode's part in the feed: what is asked, and whom each event concerns. */
import { assert, assertEquals } from "@std/assert";
import { linode } from "@lro/machines";
import type { OperationHandle } from "@lro/machines";
import type { LinodeEvent } from "@lro/machines/linode";
import { endOf } from "../../runtime/_world.ts";
import { API, createLinodeWorld, type LinodeWorld, times } from "./_play.ts";

const instances = (count: number): number[] => Array.from({ length: count }, (_, id) => id + 1);

function boot({ runtime }: LinodeWorld, id: number): OperationHandle<LinodeEvent> {
  return runtime.start(linode.event({
    entityType: "linode",
    entityId: id,
    action: "linode_boot",
    trigger: { method: "POST", url: `${API}/linode/instances/${id}/boot` },
  }));
}

Deno.test("a thousand waiters, one list request an interval, every event to its own", async () => {
  await using world = createLinodeWorld({
    instances: instances(1_000),
    plan: ({ instanceId: id }) => ({
      startsAfterMs: id % 7 * 1_000,
      durationMs: id % 41 * 1_000,
      end: id % 10 === 0 ? "failed" : "finished",
      message: `of ${id}`,
    }),
  });
  const { clock, emulator } = world;
  const handles = instances(1_000).map((id) => boot(world, id));
  const outcomes = await clock.runUntil(Promise.all(handles.map((each) => each.outcome())));
  for (const [index, outcome] of outcomes.entries()) {
    const id = index + 1;
    if (outcome.kind === "succeeded") {
      assert(id % 10 !== 0);
      assertEquals((outcome.value["entity"] as { id: number }).id, id);
    } else {
      assertEquals([id % 10, endOf(outcome)], [0, "operation-failed"]);
      assert(outcome.error.message.endsWith(`: of ${id}`), outcome.error.message);
    }
  }
  assertEquals(emulator.count("action"), 1_000);
  assert(emulator.count("event") <= 1, "nobody looks at an event by itself");
  assert(emulator.count("list") <= 40, String(emulator.count("list")));
});

Deno.test("the list is asked for by id, 500 a page; the position by its newest", async () => {
  await using world = createLinodeWorld({ instances: instances(3), plan: { durationMs: 7_000 } });
  const { clock, emulator } = world;
  for (let id = 0; id < 40; id++) {
    emulator.addEvent({ action: "linode_boot", entity: { type: "linode", id } });
  }
  await clock.runUntil(Promise.all([1, 2, 3].map((id) => boot(world, id).result())));
  const shared = emulator.log.filter(({ path }) => path.includes("page_size"));
  assertEquals(shared[0]!.path, "/v4/account/events?page_size=25");
  assertEquals<unknown>(shared[0]!.filter, { "+order": "desc", "+order_by": "id" });
  for (const { path, filter } of shared.slice(1)) {
    assertEquals(path, "/v4/account/events?page_size=500");
    const { id, ...order } = filter as { id: { "+gt": number } };
    assertEquals(order as unknown, { "+order": "asc", "+order_by": "id" });
    assert(id["+gt"] >= 40 && id["+gt"] <= 43);
  }
});

Deno.test("more than 500 new events come in pages", async () => {
  await using world = createLinodeWorld({ instances: instances(1_300) });
  const { clock, emulator } = world;
  const handles = instances(1_300).map((id) => boot(world, id));
  const events = await clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
  assertEquals(new Set(events.map(({ id }) => id)).size, 1_300);
  const after = emulator.log.map(({ filter }) =>
    (filter as { id?: { "+gt": number } })?.id?.["+gt"]
  );
  assert(after.includes(500) && after.includes(1_000), "each page goes on after the one before");
  assert(emulator.count("list") < 20);
});

Deno.test("events without an entity, and of unheard-of kinds, disturb nobody", async () => {
  await using world = createLinodeWorld({ instances: instances(2), plan: { durationMs: 4_000 } });
  const { clock, emulator, runtime } = world;
  const fetch = emulator.fetch;
  await using strange = createLinodeWorld({}, {
    clock,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      if (!String(input).includes("page_size=500")) return response;
      const page = await response.json();
      page.data.push({ id: 1e6, status: "notification", action: "account_update", entity: null });
      page.data.push({ id: 1e6 + 1, status: "???" });
      return Response.json(page);
    },
  });
  const handles = [1, 2].map((id) => boot({ ...world, runtime: strange.runtime }, id));
  const events = await clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
  assertEquals(events.map(({ status }) => status), ["finished", "finished"]);
  assertEquals([...runtime.list()], []);
});

Deno.test("clocks that differ by years make no difference", async () => {
  await using world = createLinodeWorld({ instances: instances(2) });
  const { clock, emulator, runtime } = world;
  const entity = { type: "linode", id: 1 };
  const add = (agoMs: number) => emulator.addEvent({ action: "linode_boot", entity, agoMs });
  add(-1e11); // from the future
  const wait = () =>
    runtime.start(linode.event({ entityType: "linode", entityId: 1, action: "linode_boot" }));
  const handles = [wait(), wait()];
  await Promise.all(handles.map((handle) => handle.reached("armed")));
  for (const handle of handles) handle.send({ type: "triggered" });
  await clock.advance(7_000);
  const id = add(1e11); // from the past
  const events = await clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
  assertEquals(events.map((event) => event.id), [id, id]);
});

Deno.test("accounts by their address or headers do not share", async () => {
  await using world = createLinodeWorld({ instances: instances(2) });
  const { clock, emulator, runtime } = world;
  const wait = (options: object) =>
    runtime.start(
      linode.event({ entityType: "linode", entityId: 1, action: "linode_boot", ...options }),
    );
  const handles = [
    wait({}),
    wait({ headers: { authorization: "Bearer 2" } }),
    wait({ baseUrl: "https://other.example/v4" }),
  ];
  await Promise.all(handles.map((handle) => handle.reached("armed")));
  assert(emulator.log.every(({ path }) => path === "/v4/account/events"), times(world).join());
  for (const handle of handles) handle.send({ type: "cancel" });
  assertEquals(clock.timers, 0);
});

Deno.test("one waiter alone costs no more requests than the reference", async () => {
  for (const durationMs of [0, 3_000, 11_000, 29_000]) {
    await using world = createLinodeWorld({
      instances: instances(1),
      plan: { visibleAfterMs: 6_000, durationMs },
    });
    const { clock, emulator } = world;
    await clock.runUntil(boot(world, 1).result());
    // The reference asks twice in a row at the beginning of each phase, then every 5 s.
    const polls = (ms: number) => Math.max(1, 1 + Math.ceil(ms / 5_000));
    const reference = 1 + polls(6_000) + 1 + polls(Math.max(0, durationMs - 10_000)) + 1;
    assert(emulator.log.length - 1 <= reference, `${emulator.log.length - 1} > ${reference}`);
  }
});
