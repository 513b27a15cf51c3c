import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { createMemoryStore } from "@lro/machines/store/memory";
import { type Operation, type ResumeToken, wait } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { jobs } from "./_job.ts";
import {
  ACCEPTED,
  countingSignal,
  createWorld,
  DONE,
  endOf,
  outcomeOf,
  PENDING,
  stateOf,
  type World,
} from "./_world.ts";

const never = () => new Promise<never>(() => {});

interface Phase {
  readonly operation?: Operation;
  /** Before the abort. */
  readonly before: readonly ScriptedResponse[];
  /** After it, until the end. */
  readonly after?: readonly ScriptedResponse[];
  readonly world?: Parameters<typeof createWorld>[1];
  readonly meanwhile?: (world: World) => void;
  /** The store's first write takes for ever. */
  readonly isStoreSlow?: boolean;
  /** How it ends when somebody waits again. */
  readonly end?: string;
}

const later = { "retry-after": "3600" };

const phases: Record<string, Phase> = {
  "before the start is sent, in the queue": {
    before: [{ hang: true }],
    after: [ACCEPTED, DONE],
    world: { maxConcurrentRequests: 1 },
    meanwhile: ({ runtime }) => void runtime.start(jobs.always(), { deadlineMs: 10_000 }),
  },
  "before the start is sent, while the store is written": {
    before: [],
    after: [ACCEPTED, DONE],
    isStoreSlow: true,
  },
  "while the start is in flight": {
    before: [{ hang: true }],
    end: "transport", // it may have been processed, and is not sent again
  },
  "while a start that may be repeated is in flight": {
    operation: jobs.always(),
    before: [{ hang: true }],
    after: [ACCEPTED, DONE],
  },
  "while credentials are renewed": {
    before: [{ status: 401 }],
    after: [ACCEPTED, DONE],
    world: { around: (fetch) => Object.assign(fetch.bind(null), { refresh: never }) },
  },
  "in the pause before the start is sent again": {
    before: [{ status: 503, headers: later }],
    after: [ACCEPTED, DONE],
  },
  "asleep before the first poll": { before: [{ ...ACCEPTED, headers: later }], after: [DONE] },
  "asleep between polls": { before: [ACCEPTED, { ...PENDING, headers: later }], after: [DONE] },
  "while a poll is in flight": { before: [ACCEPTED, { hang: true }], after: [DONE] },
  "in the pause before a poll is sent again": {
    before: [ACCEPTED, { status: 500, headers: later }],
    after: [DONE],
  },
};

for (
  const [phase, { operation = jobs.unsent(), before, after = [], ...rest }] of Object.entries(
    phases,
  )
) {
  for (const whose of ["of start()", "of result()"]) {
    Deno.test(`aborting the signal ${whose} ${phase} tells at once, leaves nothing, and can be gone on from`, async () => {
      const fetchSignals: AbortSignal[] = [];
      const world = createWorld([...before, ...after], {
        requestTimeoutMs: 1e9,
        ...rest.world,
        ...(rest.isStoreSlow && { store: { ...createMemoryStore(), save: never } }),
        around: (fetch, clock) => {
          const seen: typeof globalThis.fetch = (input, init) => {
            fetchSignals.push(init!.signal!);
            return fetch(input, init);
          };
          const wrapped = rest.world?.around?.(fetch, clock);
          return wrapped ? Object.assign(seen, { refresh: Reflect.get(wrapped, "refresh") }) : seen;
        },
      });
      rest.meanwhile?.(world);
      const { controller, signal, listeners } = countingSignal();
      const isOfStart = whose === "of start()";
      const handle = world.runtime.start(operation, isOfStart ? { signal } : {});
      const result = handle.result(isOfStart ? {} : { signal });
      await world.clock.advance(5_000);
      const isInFlight = before.at(-1)?.hang === true && !rest.meanwhile;
      const sent = world.fetch.requests.length;
      assertEquals([listeners() > 0, await stateOf(result)], [true, "pending"]);

      const reason = { why: "enough" };
      controller.abort(reason);

      const timers = world.clock.timers; // before anything else runs
      let told: unknown;
      result.catch((error) => told = error);
      await Promise.resolve();
      assertStrictEquals(told, reason);
      assertEquals([timers, listeners()], [rest.meanwhile ? 1 : 0, 0]);
      assertEquals(handle.snapshot.status, "stopped");
      assertEquals(fetchSignals.at(-1)?.aborted ?? false, isInFlight);
      await world.clock.advance(4_000);
      assertEquals(world.fetch.requests.length, sent, "nothing is sent while nobody waits");

      if (rest.isStoreSlow) return;
      const outcome = await outcomeOf(world, handle);
      assertEquals(endOf(outcome), rest.end ?? "succeeded");
      const starts = world.asked().filter((asked) => asked.startsWith("POST")).length;
      assertEquals(starts, world.asked().length - (rest.end ? 0 : polls(world)));
      await world.runtime.dispose();
      assertEquals(world.clock.timers, 0);
    });
  }
}

