import { assertEquals } from "@std/assert";
import type { VirtualClock } from "@lro/machines/testing";
import { jobs } from "./_job.ts";
import { createWorld, endOf, outcomeOf, stateOf } from "./_world.ts";

/** A server that takes a second for each answer, and counts what it is asked and what is given up. */
function slowServer() {
  const seen: string[] = [];
  let aborted = 0;
  const around = (_fetch: unknown, clock: VirtualClock) =>
  (
    input: string | URL | Request,
    init?: RequestInit,
  ) => {
    seen.push(`${init!.method} ${input}`);
    return new Promise<Response>((resolve, reject) => {
      const timer = clock.setTimeout(() => resolve(Response.json(seen.length)), 1_000);
      init!.signal!.addEventListener("abort", () => {
        aborted++;
        clock.clearTimeout(timer);
        reject(init!.signal!.reason);
      });
    });
  };
  return { around, seen, aborted: () => aborted };
}

const get = (query?: string, headers?: Record<string, string>) => ({
  call: {
    method: "GET",
    url: `https://jobs.example/jobs${query ?? ""}`,
    ...(headers && { headers }),
  },
});

Deno.test("equal GETs in flight are one request, and everybody has its answer", async () => {
  const { around, seen } = slowServer();
  await using world = createWorld([], { around });
  const handles = [1, 2, 3].map(() => world.runtime.start(jobs.always(get())));
  const values = await world.clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
  assertEquals([values, seen.length], [[1, 1, 1], 1]);
  assertEquals(handles.map((handle) => handle.snapshot.requests), [1, 0, 0]);
});

Deno.test("a GET after the answer is a new one", async () => {
  const { around, seen } = slowServer();
  await using world = createWorld([], { around });
  for (const value of [1, 2]) {
    assertEquals(
      await world.clock.runUntil(world.runtime.start(jobs.always(get())).result()),
      value,
    );
  }
  assertEquals(seen.length, 2);
});

for (
  const [what, ...calls] of [
    ["URLs", get("?a=1"), get("?a=2")],
    ["headers", get("", { "x-a": "1" }), get("", { "x-a": "2" })],
    ["presence of headers", get(), get("", { "x-a": "2" })],
    ["methods", get(), { call: { ...get().call, method: "HEAD" } }],
    ["operations, where it is no GET", { call: { ...get().call, method: "PUT" } }, {
      call: { ...get().call, method: "PUT" },
    }],
  ] as const
) {
  Deno.test(`requests of different ${what} are not shared`, async () => {
    const { around, seen } = slowServer();
    await using world = createWorld([], { around });
    const handles = calls.map((call) => world.runtime.start(jobs.always(call)));
    await world.clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
    assertEquals(seen.length, 2);
  });
}

for (const leaver of [0, 1, 2]) {
  Deno.test(`who shares a request is not disturbed when number ${leaver} of three gives up`, async () => {
    const { around, seen, aborted } = slowServer();
    await using world = createWorld([], { around });
    const controllers = [0, 1, 2].map(() => new AbortController());
    const results = controllers.map(({ signal }) =>
      world.runtime.start(jobs.always(get()), { signal }).result().catch((reason) => reason)
    );
    await world.clock.advance(500);
    controllers[leaver]!.abort("enough");
    const expected = [0, 1, 2].map((i) => i === leaver ? "enough" : 1);
    assertEquals(await world.clock.runUntil(Promise.all(results)), expected);
    assertEquals([seen.length, aborted()], [1, 0]);
  });
}

Deno.test("a shared request is aborted when the last who wants it gives up", async () => {
  const { around, aborted } = slowServer();
  await using world = createWorld([], { around });
  const controllers = [0, 1].map(() => new AbortController());
  const results = controllers.map(({ signal }) =>
    world.runtime.start(jobs.always(get()), { signal }).result().catch((reason) => reason)
  );
  controllers[0]!.abort("one");
  assertEquals([aborted(), await stateOf(results[1]!)], [0, "pending"]);
  controllers[1]!.abort("two");
  assertEquals([aborted(), world.clock.timers], [1, 0]);
  assertEquals(await Promise.all(results), ["one", "two"]);
});

Deno.test("who comes after a shared request was given up makes a new one", async () => {
  const { around, seen } = slowServer();
  await using world = createWorld([], { around });
  const controller = new AbortController();
  const first = world.runtime.start(jobs.always(get()), { signal: controller.signal }).result();
  controller.abort("enough");
  await first.catch(() => {});
  assertEquals(await world.clock.runUntil(world.runtime.start(jobs.always(get())).result()), 2);
  assertEquals(seen.length, 2);
});

Deno.test("the deadline of one who shares a request ends only its own waiting", async () => {
  const { around, seen } = slowServer();
  await using world = createWorld([], { around });
  const hasty = world.runtime.start(jobs.always(get()), { deadlineMs: 300 });
  const patient = world.runtime.start(jobs.always(get()));
  assertEquals(endOf(await outcomeOf(world, hasty)), "deadline-exceeded");
  assertEquals(endOf(await outcomeOf(world, patient)), "succeeded");
  assertEquals(seen.length, 1);
});

Deno.test("a fault of a shared request is everybody's, and is retried once for all", async () => {
  await using world = createWorld([{ drop: true }, { status: 200, json: 1 }]);
  const handles = [1, 2, 3].map(() => world.runtime.start(jobs.always(get())));
  const ends = await world.clock.runUntil(Promise.all(handles.map((handle) => handle.outcome())));
  assertEquals(ends.map(endOf), Array(3).fill("succeeded"));
  assertEquals(world.fetch.requests.length, 2);
});

Deno.test("what one does on hearing the answer does not keep it from the others", async () => {
  const { around } = slowServer();
  await using world = createWorld([], { around });
  const [a, b, c] = [1, 2, 3].map(() => world.runtime.start(jobs.always(get())));
  a!.subscribe(() => void b!.cancel());
  b!.subscribe(() => {
    throw new Error("ouch");
  });
  const ends = await world.clock.runUntil(Promise.all([a!, b!, c!].map((each) => each.outcome())));
  assertEquals(ends.map(endOf), ["succeeded", "operation-canceled", "succeeded"]);
});
