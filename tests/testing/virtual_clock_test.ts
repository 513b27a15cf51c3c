import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { createVirtualClock } from "@lro/machines/testing";
import { turns } from "./_turns.ts";

Deno.test("advance() fires timers one by one, in order of time and then of creation", async () => {
  const clock = createVirtualClock({ startMs: 1_000 });
  const fired: [string, number][] = [];
  const note = (name: string) => () => fired.push([name, clock.now()]);
  clock.setTimeout(note("c"), 30);
  clock.setTimeout(note("a"), 10);
  clock.setTimeout(note("b"), 10);
  clock.setTimeout(note("later"), 31);

  await clock.advance(30);

  assertEquals(fired, [["a", 1_010], ["b", 1_010], ["c", 1_030]]);
  assertEquals(clock.now(), 1_030);
  assertEquals(clock.timers, 1);
});

Deno.test("advance() ends exactly where it was told to, whether anything fires or not", async () => {
  const clock = createVirtualClock();
  await clock.advance(7);
  assertEquals(clock.now(), 7);
  clock.setTimeout(() => {}, 2.5);
  await clock.advance(3);
  assertEquals(clock.now(), 10);
  await clock.advanceTo(25);
  assertEquals(clock.now(), 25);
});

Deno.test("advance() fires timers that were armed on the way, if they are due in time", async () => {
  const clock = createVirtualClock();
  const fired: number[] = [];
  const again = () => {
    fired.push(clock.now());
    clock.setTimeout(again, 10);
  };
  clock.setTimeout(again, 10);

  await clock.advance(35);

  assertEquals(fired, [10, 20, 30]);
});

Deno.test("advance() keeps the order of any number of timers, some of them cleared", async () => {
  const clock = createVirtualClock();
  const fired: [number, number][] = [];
  const expected: [number, number][] = [];
  const ids: unknown[] = [];
  let seed = 1;
  for (let index = 0; index < 3_000; index++) {
    seed = (seed * 48_271) % 2_147_483_647;
    const dueMs = seed % 100;
    ids.push(clock.setTimeout(() => fired.push([clock.now(), index]), dueMs));
    if (index % 3 === 0) expected.push([dueMs, index]);
  }
  ids.forEach((id, index) => index % 3 === 0 || clock.clearTimeout(id));
  assertEquals(clock.timers, 1_000);

  await clock.advance(1_000);

  assertEquals(fired, expected.sort((a, b) => a[0] - b[0]));
});

Deno.test("clearTimeout() forgets a timer, also one that is due together with another", async () => {
  const clock = createVirtualClock();
  const fired: string[] = [];
  clock.setTimeout(() => {
    fired.push("first");
    clock.clearTimeout(second);
  }, 5);
  const second = clock.setTimeout(() => fired.push("second"), 5);
  clock.clearTimeout("not a timer");
  clock.clearTimeout(undefined);

  await clock.runAll();
  clock.clearTimeout(second);

  assertEquals(fired, ["first"]);
  assertEquals(clock.timers, 0);
});

Deno.test("clearTimeout() leaves the timers of other clocks alone", () => {
  const clock = createVirtualClock();
  const other = createVirtualClock();
  const id = clock.setTimeout(() => {}, 1);
  other.clearTimeout(id);
  assertEquals(clock.timers, 1);
});

Deno.test("the clock's methods can be used unbound", async () => {
  const { setTimeout, clearTimeout, now, runAll } = createVirtualClock();
  clearTimeout(setTimeout(() => {}, 1));
  const fired: number[] = [];
  setTimeout(() => fired.push(now()), 2);
  await runAll();
  assertEquals(fired, [2]);
});

Deno.test("time does not move past code that still reads an in-memory body", async () => {
  const clock = createVirtualClock();
  const stub = () => Promise.resolve(new Response(JSON.stringify({ pad: "x".repeat(100_000) })));
  const polls: number[] = [];
  async function poll(): Promise<void> {
    const response = await stub();
    JSON.parse(await response.text());
    for (let index = 0; index < 20; index++) await undefined;
    polls.push(clock.now());
    clock.setTimeout(poll, 1);
  }
  clock.setTimeout(poll, 1);
  // A bystander in the next millisecond: if time moved early, a poll would be late.
  const bystand = () => void clock.setTimeout(bystand, 0.5);
  bystand();

  await clock.advance(500);

  assertEquals(polls, Array.from({ length: 500 }, (_, index) => index + 1));
});

Deno.test("time does not move past any way to read an in-memory body", async () => {
  const text = JSON.stringify({ some: "value" });
  const bytes = new TextEncoder().encode(text);
  const ways: Record<string, () => Promise<unknown>> = {
    text: () => new Response(text).text(),
    json: () => Response.json({ some: "value" }).json(),
    bytes: () => new Response(bytes).arrayBuffer(),
    blob: () => new Response(new Blob([text])).text(),
    request: () => new Request("http://localhost", { method: "POST", body: text }).text(),
    clone: () => {
      const response = new Response(text);
      return Promise.all([response.clone().text(), response.text()]);
    },
    stream: () => {
      const chunks = [bytes, bytes, bytes];
      return new Response(
        new ReadableStream({
          pull(controller) {
            const chunk = chunks.pop();
            if (chunk) controller.enqueue(chunk);
            else controller.close();
          },
        }),
      ).text();
    },
    decoded: async () => {
      const stream = new Response(text).body!.pipeThrough(
        new TextDecoderStream(),
      );
      for await (const _ of stream);
    },
    turns: async () => {
      await turns(1);
      await new Response(text).text();
      await turns(1);
    },
  };
  for (const [name, read] of Object.entries(ways)) {
    const clock = createVirtualClock();
    const times: number[] = [];
    clock.setTimeout(async () => {
      await read();
      times.push(clock.now());
      clock.setTimeout(() => times.push(clock.now()), 1);
    }, 1);
    clock.setTimeout(() => {}, 1.5);

    await clock.advance(10);

    assertEquals(times, [1, 2], name);
  }
});