function polls(world: World): number {
  return world.asked().filter((asked) => asked.startsWith("GET")).length;
}

Deno.test("a signal that is aborted already stops a start before anything is sent, once", async () => {
  await using world = createWorld([ACCEPTED, DONE]);
  const handle = world.runtime.start(jobs.unsent(), { signal: AbortSignal.abort("early") });
  assertEquals([handle.snapshot.status, world.fetch.requests.length], ["stopped", 0]);
  assertEquals(await handle.result().catch((reason) => reason), "early");
  assertEquals(await world.clock.runUntil(handle.result()), "value");
});

Deno.test("a signal that is aborted already rejects a wait and disturbs nothing", async () => {
  await using world = createWorld([ACCEPTED, DONE]);
  const handle = world.runtime.start(jobs.unsent());
  const wait = handle.result({ signal: AbortSignal.abort("early") });
  assertEquals(await wait.catch((reason) => reason), "early");
  assertEquals(handle.snapshot.status, "active");
  assertEquals(await world.clock.runUntil(handle.result()), "value");
});

for (const reason of [undefined, null, 0, "", false, new Error("mine")]) {
  Deno.test(`the reason is told as it is, even ${JSON.stringify(reason)}`, async () => {
    await using world = createWorld([{ hang: true }]);
    const controller = new AbortController();
    const { signal } = controller;
    const handle = world.runtime.start(jobs.unsent(), { signal });
    const results = [handle.result(), handle.outcome(), handle.reached("polling")];
    controller.abort(reason);
    for (const result of results) {
      assertStrictEquals(await result.then(() => "kept", (error) => error), signal.reason);
    }
  });
}

Deno.test("who waits with a signal leaves; who waits without one goes on", async () => {
  await using world = createWorld([ACCEPTED, PENDING, DONE]);
  const controller = new AbortController();
  const handle = world.runtime.start(jobs.unsent());
  const leaving = handle.result({ signal: controller.signal });
  const staying = handle.result();
  await world.clock.advance(1_500);
  controller.abort("enough");
  assertEquals(await leaving.catch((reason) => reason), "enough");
  assertEquals(await world.clock.runUntil(staying), "value");
  assertEquals(world.times(), [0, 1_000, 2_000]);
});

Deno.test("an operation that somebody subscribed to goes on when a wait is aborted", async () => {
  await using world = createWorld([ACCEPTED, DONE]);
  const controller = new AbortController();
  const handle = world.runtime.start(jobs.unsent());
  const states: string[] = [];
  handle.subscribe(({ state }) => void states.push(state));
  const leaving = handle.result({ signal: controller.signal });
  controller.abort("enough");
  await leaving.catch(() => {});
  await world.clock.advance(5_000);
  assertEquals(states.at(-1), "succeeded");
});

Deno.test("two waits with one signal are both told in the same turn", async () => {
  await using world = createWorld([{ hang: true }]);
  const controller = new AbortController();
  const { signal } = controller;
  const handle = world.runtime.start(jobs.unsent(), { signal });
  const told: unknown[] = [];
  for (const wait of [handle.result({ signal }), handle.result({ signal }), handle.outcome()]) {
    wait.catch((reason) => told.push(reason));
  }
  controller.abort("enough");
  await Promise.resolve();
  assertEquals(told, ["enough", "enough", "enough"]);
});

Deno.test("an end takes every listener off every signal", async () => {
  const ends: ScriptedResponse[] = [DONE, { status: 400, json: {} }];
  for (const end of ends) {
    await using world = createWorld([ACCEPTED, end]);
    const [a, b] = [countingSignal(), countingSignal()];
    const handle = world.runtime.start(jobs.unsent(), { signal: a.signal });
    handle.result({ signal: b.signal }).catch(() => {});
    handle.result({ signal: b.signal }).catch(() => {});
    await outcomeOf(world, handle);
    assertEquals([a.listeners(), b.listeners()], [0, 0]);
    await handle.result({ signal: b.signal }).catch(() => {});
    assertEquals(b.listeners(), 0);
  }
});

