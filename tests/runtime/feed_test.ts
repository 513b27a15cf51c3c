/** One list request for many waiters: who asks, when, and what is told to whom. */
import { assert, assertEquals } from "@std/assert";
import { createRuntime, exponential, type OperationHandle, type Runtime } from "@lro/machines";
import { createVirtualClock, type VirtualClock } from "@lro/machines/testing";
import { createNews, firstNews, type News, type NewsOptions } from "./_news.ts";
import { endOf, errorOf } from "./_world.ts";

const START = 1_700_000_000_000;

interface Room {
  readonly clock: VirtualClock;
  readonly news: News;
  readonly runtime: Runtime;
  readonly reported: unknown[];
  /** Plans news at a time from the start. */
  post(
    topic: string,
    atMs: number,
    life?: { lastsMs?: number; lateMs?: number; goneMs?: number },
  ): void;
  start(topic: string, isArmed?: boolean): OperationHandle<number>;
  /** The requests since the last call: their kinds. */
  asked(): string[];
}

/** A room full of waiters; nothing may be left in it. */
async function inRoom(
  act: (room: Room) => Promise<void>,
  options: NewsOptions & {
    /** Something around the server. */
    readonly around?: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch;
  } = {},
): Promise<void> {
  const clock = createVirtualClock({ startMs: START });
  const news = createNews(clock, options);
  const reported: unknown[] = [];
  const runtime = createRuntime({
    clock,
    fetch: options.around?.(news.fetch) ?? news.fetch,
    random: () => 0.5,
    onError: (error) => void reported.push(error),
  });
  let seen = 0;
  await act({
    clock,
    news,
    runtime,
    reported,
    post: (topic, atMs, { lastsMs = 0, lateMs = 0, goneMs } = {}) => {
      const visibleAt = START + atMs + lateMs;
      const goneAt = goneMs === undefined ? {} : { goneAt: visibleAt + goneMs };
      news.plan({ topic, at: START + atMs, visibleAt, endsAt: visibleAt + lastsMs, ...goneAt });
    },
    start: (topic, isArmed = false) => runtime.start(firstNews({ topic, isArmed })),
    asked: () => news.log.slice(seen, seen = news.log.length).map(({ kind }) => kind),
  });
  for (const handle of runtime.list()) handle.send({ type: "cancel" });
  assertEquals(clock.timers, 0, "timers are left");
  const { length } = news.log;
  await clock.advance(60_000);
  assertEquals(news.log.length, length, "requests come after the end");
  await runtime.dispose();
}

Deno.test("one waiter alone asks for itself, as if there were no feed", async () => {
  await inRoom(async ({ clock, post, start, news }) => {
    post("a", 12_000, { lastsMs: 4_000 });
    assertEquals(await clock.runUntil(start("a").result()), 1);
    assertEquals(news.log.map(({ atMs, kind }) => `${atMs} ${kind}`), [
      "0 own", // the baseline
      "0 own",
      "5000 own",
      "10000 own",
      "15000 own",
      "15000 item",
      "20000 item",
    ]);
  });
});

Deno.test("many waiters share one list request an interval", async () => {
  await inRoom(async ({ clock, start, post, asked }) => {
    for (let index = 0; index < 100; index++) post(`t${index}`, 31_000, { lastsMs: 5_000 });
    const handles = Array.from({ length: 100 }, (_, index) => start(`t${index}`));
    await clock.advance(10_000);
    asked();
    await clock.advance(20_000);
    assertEquals(asked(), ["all", "all", "all", "all"]);
    const ids = await clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
    assertEquals(ids, Array.from({ length: 100 }, (_, index) => index + 1));
    assertEquals(asked(), ["all", "all"]); // it appears, and it has ended
  });
});

Deno.test("what appears in a look is not asked for again to see how it is", async () => {
  await inRoom(async ({ clock, start, post, asked }) => {
    post("a", 17_000);
    const handles = [start("a"), start("a")];
    await clock.advance(16_000);
    asked();
    await clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
    assertEquals(asked(), ["all"]);
  });
});

