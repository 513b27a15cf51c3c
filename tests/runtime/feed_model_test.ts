/**
 * Random histories against a plain oracle: whatever happens to the list and to
 * its waiters, the first new piece of news after the baseline decides, with no
 * loss and no double, and nothing is left behind.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createRuntime, isLroError, type Outcome, type Runtime } from "@lro/machines";
import { createVirtualClock, type VirtualClock } from "@lro/machines/testing";
import { createNews, firstNews, type News, type NewsPlan } from "./_news.ts";

const START = 1_700_000_000_000;
const DEADLINE_MS = 120_000;
const INTERVAL_MS = 5_000;

/** One waiter's life, in milliseconds from the start of the history. */
interface WaiterPlan {
  readonly topic: string;
  readonly startsAt: number;
  /** How long it stays armed before it looks; it looks at once where this is 0. */
  readonly armedMs: number;
  /** When something happens to it, and what. */
  readonly change?: {
    readonly afterMs: number;
    readonly kind: "abort" | "cancel" | "restore" | "poll";
  };
}

interface History {
  readonly news: readonly NewsPlan[];
  readonly waiters: readonly WaiterPlan[];
  readonly pageSize: number;
  readonly latencies: readonly number[];
  readonly failures: readonly (number | undefined)[];
}

const topics = fc.constantFrom("boot 1", "boot 2", "resize 1");
const time = (max: number) => fc.integer({ min: 0, max });

/** Once in about twenty times. */
const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 19, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

/** News from before and from during the history; some of it late, some endless, some vanishing. */
const someNews = (isLate: boolean): fc.Arbitrary<NewsPlan> =>
  fc.record({
    topic: topics,
    at: fc.oneof(fc.integer({ min: -30_000, max: -1 }), time(90_000)),
    lateMs: isLate ? fc.oneof(fc.constant(0), time(4_000)) : fc.constant(0),
    lastsMs: fc.option(fc.oneof(fc.constant(0), time(30_000)), { nil: undefined, freq: 8 }),
    fails: fc.boolean(),
    goneMs: rarely(time(60_000)),
  }).map(({ topic, at, lateMs, lastsMs, fails, goneMs }) => ({
    topic,
    at: START + at,
    visibleAt: START + at + lateMs,
    fails,
    ...(lastsMs !== undefined && { endsAt: START + at + lateMs + lastsMs }),
    ...(goneMs !== undefined && { goneAt: START + at + lateMs + goneMs }),
  }));

const someWaiter: fc.Arbitrary<WaiterPlan> = fc.record({
  topic: topics,
  startsAt: fc.oneof(fc.constant(0), time(60_000)),
  armedMs: fc.oneof(fc.constant(0), time(20_000)),
  change: fc.option(
    fc.record({
      afterMs: time(40_000),
      kind: fc.constantFrom("abort", "cancel", "restore", "poll"),
    }),
    { nil: undefined },
  ),
}).map(({ change, ...plan }) => change ? { ...plan, change } : plan);

/** A history; `isSmooth` without latency, failures and news that comes late. */
const someHistory = (isSmooth: boolean): fc.Arbitrary<History> =>
  fc.record({
    news: fc.array(someNews(!isSmooth), { maxLength: 90, size: "max" }),
    waiters: fc.array(someWaiter, { minLength: 1, maxLength: 12, size: "max" }),
    pageSize: isSmooth ? fc.constantFrom(1, 2, 3, 100) : fc.constantFrom(2, 10, 100),
    latencies: isSmooth
      ? fc.constant([0])
      : fc.array(fc.constantFrom(0, 0, 10, 100, 900), { minLength: 1 }),
    failures: isSmooth
      ? fc.constant([undefined])
      : fc.array(rarely(fc.constantFrom(503, 503, 503, 503, 500)), {
        minLength: 1,
        maxLength: 60,
        size: "max",
      }),
  });

/** What came of a waiter. */
interface Ended {
  readonly plan: WaiterPlan;
  readonly outcome: Outcome<number>;
  readonly endedAt: number;
  /** Before this the baseline cannot have been taken. */
  readonly baselineFrom: number;
  /** By this time it was. */
  readonly baselineTo: number;
  readonly deadlineAt: number;
}

