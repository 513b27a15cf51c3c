import { assert, assertEquals } from "@std/assert";
import type { VirtualClock } from "@lro/machines/testing";
import { Limiter } from "../../src/runtime/http/limiter.ts";
import { defineJob, jobs } from "./_job.ts";
import { createWorld, endOf, type World } from "./_world.ts";

/** A server that takes 100 ms for each answer, and knows how many it has at once. */
function busyServer() {
  const log: string[] = [];
  const now = new Map<string, number>();
  let most = 0;
  const mostOf = new Map<string, number>();
  const around = (_fetch: unknown, clock: VirtualClock) =>
  (
    input: string | URL | Request,
    init?: RequestInit,
  ) => {
    const { host } = new URL(String(input));
    log.push(host);
    now.set(host, (now.get(host) ?? 0) + 1);
    most = Math.max(most, [...now.values()].reduce((a, b) => a + b));
    mostOf.set(host, Math.max(mostOf.get(host) ?? 0, now.get(host)!));
    return new Promise<Response>((resolve, reject) => {
      const leave = () => now.set(host, now.get(host)! - 1);
      const timer = clock.setTimeout(() => {
        leave();
        resolve(Response.json(1));
      }, 100);
      init!.signal!.addEventListener("abort", () => {
        leave();
        clock.clearTimeout(timer);
        reject(init!.signal!.reason);
      });
    });
  };
  return { around, log, mostOf, most: () => most };
}

function startMany(world: World, count: number, host: string) {
  const call = { method: "POST", url: `https://${host}/` };
  return Array.from({ length: count }, () => world.runtime.start(jobs.unsent({ call })));
}

Deno.test("no more requests than maxConcurrentRequests are under way at once, and all are served", async () => {
  const { around, log, most } = busyServer();
  await using world = createWorld([], { around, maxConcurrentRequests: 3 });
  const handles = ["a", "b", "c", "d"].flatMap((host) => startMany(world, 5, host));
  await world.clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
  assertEquals([most(), log.length], [3, 20]);
});

Deno.test("no more requests than the limit of an origin are under way to it, and others pass by", async () => {
  const { around, mostOf, most } = busyServer();
  await using world = createWorld([], { around, maxConcurrentRequestsPerOrigin: 2 });
  const handles = [...startMany(world, 9, "a"), ...startMany(world, 2, "b")];
  await world.clock.advance(100);
  assertEquals(handles.slice(9).map((handle) => handle.snapshot.status), ["done", "done"]);
  await world.clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
  assertEquals([[...mostOf], most()], [[["a", 2], ["b", 2]], 4]);
});

Deno.test("who waits for a place is served in order, origins in turn", async () => {
  const { around, log } = busyServer();
  await using world = createWorld([], { around, maxConcurrentRequests: 1 });
  const order: number[] = [];
  const handles = [
    ...startMany(world, 6, "a"),
    ...startMany(world, 2, "b"),
    ...startMany(world, 1, "c"),
  ];
  handles.forEach((handle, i) => void handle.result().then(() => order.push(i)));
  await world.clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
  assertEquals(log.join(""), "aabcabaaa");
  assertEquals(order, [0, 1, 6, 8, 2, 7, 3, 4, 5]);
});

Deno.test("who gives up in the queue is never sent, and keeps nobody waiting", async () => {
  const { around, log } = busyServer();
  await using world = createWorld([], { around, maxConcurrentRequests: 1 });
  const controller = new AbortController();
  const call = { method: "POST", url: "https://a/" };
  const [first] = startMany(world, 1, "a");
  const leavers = Array.from(
    { length: 3_000 },
    () => world.runtime.start(jobs.unsent({ call }), { signal: controller.signal }),
  );
  const [last] = startMany(world, 1, "a");
  const results = leavers.map((handle) => handle.result().catch((reason) => reason));
  controller.abort("enough");
  assertEquals(new Set(await Promise.all(results)), new Set(["enough"]));
  await world.clock.runUntil(Promise.all([first!.result(), last!.result()]));
  assertEquals([log.length, world.clock.timers], [2, 0]);
});