Deno.test("a baseline is never older than the waiter, though a look is under way", async () => {
  await inRoom(async ({ clock, start, post }) => {
    post("a", 1_000); // after the first look's answer was made, before it arrived
    post("a", 9_000);
    const others = [start("b"), start("b")];
    await clock.advance(1_100);
    const late = start("a");
    assertEquals(await clock.runUntil(late.result()), 2);
    for (const other of others) other.send({ type: "cancel" });
  }, { latencyMs: () => 900 });
});

Deno.test("who begins to wait while a look is under way is not forgotten", async () => {
  // The look is slow; meanwhile the first one's own request is answered, and nobody else waits.
  await inRoom(async ({ clock, start, post, news }) => {
    post("a", 8_000);
    const first = start("a");
    await clock.advance(100);
    const second = start("b", true);
    assertEquals(await clock.runUntil(first.result()), 1);
    assert(news.count("all") > 0);
    assert(clock.now() < START + 20_000);
    second.send({ type: "cancel" });
  }, {
    latencyMs: (() => {
      const latencies = [50, 50, 3_000];
      return () => latencies.shift() ?? 0;
    })(),
  });
});

Deno.test("one waiter's end may stop the others in the middle of the telling", async () => {
  await inRoom(async ({ clock, start, post, reported }) => {
    post("a", 6_000);
    const handles = [start("a"), start("a"), start("a")];
    for (const handle of handles) {
      handle.subscribe({
        complete: () => handles.forEach((each) => each.send({ type: "cancel" })),
      });
    }
    const outcomes = await clock.runUntil(Promise.all(handles.map((each) => each.outcome())));
    assertEquals(outcomes.map(endOf).sort(), [
      "operation-canceled",
      "operation-canceled",
      "succeeded",
    ]);
    assertEquals(reported, []);
  });
});

Deno.test("one waiter's end may begin another one in the middle of the telling", async () => {
  await inRoom(async ({ clock, start, post }) => {
    post("a", 6_000);
    post("a", 21_000);
    const handles = [start("a"), start("a")];
    let next: OperationHandle<number> | undefined;
    handles[0]!.subscribe({ complete: () => next = start("a") });
    await clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
    assertEquals(await clock.runUntil(next!.result()), 2);
  });
});

Deno.test("the last one left asks for itself, and shares again with the next who comes", async () => {
  await inRoom(async ({ clock, start, post, asked }) => {
    post("a", 61_000);
    const first = start("a");
    const second = start("b");
    await clock.advance(11_000);
    second.send({ type: "cancel" });
    asked();
    await clock.advance(20_000);
    assertEquals(new Set(asked()), new Set(["own"]));
    const third = start("c");
    await clock.advance(10_000);
    asked();
    await clock.advance(10_000);
    assertEquals(asked(), ["all", "all"]);
    third.send({ type: "cancel" });
    assertEquals(await clock.runUntil(first.result()), 1);
  });
});

Deno.test("as long as everybody is armed nothing is asked", async () => {
  await inRoom(async ({ clock, start, post, asked }) => {
    post("a", 3_600_500);
    const handles = [start("a", true), start("a", true), start("b", true)];
    await clock.advance(1_000);
    asked();
    await clock.advance(500_000);
    assertEquals(asked(), []);
    for (const handle of handles) handle.send({ type: "cancel" });
  });
});

Deno.test("what vanishes is noticed, whoever follows it", async () => {
  await inRoom(async ({ clock, start, post }) => {
    post("a", 6_000, { lastsMs: 1_000_000, goneMs: 20_000 });
    const handles = [start("a"), start("a")];
    for (const handle of handles) {
      assertEquals(endOf(await clock.runUntil(handle.outcome())), "operation-expired");
    }
    assertEquals(clock.now(), START + 30_000);
  });
});

Deno.test("a list that is refused does not look like an entry that is gone", async () => {
  let status: number | undefined;
  await inRoom(async ({ clock, start, post }) => {
    post("a", 6_000, { lastsMs: 1_000_000 });
    const handles = [start("a"), start("a")];
    await clock.advance(12_000);
    status = 404;
    for (const handle of handles) {
      const error = errorOf(await clock.runUntil(handle.outcome()));
      assertEquals(error.code, "transport");
      assertEquals(error.lastReply?.status, 404);
    }
  }, { failure: () => status });
});