async function live(plan: WaiterPlan, stage: Stage): Promise<Ended> {
  const { clock, runtime, other } = stage;
  await pause(clock, plan.startsAt);
  const baselineFrom = clock.now();
  const stopping = new AbortController();
  let handle = runtime.start(firstNews({ topic: plan.topic, isArmed: plan.armedMs > 0 }), {
    deadlineMs: DEADLINE_MS,
    signal: stopping.signal,
  });
  /** While it is stopped nobody may wait, for that would take it up again. */
  let stopped = Promise.resolve();
  const persist = async <T>(wait: () => Promise<T>): Promise<T | undefined> => {
    for (let stops = 0;; stops++) {
      const current = handle;
      try {
        return await wait();
      } catch (reason) {
        if (current.snapshot.status === "done") return undefined;
        if (stops > 1) throw reason; // it is stopped once, and told of once more at most
        await stopped;
      }
    }
  };
  const changing = (async () => {
    if (!plan.change) return;
    await pause(clock, plan.change.afterMs);
    switch (plan.change.kind) {
      case "cancel":
        return handle.send({ type: "cancel" });
      case "poll":
        return handle.send({ type: "pollNow" });
      case "abort":
        stopped = pause(clock, 7_000);
        return stopping.abort(new Error("enough"));
      case "restore": {
        if (handle.snapshot.status !== "active" || handle.snapshot.state !== "polling") return;
        const old = handle;
        handle = other.restore<number>(JSON.stringify(old.token()));
        old.send({ type: "cancel" });
      }
    }
  })();
  const first = handle;
  await persist(() => first.reached(plan.armedMs > 0 ? "armed" : "polling"));
  const baselineTo = clock.now();
  if (plan.armedMs > 0) {
    await pause(clock, plan.armedMs);
    await stopped;
    if (handle.snapshot.status !== "done") handle.send({ type: "look" });
  }
  await changing;
  const outcome = (await persist(() => handle.outcome()))!;
  await stopped;
  const deadlineAt = baselineFrom + DEADLINE_MS;
  const endedAt = baselineFrom + outcome.elapsedMs;
  return { plan, outcome, endedAt, baselineFrom, baselineTo, deadlineAt };
}

/** Where all of it happens. */
interface Stage {
  readonly clock: VirtualClock;
  readonly runtime: Runtime;
  /** Where tokens are restored. */
  readonly other: Runtime;
}

async function play(history: History): Promise<{ ended: Ended[]; news: News }> {
  const clock = createVirtualClock({ startMs: START });
  let requests = 0;
  const news = createNews(clock, {
    pageSize: history.pageSize,
    latencyMs: () => history.latencies[requests++ % history.latencies.length]!,
    failure: () => history.failures[requests % history.failures.length],
  });
  for (const plan of history.news) news.plan(plan);
  const reported: unknown[] = [];
  const options = {
    clock,
    fetch: news.fetch,
    random: () => 0.5,
    retry: { attempts: 3, baseMs: 400 },
    onError: (error: unknown) => void reported.push(error),
  };
  const runtime = createRuntime(options);
  const other = createRuntime(options);
  const ended = await clock.runUntil(
    Promise.all(history.waiters.map((plan) => live(plan, { clock, runtime, other }))),
    { maxFirings: 100_000 },
  );
  assertEquals(reported, []);
  assertEquals([...runtime.list(), ...other.list()], []);
  const { length } = news.log;
  assertEquals(clock.timers, 0, "timers are left");
  await clock.advance(3_600_000);
  assertEquals(news.log.length, length, "requests come after the end");
  await Promise.all([runtime.dispose(), other.dispose()]);
  return { ended, news };
}