Deno.test("an end in the very start leaves no listener either", async () => {
  await using world = createWorld([]);
  const { signal, listeners } = countingSignal();
  const handle = world.runtime.start(jobs.unsent(), { signal, deadlineMs: 0 });
  assertEquals([(await handle.outcome()).kind, listeners()], ["timedOut", 0]);
});

Deno.test("an abort after the end changes nothing", async () => {
  await using world = createWorld([ACCEPTED, DONE]);
  const controller = new AbortController();
  const handle = world.runtime.start(jobs.unsent(), { signal: controller.signal });
  await outcomeOf(world, handle);
  controller.abort("late");
  assertEquals([await handle.result(), handle.snapshot.status], ["value", "done"]);
});

Deno.test("an abort while the end is written down is told at once, and the end is not lost", async () => {
  for (const isOfStart of [true, false]) {
    const store = createMemoryStore();
    let write = (): void => {};
    const save = (token: ResumeToken) => {
      store.save(token);
      return token.outcome ? new Promise<void>((resolve) => write = resolve) : undefined;
    };
    await using world = createWorld([{ status: 200, json: "value" }], {
      store: { ...store, save },
    });
    const controller = new AbortController();
    const { signal } = controller;
    const handle = world.runtime.start(jobs.unsent(), isOfStart ? { signal } : {});
    const result = handle.result(isOfStart ? {} : { signal });
    result.catch(() => {});
    await world.clock.advance(0);
    controller.abort("enough");
    assertEquals(await stateOf(result), "rejected");
    write();
    assertEquals(await handle.result(), "value");
  }
});

Deno.test("an aborted operation is asked to be canceled at its provider only where that is wished", async () => {
  for (const [onAbort, asked] of [["leave", 0], ["cancel", 1]] as const) {
    await using world = createWorld([ACCEPTED], { thenRepeat: PENDING });
    const controller = new AbortController();
    const handle = world.runtime.start(jobs.unsent(), { signal: controller.signal, onAbort });
    const result = handle.result();
    await world.clock.advance(1_500);
    controller.abort("enough");
    assertEquals(await result.catch((reason) => reason), "enough");
    await world.clock.advance(0);
    assertEquals(world.asked().filter((each) => each.startsWith("DELETE")).length, asked);
  }
});

Deno.test("an operation that was never sent is not asked to be canceled", async () => {
  await using world = createWorld([]);
  const signal = AbortSignal.abort("early");
  world.runtime.start(jobs.unsent(), { signal, onAbort: "cancel" });
  await world.clock.advance(0);
  assertEquals(world.asked(), []);
});

Deno.test("wait() rejects in the same turn and leaves nothing", async () => {
  const world = createWorld([ACCEPTED], { thenRepeat: PENDING });
  const { clock, fetch } = world;
  const { controller, signal, listeners } = countingSignal();
  const waiting = wait(jobs.unsent(), { clock, fetch, signal });
  await clock.advance(2_500);
  controller.abort("enough");
  assertEquals([clock.timers, listeners()], [0, 0]);
  let told: unknown;
  waiting.catch((reason) => told = reason);
  for (let i = 0; i < 10; i++) await Promise.resolve(); // microtasks only
  assertEquals(told, "enough");
});

Deno.test("what is no signal is a mistake of type", async () => {
  await using world = createWorld([]);
  for (const signal of [{}, "abort", null, new AbortController()]) {
    const start = () => world.runtime.start(jobs.unsent(), { signal: signal as never });
    assertThrows(start, TypeError, "signal must be an AbortSignal");
  }
  assertEquals([...world.runtime.list()], []);
});

Deno.test("two thousand waits with one signal leave no listener and end in one turn", async () => {
  await using world = createWorld([], { thenRepeat: { hang: true }, maxConcurrentRequests: 5 });
  const { controller, signal, listeners } = countingSignal();
  const results = Array.from(
    { length: 2_000 },
    () => world.runtime.start(jobs.unsent(), { signal }).result().catch((reason) => reason),
  );
  assertEquals(listeners(), 1);
  controller.abort("enough");
  assert((await Promise.all(results)).every((reason) => reason === "enough"));
  assertEquals([listeners(), world.clock.timers], [0, 0]);
});