Deno.test("a list that cannot be read is everybody's end, and nobody else's", async () => {
  let isBroken = false;
  await inRoom(async ({ clock, start, reported }) => {
    const handles = [start("a"), start("b"), start("c")];
    const armed = start("d", true);
    await clock.advance(17_000);
    isBroken = true;
    for (const handle of handles) {
      assertEquals(endOf(await clock.runUntil(handle.outcome())), "transport");
    }
    assertEquals([armed.snapshot.status, reported], ["active", []]);
  }, {
    around: (fetch) => (input, init) =>
      isBroken ? Promise.resolve(Response.json(7)) : fetch(input, init),
  });
});

Deno.test("entries that become visible late, after greater ones, are seen", async () => {
  await inRoom(async ({ clock, start, post }) => {
    post("late", 9_000, { lateMs: 7_000 });
    for (let at = 9_100; at < 30_000; at += 1_000) post("other", at);
    const handles = [start("late"), start("late"), start("never")];
    const ids = Promise.all(handles.slice(0, 2).map((handle) => handle.result()));
    assertEquals(await clock.runUntil(ids), [1, 1]);
    assert(clock.now() <= START + 25_000);
  });
});

Deno.test("an entry that comes late is seen by who was restored, though the feed is a new one", async () => {
  await inRoom(async ({ clock, start, post, runtime }) => {
    post("a", 6_001, { lateMs: 3_000 });
    post("b", 6_002);
    const tokens = await Promise.all(["c", "a", "a"].map(async (topic) => {
      const handle = start(topic);
      await handle.reached("polling");
      const token = JSON.stringify(handle.token());
      handle.send({ type: "cancel" });
      return token;
    }));
    await clock.advance(7_000);
    const [, ...restored] = tokens.map((token) => runtime.restore<number>(token));
    const ids = await clock.runUntil(Promise.all(restored.map((handle) => handle.result())));
    assertEquals(ids, [1, 1]);
  });
});

Deno.test("what is settled is not asked for again, however long nothing came before it", async () => {
  await inRoom(async ({ clock, start, post, news }) => {
    for (let at = 60_000; at < 120_000; at += 1_000) post("other", at);
    start("a");
    start("b");
    await clock.advance(120_000);
    const afters = news.log.flatMap(({ after }) => after === undefined ? [] : [after]);
    assert(afters.at(-1)! >= 35, afters.join());
    assertEquals(afters, afters.toSorted((a, b) => a - b));
  });
});

Deno.test("what comes between the look at the position and the first look at the list is seen", async () => {
  await inRoom(async ({ clock, start, post }) => {
    post("a", 20);
    const handles = [start("b"), start("a")]; // a look at the position is made for the second
    assertEquals(await clock.runUntil(handles[1]!.result()), 1);
  }, { latencyMs: () => 15 });
});

Deno.test("everybody is told within one list of many pages", async () => {
  await inRoom(async ({ clock, start, post, news }) => {
    for (let index = 0; index < 50; index++) post(`t${index}`, 16_000 + index);
    const handles = Array.from({ length: 50 }, (_, index) => start(`t${index}`));
    const ids = await clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
    assertEquals(ids, Array.from({ length: 50 }, (_, index) => index + 1));
    const { atMs } = news.log.find(({ after = 0 }) => after > 0)!; // the first that has pages
    const pages = news.log.filter((request) => request.atMs >= atMs).slice(0, 17);
    assertEquals(pages.map(({ after }) => after), Array.from({ length: 17 }, (_, n) => 3 * n));
  }, { pageSize: 3 });
});

Deno.test("who reaches back more than 20 pages asks for itself; the others share the end", async () => {
  await inRoom(async ({ clock, start, post, news, asked }) => {
    post("old", 6_000, { lastsMs: 400_000 });
    for (let at = 7_000; at < 300_000; at += 1_000) post("other", at);
    post("new", 301_000, { lastsMs: 1_000 });
    const old = [start("old"), start("old")];
    const recent = start("new");
    assertEquals(await clock.runUntil(recent.result()), 295);
    assertEquals(new Set(asked()), new Set(["own", "newest", "all", "item"]));
    const { length } = news.log;
    await clock.advance(20_000);
    const since = news.log.slice(length);
    assert(since.every(({ kind }) => kind === "item"), "nobody is left who shares");
    for (const handle of old) assertEquals(await clock.runUntil(handle.result()), 1);
  }, { pageSize: 3 });
});