/** What may come of a waiter: the ids of news that its baseline need not have seen, and from when it must see them. */
function judge({ ended, news }: { ended: Ended[]; news: News }, history: History): void {
  const lookMs = lookMsOf(history);
  const slackMs = 4 * INTERVAL_MS + 2 * lookMs; // until everybody has seen what there is to see
  for (const { plan, outcome, endedAt, baselineFrom, baselineTo, deadlineAt } of ended) {
    const what = JSON.stringify({ plan, outcome, endedAt: endedAt - START });
    const { kind } = outcome;
    if (kind === "canceled") {
      assertEquals(plan.change?.kind, "cancel", what);
      continue;
    }
    if (kind === "timedOut") assertEquals(endedAt, deadlineAt, what);
    const isTroubled = kind === "failed" && outcome.error.code === "transport";
    if (isTroubled) {
      assert(history.failures.some((status) => status !== undefined), what);
      continue;
    }
    const matching = history.news.filter(({ topic }) => topic === plan.topic)
      .map((each) => ({ ...each, visibleAt: each.visibleAt ?? each.at, id: news.idOf(each) }));
    // What got its id before the baseline and could not be seen yet is new to some baselines only.
    const maybe = matching.filter((each) =>
      each.visibleAt >= baselineFrom && each.at <= baselineTo
    );
    const sure = matching.filter((each) => each.at > baselineTo);
    const lookFrom = baselineTo + plan.armedMs;
    // Of what is surely new: the first that can be seen long enough to be found.
    const found = sure.filter(({ goneAt = Infinity, visibleAt }) =>
      goneAt > Math.max(visibleAt, lookFrom) + slackMs
    ).sort((a, b) =>
      a.visibleAt - b.visibleAt
    )[0];
    const foundBy = found && Math.max(found.visibleAt, lookFrom) + slackMs;
    const id = idOf(outcome);
    if (id === undefined) {
      if (kind === "expired") {
        assert([...maybe, ...sure].some(({ goneAt = Infinity }) => goneAt <= endedAt), what);
        continue;
      }
      assertEquals(kind, "timedOut", what);
      const candidates = [...maybe, ...sure].filter(({ visibleAt }) => visibleAt < deadlineAt);
      const isNeverSeen = foundBy === undefined || foundBy > deadlineAt;
      const isNeverOver = candidates.some(({ endsAt = Infinity }) => endsAt + slackMs > deadlineAt);
      assert(isNeverSeen || isNeverOver, `lost: ${what}`);
      continue;
    }
    const taken = [...maybe, ...sure].find((each) => each.id === id);
    assert(taken, `not new: ${what}`);
    assertEquals(kind, taken.fails === true ? "failed" : "succeeded", what);
    assert(taken.endsAt !== undefined && endedAt >= taken.endsAt, `not over: ${what}`);
    // Nothing that was there to be found at an earlier look, or before it in the same one.
    if (foundBy !== undefined) {
      assert(taken.visibleAt <= foundBy, `later than ${JSON.stringify(found)}: ${what}`);
    }
    // A look at several pages takes time: what comes late may come behind its back.
    const missed = sure.find(({ id, at, visibleAt, goneAt = Infinity }) =>
      id < taken.id && visibleAt + (visibleAt > at ? lookMs : 0) <= taken.visibleAt &&
      goneAt > endedAt
    );
    assertEquals(missed, undefined, `not the first: ${what}`);
    const isTimely = endedAt <= Math.max(taken.endsAt, taken.visibleAt, lookFrom) + slackMs;
    assert(isTimely || plan.change?.kind === "abort", `late: ${what}`);
  }
}

/** How long a look may take, with all its pages. */
function lookMsOf({ news, pageSize, latencies }: History): number {
  const requests = 4 + Math.min(20, Math.ceil(news.length / pageSize));
  return requests * 2 * Math.max(...latencies);
}

function idOf(outcome: Outcome<number>): number | undefined {
  if (outcome.kind === "succeeded") return outcome.value;
  if (!isLroError(outcome.error) || !("details" in outcome.error)) return undefined;
  return (outcome.error.details as { id?: number } | undefined)?.id;
}

function pause(clock: VirtualClock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.setTimeout(() => resolve(), ms));
}

/** An entry vanishes between two pages, while somebody catches up who was stopped. */
const VANISHING: History = {
  news: [
    { topic: "boot 1", at: START + 901 },
    { topic: "boot 1", at: START + 7_432, visibleAt: START + 8_101, goneAt: START + 22_501 },
    { topic: "resize 1", at: START + 9_901, endsAt: START + 9_901 },
  ],
  waiters: [
    { topic: "resize 1", startsAt: 4_249, armedMs: 0, change: { afterMs: 6_752, kind: "abort" } },
    ...[7_201, 10_801, 0, 0].map((startsAt) => ({ topic: "boot 1", startsAt, armedMs: 0 })),
  ],
  pageSize: 2,
  latencies: [900],
  failures: [undefined],
};

const numRuns = Number(Deno.args[0] ?? 40);
const parameters = { numRuns, interruptAfterTimeLimit: 600_000, markInterruptAsFailure: false };

Deno.test("the first new entry after the baseline decides, in any history", async () => {
  await fc.assert(
    fc.asyncProperty(someHistory(true), async (history) => judge(await play(history), history)),
    parameters,
  );
});

Deno.test("so it does with latency, failing requests, and entries that come late", async () => {
  await fc.assert(
    fc.asyncProperty(someHistory(false), async (history) => judge(await play(history), history)),
    { ...parameters, examples: [[VANISHING]] },
  );
});