Deno.test("an attempt's time runs from when it is sent, not from when it is queued", async () => {
  const { around } = busyServer();
  await using world = createWorld([], {
    around,
    maxConcurrentRequests: 1,
    requestTimeoutMs: 150,
    retry: false,
  });
  const handles = startMany(world, 10, "a");
  const ends = await world.clock.runUntil(Promise.all(handles.map((handle) => handle.outcome())));
  assertEquals(new Set(ends.map(endOf)), new Set(["succeeded"]));
});

Deno.test("a place is free while a request pauses before its next attempt", async () => {
  await using world = createWorld([{ status: 500 }, { status: 200, json: 1 }, {
    status: 200,
    json: 2,
  }], {
    maxConcurrentRequests: 1,
    retry: { attempts: 2, baseMs: 10_000 },
  });
  const [a] = [world.runtime.start(jobs.always())];
  const b = world.runtime.start(jobs.always());
  assertEquals(await world.clock.runUntil(b.result()), 1);
  assert(world.clock.now() - world.clock.startMs < 5_000);
  assertEquals(await world.clock.runUntil(a!.result()), 2);
});

Deno.test("places come back after faults, timeouts, refusals and aborts alike", async () => {
  const responses = [{ drop: true }, { hang: true }, { status: 500 }, { status: 404 }, {
    refuse: true,
  }];
  await using world = createWorld(responses, {
    maxConcurrentRequests: 1,
    retry: false,
    thenRepeat: { status: 200, json: "served" },
  });
  const controller = new AbortController();
  for (const _ of responses) {
    await world.clock.runUntil(world.runtime.start(jobs.always()).outcome());
  }
  const aborted = world.runtime.start(jobs.always(), { signal: controller.signal }).result();
  controller.abort("enough");
  await aborted.catch(() => {});
  assertEquals(await world.clock.runUntil(world.runtime.start(jobs.always()).result()), "served");
});

Deno.test("an origin that asks to be left alone is, by those in the queue too, however many they are", async () => {
  const held = defineJob("held", {
    repeat: "always",
    holdUntil: ({ headers }) => Number(headers["x-free-at"] ?? 0),
  });
  const startMs = 1_000_000;
  await using world = createWorld([
    { status: 200, json: 1, headers: { "x-free-at": String(startMs + 60_000) }, latencyMs: 10 },
  ], { startMs, thenRepeat: { status: 200, json: 1 }, maxConcurrentRequests: 1 });
  const handles = Array.from({ length: 2_000 }, () => world.runtime.start(held()));
  const done = Promise.all(handles.map((handle) => handle.result()));
  await world.clock.advance(59_999);
  assertEquals(world.fetch.requests.length, 1);
  await world.clock.runUntil(done);
  assertEquals(world.times().at(-1), 60_000);
  assertEquals(world.clock.timers, 0);
});

Deno.test("operations that go on at another origin take turns there, and nobody is left waiting", async () => {
  const location = "https://elsewhere.example/jobs/1";
  const accepted = { status: 202, headers: { location } };
  await using world = createWorld([accepted, accepted, accepted], {
    maxConcurrentRequests: 1,
    thenRepeat: { status: 200, json: { done: 1 }, latencyMs: 5 },
  });
  const handles = [1, 2, 3].map(() =>
    world.runtime.start(
      jobs.unsent({ call: { method: "POST", url: "https://jobs.example/jobs" } }),
    )
  );
  const values = await world.clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
  assertEquals(values, [1, 1, 1]);
  assertEquals(new Set(world.fetch.requests.slice(3).map(({ url }) => url)), new Set([location]));
});

Deno.test("an origin that is idle is forgotten, one in use or held is not", () => {
  const limiter = new Limiter({ maxRequests: 9, maxRequestsPerOrigin: 9 });
  const url = (index: number): string => `https://o${index}.example/x`;
  const used = limiter.origin(url(0));
  limiter.enter(used, { wantsPlace: true, admit: () => true }, 1_000);
  const held = limiter.origin(url(1));
  held.heldUntil = 5_000;
  const idle = limiter.origin(url(2));
  for (let index = 3; index < 2_000; index++) limiter.origin(url(index));
  const isKept = [used, held, idle].map((origin, index) => limiter.origin(url(index)) === origin);
  assertEquals(isKept, [true, true, false]);
});
