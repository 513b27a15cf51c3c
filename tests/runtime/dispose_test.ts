import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createMemoryStore } from "@lro/machines/store/memory";
import { createRuntime } from "@lro/machines";
import { defineJob, jobs } from "./_job.ts";
import {
  ACCEPTED,
  countingSignal,
  createWorld,
  DONE,
  endOf,
  outcomeOf,
  PENDING,
} from "./_world.ts";

const HANG = { hang: true } as const;

/** Operations in every phase there is. */
async function busyWorld() {
  const signals: AbortSignal[] = [];
  const sleepy = { ...ACCEPTED, headers: { "retry-after": "3600" } };
  const world = createWorld([sleepy, { status: 503, headers: { "retry-after": "3600" } }], {
    thenRepeat: HANG,
    maxConcurrentRequests: 1,
    around: (fetch) => (input, init) => {
      signals.push(init!.signal!);
      return fetch(input, init);
    },
  });
  const { signal, listeners } = countingSignal();
  const handles = Array.from({ length: 4 }, () => world.runtime.start(jobs.unsent(), { signal }));
  const results = handles.map((handle) => handle.result({ signal }));
  results.forEach((result) => result.catch(() => {}));
  await world.clock.advance(100);
  return { world, handles, results, signals, listeners };
}

Deno.test("dispose() rejects every wait with an AbortError and leaves no timer, request or listener", async () => {
  const { world, handles, results, signals, listeners } = await busyWorld();
  const disposed = world.runtime.dispose();
  assertEquals([world.clock.timers, listeners(), signals.at(-1)!.aborted], [0, 0, true]);
  for (const result of results) {
    const error = await assertRejects(() => result, DOMException, "the runtime was disposed");
    assertEquals(error.name, "AbortError");
  }
  await disposed;
  assertEquals(handles.map(({ snapshot }) => snapshot.status), Array(4).fill("stopped"));
  assertEquals([...world.runtime.list()], []);
  const sent = world.fetch.requests.length;
  await world.clock.advance(1e7);
  assertEquals(world.fetch.requests.length, sent);
});

Deno.test("a token taken after dispose() goes on elsewhere", async () => {
  const { world, handles } = await busyWorld();
  await world.runtime.dispose();
  const [sleeping] = handles.map((handle) => handle.token());
  await using other = createWorld([DONE], { startMs: world.clock.now() });
  const again = other.runtime.restore(sleeping!);
  assertEquals(endOf(await outcomeOf(other, again)), "succeeded");
  assertEquals(other.times(), [3_600_000 - 100]);
});

Deno.test("a disposed runtime says so to whoever still wants something of it", async () => {
  const world = createWorld([ACCEPTED], { thenRepeat: HANG });
  const handle = world.runtime.start(jobs.unsent());
  await world.clock.advance(100);
  await world.runtime.dispose();
  const waits = [
    () => handle.result(),
    () => handle.outcome(),
    () => handle.reached("succeeded"),
    () => handle.cancel(),
    () => handle[Symbol.asyncIterator]().next(),
  ];
  for (const wait of waits) await assertRejects(wait, DOMException, "the runtime was disposed");
  assertThrows(() => world.runtime.start(jobs.unsent()), TypeError, "the runtime was disposed");
  assertThrows(() => world.runtime.restore(handle.token()), TypeError, "the runtime was disposed");
  assertEquals([world.runtime.get(handle.id), world.clock.timers], [undefined, 0]);
  await handle.reached("polling");
});

Deno.test("an end before dispose() remains", async () => {
  const world = createWorld([{ status: 200, json: 7 }]);
  const handle = world.runtime.start(jobs.unsent());
  await outcomeOf(world, handle);
  await world.runtime.dispose();
  assertEquals([await handle.result(), handle.snapshot.status], [7, "done"]);
});

Deno.test("dispose() twice, and of nothing, is fine", async () => {
  const runtime = createRuntime();
  await Promise.all([runtime.dispose(), runtime.dispose(), runtime[Symbol.asyncDispose]()]);
});

Deno.test("observers hear that it is over", async () => {
  const world = createWorld([ACCEPTED], { thenRepeat: HANG });
  let isOver = false;
  world.runtime.start(jobs.unsent()).subscribe({ complete: () => void (isOver = true) });
  await world.runtime.dispose();
  assertEquals(isOver, true);
});

Deno.test("dispose() waits for what is being written, and an end that was reached is told", async () => {
  const store = createMemoryStore();
  let write = (): void => {};
  const world = createWorld([{ status: 200, json: 7 }], {
    store: {
      ...store,
      save: (token) => {
        store.save(token);
        return token.outcome ? new Promise<void>((resolve) => write = resolve) : undefined;
      },
    },
  });
  const handle = world.runtime.start(jobs.unsent());
  const result = handle.result();
  await world.clock.advance(0);
  let isDisposed = false;
  const disposed = world.runtime.dispose().then(() => isDisposed = true);
  await world.clock.advance(0);
  assertEquals(isDisposed, false);
  write();
  await disposed;
  assertEquals(await result, 7);
});

Deno.test("a provider that is being asked to cancel is asked to the end", async () => {
  const world = createWorld([ACCEPTED, { status: 204, latencyMs: 2_000 }], { thenRepeat: PENDING });
  const handle = world.runtime.start(jobs.unsent(), {
    deadlineMs: 500,
    onDeadline: "cancel",
    schedule: { kind: "fixed", intervalMs: 9_000 },
  });
  await outcomeOf(world, handle);
  const before = world.clock.now();
  await world.clock.runUntil(world.runtime.dispose());
  assertEquals([world.clock.now() - before, world.clock.timers], [2_000, 0]);
  assertEquals(world.asked(), ["POST /jobs", "DELETE /jobs/1"]);
});

Deno.test("an operation whose input cannot be written down is refused by a runtime with a store, whole", async () => {
  const withFunction = defineJob("withFunction", { repeat: "unsent" });
  await using world = createWorld([], { store: createMemoryStore() });
  const input = { evaluate: () => true };
  assertThrows(() => world.runtime.start(withFunction(input as never)), TypeError, '"evaluate"');
  assertEquals([[...world.runtime.list()], world.fetch.requests], [[], []]);
  await using plain = createWorld([{ status: 200, json: 1 }]);
  assertEquals(
    endOf(await outcomeOf(plain, plain.runtime.start(withFunction(input as never)))),
    "succeeded",
  );
});