Deno.test("advance() lets pending work arm its timers before time moves at all", async () => {
  const clock = createVirtualClock();
  const fired: number[] = [];
  (async () => {
    await new Response("{}").json();
    clock.setTimeout(() => fired.push(clock.now()), 10);
  })();

  await clock.advance(10);

  assertEquals(fired, [10]);
});

Deno.test("advance() passes on what a timer throws, and can go on after it", async () => {
  const clock = createVirtualClock();
  const fired: number[] = [];
  clock.setTimeout(() => {
    throw new Error("broken timer");
  }, 3);
  clock.setTimeout(() => fired.push(clock.now()), 4);

  await assertRejects(() => clock.advance(10), Error, "broken timer");
  assertEquals([clock.now(), clock.timers], [3, 1]);
  await clock.advance(1);
  assertEquals(fired, [4]);
});

Deno.test("advance() refuses to run twice at once", async () => {
  const clock = createVirtualClock();
  const first = clock.advance(10);
  await assertRejects(
    () => clock.advance(5),
    Error,
    "Cannot move the clock: it is moving already",
  );
  await first;
  assertEquals(clock.now(), 10);
});

Deno.test("runAll() fires timers until none is left", async () => {
  const clock = createVirtualClock();
  let left = 5;
  const again = () => {
    if (--left > 0) clock.setTimeout(again, 1_000);
  };
  clock.setTimeout(again, 1_000);

  await clock.runAll();

  assertEquals([left, clock.now(), clock.timers], [0, 5_000, 0]);
});

Deno.test("runAll() gives up on timers without an end", async () => {
  const clock = createVirtualClock();
  const again = () => void clock.setTimeout(again, 0);
  again();
  await assertRejects(
    () => clock.runAll({ maxFirings: 100 }),
    Error,
    "Cannot come to rest: 100 timers have fired and 1 are armed",
  );
});

Deno.test("runUntil() goes as far as the promise needs, and no further", async () => {
  const clock = createVirtualClock();
  const value = {};
  const promise = new Promise((resolve) => clock.setTimeout(() => resolve(value), 90));
  clock.setTimeout(() => {}, 10);
  clock.setTimeout(() => {}, 91);

  assertStrictEquals(await clock.runUntil(promise), value);

  assertEquals([clock.now(), clock.timers], [90, 1]);
});

Deno.test("runUntil() does not move time for a promise that is settled", async () => {
  const clock = createVirtualClock();
  clock.setTimeout(() => {}, 1);
  assertEquals(await clock.runUntil(Promise.resolve("now")), "now");
  assertEquals(
    await clock.runUntil(new Response("in memory").text()),
    "in memory",
  );
  assertEquals(clock.now(), 0);
});

Deno.test("runUntil() rejects as the promise does", async () => {
  const clock = createVirtualClock();
  const promise = new Promise((_, reject) => {
    clock.setTimeout(() => reject(new RangeError("no luck")), 5);
  });
  await assertRejects(() => clock.runUntil(promise), RangeError, "no luck");
});

Deno.test("runUntil() says so when nothing can settle the promise any more", async () => {
  const clock = createVirtualClock();
  clock.setTimeout(() => {}, 5);
  await assertRejects(
    () => clock.runUntil(new Promise(() => {})),
    Error,
    "Cannot go on: no timer is left and the promise is still pending",
  );
  assertEquals(clock.now(), 5);
});

Deno.test("runUntil() waits for work outside the event loop while no timer is armed", async () => {
  const clock = createVirtualClock();
  const promise = (async () => {
    await crypto.subtle.digest("SHA-256", new Uint8Array(1));
    await new Promise<void>((resolve) => clock.setTimeout(() => resolve(), 5));
    return await crypto.subtle.digest("SHA-256", new Uint8Array(1));
  })();
  assertEquals((await clock.runUntil(promise)).byteLength, 32);
  assertEquals(clock.now(), 5);
});

Deno.test("bad times are refused, with what was seen", async () => {
  const clock = createVirtualClock({ startMs: 100 });
  for (const bad of [-1, NaN, Infinity]) {
    const seen = `got ${bad}`;
    assertThrows(() => clock.setTimeout(() => {}, bad), RangeError, seen);
    assertThrows(() => createVirtualClock({ startMs: bad }), RangeError, seen);
    await assertRejects(() => clock.advance(bad), RangeError, seen);
    await assertRejects(() => clock.advanceTo(bad), RangeError, seen);
  }
  await assertRejects(
    () => clock.advanceTo(99),
    RangeError,
    "Cannot advance the clock: expected at least 100 ms, got 99",
  );
  assertEquals([clock.now(), clock.timers], [100, 0]);
});

Deno.test("100 000 timers at distinct times take no time in the square of their number", async () => {
  const clock = createVirtualClock();
  const count = 100_000;
  let fired = 0;
  for (let index = 0; index < count; index++) {
    clock.setTimeout(() => fired++, (index * 7_919) % count);
  }
  const startedAt = performance.now();
  await clock.runAll();
  assertEquals(fired, count);
  assert(performance.now() - startedAt < 300_000); // in square time it would be hours
});
