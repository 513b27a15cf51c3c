/** What the runtime makes of stores that fail, or take their time. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { OperationStore, ResumeToken } from "@lro/machines";
import { createMemoryStore } from "@lro/machines/store/memory";
import { createCloud, execution } from "../store/_place.ts";

/** A store some of whose writes fail or take their time. */
function createOddStore(save: (token: ResumeToken, store: OperationStore) => void | Promise<void>) {
  const store = createMemoryStore();
  return { ...store, save: (token: ResumeToken) => save(token, store) };
}

for (const how of ["rejects", "throws"]) {
  const fail = () => {
    const error = new Error("disk full");
    if (how === "throws") throw error;
    return Promise.reject(error);
  };

  Deno.test(`a store that ${how} before a start: nothing is sent, and the error says why`, async () => {
    const { clock, emulator, reported, open } = createCloud();
    await using runtime = open(createOddStore(fail));
    const outcome = await clock.runUntil(runtime.start(execution(), { id: "a" }).outcome());
    assert(outcome.kind === "failed");
    assertEquals([outcome.error.code, outcome.requests, emulator.log.length], ["transport", 0, 0]);
    assertMatch(
      outcome.error.message,
      /the store cannot be written, so nothing was sent: disk full/,
    );
    assert(reported.every((error) => String(error) === "Error: disk full"));
    assert("token" in outcome.error);
  });

  Deno.test(`a store that ${how} at the end: it is reported, and the outcome is told all the same`, async () => {
    const { clock, reported, open } = createCloud();
    const store = createOddStore((token, store) => token.outcome ? fail() : store.save(token));
    await using runtime = open(store);
    const handle = runtime.start(execution());
    assertEquals(await clock.runUntil(handle.result()), { answer: 42 });
    assertEquals(reported.map(String), ["Error: disk full"]);
  });

  Deno.test(`a store that ${how} in between is reported, and keeps nobody waiting`, async () => {
    const { clock, reported, open } = createCloud();
    const store = createOddStore((token, store) =>
      token.value !== "succeeded" && "pollUrl" in token.memory && !token.uncertain
        ? fail()
        : store.save(token)
    );
    await using runtime = open(store);
    assertEquals(await clock.runUntil(runtime.start(execution()).result()), { answer: 42 });
    assert(reported.length > 0);
  });
}

Deno.test("a store that is slow delays what must be written first, and nothing else", async () => {
  const { clock, emulator, open } = createCloud();
  const saved: string[] = [];
  const store = createOddStore((token) =>
    new Promise((resolve) =>
      void clock.setTimeout(() => {
        saved.push(JSON.stringify(token.value));
        resolve();
      }, 200)
    )
  );
  await using runtime = open(store, { store });
  const handle = runtime.start(execution());
  const value = await clock.runUntil(handle.result());
  assertEquals(value, { answer: 42 });
  const times = Object.fromEntries(emulator.log.map(({ kind, atMs }) => [kind, atMs]));
  // Two writes before the start; the poll waits for none; one or two before the result.
  assertEquals(times["schedule"], 400);
  assert(times["result"]! - times["poll"]! >= 200 && times["result"]! - times["poll"]! <= 600);
  assertEquals(saved.at(-1), '"succeeded"');
  assertEquals(handle.snapshot.outcome?.polls, emulator.count("poll"));
});

Deno.test("tokens of one operation are written in the order of its life, however long each takes", async () => {
  const { clock, open } = createCloud();
  const started: number[] = [];
  const order: string[] = [];
  let running = 0;
  const store = createOddStore((token) => {
    assertEquals(++running, 1, "two writes at once");
    started.push(started.length);
    return new Promise((resolve) =>
      void clock.setTimeout(() => {
        running--;
        order.push(`${JSON.stringify(token.value)}${token.uncertain ? "?" : ""}`);
        resolve();
      }, started.length % 2 ? 300 : 10)
    );
  });
  await using runtime = open(store, { store });
  await clock.runUntil(runtime.start(execution()).result());
  assertEquals([order[0], order[1], order.at(-1)], [
    '{"initial":"scheduling"}',
    '{"initial":"scheduling"}?',
    '"succeeded"',
  ]);
  assertEquals(order.indexOf('{"polling":"waiting"}') > 1, true);
});

Deno.test("an operation that was told how it ended stays in the store until somebody removes it", async () => {
  const { clock, open } = createCloud();
  const store = createMemoryStore();
  await using runtime = open(store);
  await clock.runUntil(runtime.start(execution(), { id: "a" }).result());
  const [token] = store.list();
  assertEquals(token?.outcome?.kind, "succeeded");
  assertEquals(await runtime.restore(token!).result(), { answer: 42 });
  store.remove("a");
  assertEquals(store.list(), []);
});
