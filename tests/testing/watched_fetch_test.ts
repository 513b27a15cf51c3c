import { assertEquals, assertRejects } from "@std/assert";
import {
  createElasticioEmulator,
  createVirtualClock,
  inProcessFetch,
  serveLoopback,
} from "@lro/machines/testing";
import { turns } from "./_turns.ts";

Deno.test("watch() lets no time pass while an answer is on its way over a socket", async () => {
  const clock = createVirtualClock();
  await using server = await serveLoopback(async () => {
    await turns(100);
    return new Response("answer");
  });
  const fetch = clock.watch(globalThis.fetch);
  const times: number[] = [];
  clock.setTimeout(async () => {
    const response = await fetch(server.url);
    await response.text();
    times.push(clock.now());
    clock.setTimeout(() => times.push(clock.now()), 1);
  }, 1);
  clock.setTimeout(() => {}, 1.5);

  await clock.runAll();

  assertEquals(times, [1, 2]);
});

Deno.test("watch() lets no time pass while a body is being read", async () => {
  const clock = createVirtualClock();
  const pieces = ["one ", "two ", "three"];
  const fetch = clock.watch(inProcessFetch(() =>
    new Response(
      new ReadableStream<Uint8Array>({
        async pull(controller) {
          await turns(100);
          const piece = pieces.shift();
          if (piece === undefined) controller.close();
          else controller.enqueue(new TextEncoder().encode(piece));
        },
      }),
    )
  ));
  clock.setTimeout(() => {}, 50);
  const read = fetch("http://localhost/").then((response) => response.text());

  assertEquals(await clock.runUntil(read), "one two three");
  assertEquals(clock.now(), 0);
});

Deno.test("watch() lets time pass while nobody reads the body", async () => {
  const clock = createVirtualClock();
  const fetch = clock.watch(inProcessFetch(() => new Response("unread")));
  const response = await fetch("http://localhost/");
  await clock.advance(10);
  assertEquals(await clock.runUntil(response.text()), "unread");
});

Deno.test("watch() passes the request and its answer on as they are", async () => {
  const clock = createVirtualClock();
  const fetch = clock.watch(inProcessFetch(async (request) =>
    new Response(
      [request.method, request.headers.get("x-mine"), await request.text()]
        .join(),
      { status: 201, statusText: "Made", headers: { "x-server": "yes" } },
    )
  ));
  for (
    const response of [
      await fetch("http://localhost/a", {
        method: "PUT",
        headers: { "x-mine": "1" },
        body: "body",
      }),
      await fetch(
        new Request("http://localhost/a", {
          method: "PUT",
          headers: { "x-mine": "1" },
          body: "body",
        }),
      ),
    ]
  ) {
    assertEquals(
      [
        response.status,
        response.statusText,
        response.url,
        response.headers.get("x-server"),
      ],
      [201, "Made", "http://localhost/a", "yes"],
    );
    assertEquals(await response.text(), "PUT,1,body");
  }
});

Deno.test("watch() lets time pass again after a failed request", async () => {
  const clock = createVirtualClock();
  const fetch = clock.watch(() => Promise.reject(new TypeError("no network")));
  await assertRejects(
    () => fetch("http://localhost/"),
    TypeError,
    "no network",
  );
  await clock.advance(10);
  assertEquals(clock.now(), 10);
});

Deno.test("letTimePass() lets a server in this process delay a watched answer", async () => {
  const clock = createVirtualClock();
  const emulator = createElasticioEmulator({
    clock,
    faults: [{ on: "poll", nth: 1, delayMs: 3_000 }],
  });
  await using server = await serveLoopback(emulator.handle);
  const fetch = clock.watch(globalThis.fetch);
  const times: number[] = [];
  for (const id of ["slow", "quick"]) {
    fetch(`${server.url}/v1/exec/poll/${id}`).then(async (response) => {
      await response.text();
      times.push(clock.now());
    });
    await clock.advance(0);
  }

  await clock.advance(10_000);

  assertEquals(times, [0, 3_000]);
});

Deno.test("a watched request that was given up holds nothing up, and neither does its server", async () => {
  const clock = createVirtualClock();
  const emulator = createElasticioEmulator({
    clock,
    faults: [{ on: "poll", nth: 1, delayMs: 60_000 }],
  });
  await using server = await serveLoopback(emulator.handle);
  const fetch = clock.watch(globalThis.fetch);
  const url = `${server.url}/v1/exec/poll/unknown`;
  const giveUp = new AbortController();
  clock.setTimeout(() => giveUp.abort(new Error("too slow")), 1_000);

  await assertRejects(
    () => clock.runUntil(fetch(url, { signal: giveUp.signal })),
    Error,
    "too slow",
  );
  const second = await clock.runUntil(fetch(url));

  assertEquals(second.status, 404);
  assertEquals(clock.now(), 1_000);
  await second.body?.cancel();
});
