import { assertEquals, assertRejects } from "@std/assert";
import { OperationFailedError, type RuntimeOptions, wait } from "@lro/machines";
import { createMemoryStore } from "@lro/machines/store/memory";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedResponse,
} from "@lro/machines/testing";
import { jobs } from "./_job.ts";
import { ACCEPTED, DONE, PENDING } from "./_world.ts";

function services(...responses: ScriptedResponse[]) {
  const clock = createVirtualClock();
  const fetch = createScriptedFetch(responses.map((response) => ({ response })), { clock });
  return { clock, fetch };
}

Deno.test("wait() yields the value, with options of a runtime and of a start together", async () => {
  const { clock, fetch } = services(ACCEPTED, { status: 500 }, PENDING, DONE);
  const inspected = new Set<string>();
  const value = await clock.runUntil(wait(jobs.unsent(), {
    clock,
    fetch,
    random: () => 0.5,
    retry: { baseMs: 200 },
    inspect: (event) => void inspected.add((event.actorRef as unknown as { id: string }).id),
    id: "mine",
    schedule: { kind: "fixed", intervalMs: 50 },
    deadlineMs: 10_000,
  }));
  assertEquals([value, [...inspected], clock.timers], ["value", ["mine"], 0]);
  assertEquals(fetch.requests.map(({ atMs }) => atMs), [0, 50, 150, 200]);
});

Deno.test("wait() throws the error of any other end", async () => {
  const { clock, fetch } = services(ACCEPTED, { status: 404 });
  const waiting = clock.runUntil(wait(jobs.unsent(), { clock, fetch }));
  await assertRejects(() => waiting, OperationFailedError);
});

Deno.test("wait() refuses an option that neither a runtime nor a start knows, and starts nothing", async () => {
  const { clock, fetch } = services();
  const options = { clock, fetch, timeout: 5 } as RuntimeOptions;
  await assertRejects(() => wait(jobs.unsent(), options), TypeError, 'unknown option "timeout"');
  assertEquals([clock.timers, fetch.requests.length], [0, 0]);
});

Deno.test("wait() without options shares one runtime, in which ids are free after the end", async () => {
  for (let i = 0; i < 2; i++) {
    const waiting = wait(jobs.unsent(), { id: "shared", deadlineMs: 0 });
    assertEquals(await waiting.catch((error) => error.code), "deadline-exceeded");
  }
});

Deno.test("wait() is exact at its deadline although a cancel request is on its way and the store is slow", async () => {
  const { clock, fetch } = services(ACCEPTED, { hang: true }, { status: 204, latencyMs: 5_000 });
  const store = createMemoryStore();
  let isSlow = false;
  const waiting = wait(jobs.unsent(), {
    clock,
    fetch,
    deadlineMs: 3_000,
    onDeadline: "cancel",
    store: {
      ...store,
      save: (token) => {
        store.save(token);
        return isSlow
          ? new Promise((resolve) => clock.setTimeout(() => resolve(), 60_000))
          : undefined;
      },
    },
  });
  await clock.advance(2_999);
  isSlow = true;
  assertEquals(await clock.runUntil(waiting.catch((error) => error.code)), "deadline-exceeded");
  assertEquals(clock.now(), 3_000);
  await clock.advance(100_000);
  assertEquals([fetch.requests.at(-1)?.method, clock.timers], ["DELETE", 0]);
});