Deno.test("a burst of more than 20 pages within one interval is read whole", async () => {
  await inRoom(async ({ clock, start, post, asked }) => {
    for (let index = 0; index < 100; index++) post("other", 26_000 + index);
    post("first", 25_999);
    const handles = [start("first"), start("first")];
    await clock.advance(25_100);
    asked();
    const ids = await clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
    assertEquals(ids, [1, 1]);
    assert(asked().every((kind) => kind === "all"), "nobody asks for itself");
  }, { pageSize: 3 });
});

Deno.test("looks on demand are spread over time, and the first few are not", async () => {
  await inRoom(async ({ clock, start, asked }) => {
    const handles: OperationHandle<number>[] = [];
    for (let index = 0; index < 1_000; index++) {
      handles.push(start(`t${index}`, true));
      await clock.advance(5);
    }
    assert(
      handles.every((handle) => JSON.stringify(handle.snapshot.value).includes("armed")) === false,
    );
    await clock.advance(1_000);
    assert(handles.every((handle) => JSON.stringify(handle.snapshot.value).includes("armed")));
    const looks = asked().length; // in six seconds, one for every 100 ms and five at once
    assert(looks <= 66 && looks >= 30, String(looks));
  });
});

Deno.test("a token goes on where it was: what came in between is seen", async () => {
  await inRoom(async ({ clock, start, post, runtime, news }) => {
    post("a", 12_000);
    const [first, second] = [start("a"), start("a")];
    await clock.advance(11_000);
    const tokens = [first, second].map((handle) => JSON.stringify(handle!.token()));
    for (const handle of [first, second]) handle!.send({ type: "cancel" });
    await clock.advance(30_000);
    const { length } = news.log;
    const restored = tokens.map((token) => runtime.restore<number>(token));
    const ids = await clock.runUntil(Promise.all(restored.map((handle) => handle.result())));
    assertEquals(ids, [1, 1]);
    assert(news.log.length - length <= 4);
  });
});

Deno.test("a waiter with a schedule of its own keeps it, and shares looks all the same", async () => {
  await inRoom(async ({ clock, runtime, start, asked }) => {
    const schedule = exponential({ initialMs: 1_000, factor: 2, maxMs: 60_000 });
    const handle = runtime.start(firstNews({ topic: "a" }), { schedule });
    const other = start("b", true);
    await clock.advance(100);
    asked();
    await clock.advance(63_000); // due at 1, 3, 7, 15, 31 and 63 s
    assertEquals(asked().length, 6);
    for (const each of [handle, other]) each.send({ type: "cancel" });
  });
});

Deno.test("Retry-After of the list puts the next look off", async () => {
  await inRoom(async ({ clock, start, news }) => {
    const handles = [start("a"), start("b")];
    await clock.advance(41_000);
    const looks = news.log.filter(({ kind }) => kind === "all").map(({ atMs }) => atMs);
    assertEquals(looks, [0, 20_000, 40_000]);
    for (const handle of handles) handle.send({ type: "cancel" });
  }, {
    around: (fetch) => async (input, init) => {
      const response = await fetch(input, init);
      if (String(input).includes("after=")) response.headers.set("retry-after", "20");
      return response;
    },
  });
});

Deno.test("a look that nobody waits for any more is given up", async () => {
  await inRoom(async ({ clock, start, news }) => {
    const handles = [start("a"), start("b")];
    await clock.advance(10);
    assertEquals(news.log.length, 2);
    for (const handle of handles) handle.send({ type: "cancel" });
    assertEquals(clock.timers, 0);
  }, { latencyMs: () => 60_000 });
});

Deno.test("accounts do not share", async () => {
  await inRoom(async ({ clock, runtime, asked }) => {
    const handles = ["x", "y"].map((account) => runtime.start(firstNews({ topic: "a", account })));
    await clock.advance(20_000);
    assert(asked().every((kind) => kind === "own"));
    for (const handle of handles) handle.send({ type: "cancel" });
  });
});
