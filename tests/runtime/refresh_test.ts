import { assertEquals, assertMatch } from "@std/assert";
import type { RefreshableFetch } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, endOf, errorOf, outcomeOf, PENDING } from "./_world.ts";

const DENIED: ScriptedResponse = { status: 401 };

/** A world whose fetch knows how to renew its credentials. */
function createRefreshingWorld(
  responses: readonly ScriptedResponse[],
  refresh: NonNullable<RefreshableFetch["refresh"]>,
) {
  const refreshed: string[] = [];
  const world = createWorld(responses, {
    retry: { attempts: 2, baseMs: 100 },
    requestTimeoutMs: 5_000,
    around: (fetch) =>
      Object.assign<typeof globalThis.fetch, RefreshableFetch>(
        (input, init) => fetch(input, init),
        {
          refresh: (url: string, options) => {
            refreshed.push(url);
            return refresh(url, options);
          },
        } as RefreshableFetch,
      ),
  });
  return Object.assign(world, { refreshed });
}

const renewed = () => Promise.resolve(true);

Deno.test("after a 401 the credentials are renewed and the request is sent again, whatever it is", async () => {
  for (const policy of Object.values(jobs)) {
    await using world = createRefreshingWorld([DENIED, ACCEPTED, DENIED, PENDING, DONE], renewed);
    const outcome = await outcomeOf(world, world.runtime.start(policy()));
    assertEquals([endOf(outcome), outcome.polls], ["succeeded", 2]);
    assertEquals(world.refreshed, ["https://jobs.example/jobs", "https://jobs.example/jobs/1"]);
    assertEquals(world.times(), [0, 0, 1_000, 1_000, 2_000]);
  }
});

Deno.test("credentials are renewed twice for one request, and the third 401 is final", async () => {
  await using world = createRefreshingWorld([DENIED, DENIED, DENIED], renewed);
  const outcome = await outcomeOf(world, world.runtime.start(jobs.unsent()));
  assertEquals([endOf(outcome), errorOf(outcome).lastReply?.status], ["request-rejected", 401]);
  assertEquals([world.refreshed.length, world.fetch.requests.length], [2, 3]);
});

Deno.test("a 401 takes nothing from the attempts", async () => {
  const answers = [DENIED, { refuse: true }, DENIED, ACCEPTED, DONE];
  await using world = createRefreshingWorld(answers, renewed);
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(jobs.unsent()))), "succeeded");
});

Deno.test("where there are no new credentials, or no way to them, the first 401 is final", async () => {
  await using world = createRefreshingWorld([DENIED], () => Promise.resolve(false));
  assertEquals(
    endOf(await outcomeOf(world, world.runtime.start(jobs.unsent()))),
    "request-rejected",
  );
  assertEquals(world.clock.timers, 0);
  await using plain = createWorld([DENIED]);
  assertEquals(
    endOf(await outcomeOf(plain, plain.runtime.start(jobs.unsent()))),
    "request-rejected",
  );
});

// deno-lint-ignore no-explicit-any -- whatever somebody's wrapper may do
const failures: [what: string, refresh: () => any, reason: RegExp][] = [
  ["rejects", () => Promise.reject(new Error("vault is sealed")), /vault is sealed/],
  ["throws", () => {
    throw new Error("vault is sealed");
  }, /vault is sealed/],
  ["never answers", () => new Promise(() => {}), /no answer within 5 s/],
];

for (const [what, refresh, reason] of failures) {
  Deno.test(`a renewal that ${what} ends as transport, and the operation can go on`, async () => {
    await using world = createRefreshingWorld([DENIED, ACCEPTED, DONE], refresh);
    const error = errorOf(await outcomeOf(world, world.runtime.start(jobs.unsent())));
    assertEquals([error.code, world.clock.timers], ["transport", 0]);
    assertMatch(error.message, reason);
    await using well = createWorld([ACCEPTED, DONE]);
    const again = well.runtime.restore(error.token!);
    assertEquals(endOf(await outcomeOf(well, again)), "succeeded");
  });
}

Deno.test("a renewal that fails once is tried again, and nothing is sent before", async () => {
  for (const [what, refresh] of failures) {
    let asked = 0;
    await using world = createRefreshingWorld(
      [DENIED, ACCEPTED, DONE],
      () => ++asked === 1 ? refresh() : Promise.resolve(true),
    );
    const outcome = await outcomeOf(world, world.runtime.start(jobs.unsent()));
    assertEquals([what, endOf(outcome), asked], [what, "succeeded", 2]);
    assertEquals([world.fetch.requests.length, world.clock.timers], [3, 0]);
  }
});

Deno.test("a renewal of which nobody needs the end any more is told so", async () => {
  const signals: (AbortSignal | undefined)[] = [];
  await using world = createRefreshingWorld([DENIED], (_url, options) => {
    signals.push(options?.signal);
    return new Promise(() => {});
  });
  await outcomeOf(world, world.runtime.start(jobs.unsent()));
  assertEquals(signals.map((signal) => signal?.reason?.name), ["TimeoutError", "TimeoutError"]);
});

Deno.test("a renewal that yields no promise counts as what it yields", async () => {
  await using world = createRefreshingWorld([DENIED, ACCEPTED, DONE], () => true as never);
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(jobs.unsent()))), "succeeded");
});

Deno.test("a renewal that comes after its request was given up sends nothing", async () => {
  let finish = (_: boolean): void => {};
  await using world = createRefreshingWorld(
    [DENIED],
    () => new Promise((resolve) => finish = resolve),
  );
  const controller = new AbortController();
  const result = world.runtime.start(jobs.unsent(), { signal: controller.signal }).result();
  await world.clock.advance(0);
  assertEquals(world.refreshed.length, 1);
  controller.abort("enough");
  assertEquals(await result.catch((reason) => reason), "enough");
  finish(true);
  await world.clock.advance(60_000);
  assertEquals([world.fetch.requests.length, world.clock.timers], [1, 0]);
});
