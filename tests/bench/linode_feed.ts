/**
 * Requests and CPU time of many who wait for Linode events over one virtual hour:
 * with the feed, and each with requests of its own. The same operations on the
 * same service; the service's own time is left out on both sides. Of those with
 * requests of their own only every tenth takes part, and counts for ten.
 *
 * ```sh
 * deno run -A --v8-flags=--expose-gc tests/bench/linode_feed.ts
 * deno run -A --v8-flags=--expose-gc tests/bench/linode_feed.ts --share=1   # all of them
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type Clock, createRuntime, defineKind, linode, type Runtime } from "../../mod.ts";
import { createBucketClock } from "./bucket_clock.ts";
import { waitAsReference } from "./linode_reference.ts";
import { createLinodeService, type LinodeService } from "./linode_service.ts";
import { collectGarbage, cpuMicros, figures, inTurns, medianOf, medianRatio } from "./measure.ts";
import { finish } from "./report.ts";

const HOUR_MS = 3_600_000;
const { values: options } = parseArgs({
  options: {
    waiters: { type: "string", default: "10000" },
    /** One in how many takes part where each asks for itself. */
    share: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean" },
  },
});
const waiters = Number(options.waiters);
const share = Number(options.share);

/** Who takes part, and in how many's stead. */
const teams = {
  "the feed": { isFed: true, each: 1 },
  "one request each": { isFed: false, each: share },
} as const;
type TeamName = keyof typeof teams;

const { feed, ...ownProtocol } = linode.eventKind.protocol;
const alone = { ...linode.eventKind, protocol: ownProtocol };

interface Figures {
  readonly micros: number;
  readonly requests: number;
}

/** A number in `[0, 1)` that depends on the waiter alone. */
function chance(index: number, salt: number): number {
  const x = Math.sin(index * 12.9898 + salt * 78.233) * 43_758.5453;
  return x - Math.floor(x);
}

/** What happens to an entity within the hour: when its event comes, how long it takes, how it ends. */
function fateOf(index: number) {
  return {
    startsAt: Math.round(chance(index, 1) * 600) * 100,
    appearsAt: 60_000 + Math.round(chance(index, 2) * (HOUR_MS - 200_000)),
    durationMs: 5_000 + Math.round(chance(index, 3) * 55_000),
    end: index % 10 === 0 ? "failed" : "finished",
  } as const;
}

async function wait(team: TeamName): Promise<Figures> {
  const { isFed, each } = teams[team];
  defineKind(isFed ? { ...alone, protocol: { ...ownProtocol, feed: feed! } } : alone);
  await collectGarbage();
  const clock = createBucketClock();
  const service = createLinodeService(clock);
  const eventIds = happen(service);
  const begin = cpuMicros();
  const runtime = createRuntime({ clock, fetch: service.fetch });
  await clock.run(async () => {
    const all: Promise<void>[] = [];
    for (let index = 0; index < waiters; index += each) {
      all.push(waitForOne(index, eventIds[index]!, { clock, runtime }));
    }
    await Promise.all(all);
    await runtime.dispose();
  });
  const used = cpuMicros() - begin;
  await collectGarbage();
  const micros = used - service.replay();
  return { micros: micros * each, requests: service.requests * each };
}

/** All that will happen: one old event for each entity, and a new one. Returns the ids of those. */
function happen(service: LinodeService): number[] {
  const of = (index: number, more: object) =>
    service.add({ action: "linode_boot", entity: { type: "linode", id: index + 1 }, ...more });
  const fates = Array.from({ length: waiters }, (_, index) => ({ index, ...fateOf(index) }));
  for (const { index } of fates) of(index, { agoMs: 10_000_000 - index });
  const ids: number[] = [];
  for (const { index, appearsAt, durationMs, end } of fates.sort(byAppearance)) {
    ids[index] = of(index, {
      visibleAfterMs: appearsAt,
      startsAfterMs: appearsAt + 1_000,
      durationMs,
      end,
    });
  }
  return ids;
}

function byAppearance(
  a: { readonly appearsAt: number },
  b: { readonly appearsAt: number },
): number {
  return a.appearsAt - b.appearsAt;
}

/** @throws {Error} If the outcome is not the right one. */
async function waitForOne(index: number, eventId: number, { clock, runtime }: {
  readonly clock: Clock;
  readonly runtime: Runtime;
}): Promise<void> {
  const { startsAt, end } = fateOf(index);
  await new Promise<void>((resolve) => clock.setTimeout(() => resolve(), startsAt));
  const handle = runtime.start(
    linode.event({ entityType: "linode", entityId: index + 1, action: "linode_boot" }),
    { deadlineMs: 2 * HOUR_MS },
  );
  await handle.reached("armed");
  handle.send({ type: "triggered" });
  const outcome = await handle.outcome();
  const { id, status } = outcome.kind === "succeeded"
    ? outcome.value
    : (outcome.error as unknown as { details: { id: number; status: string } }).details;
  if (id !== eventId || status !== end) {
    throw new Error(`Cannot compare: waiter ${index} got event ${id}, ${status}`);
  }
}

/** The requests of so many who wait alone: each in a runtime of its own, or as the reference does. */
async function requestsAlone(
  count: number,
  start: (index: number, eventId: number, stage: Stage) => Promise<unknown>,
): Promise<number> {
  const clock = createBucketClock();
  const service = createLinodeService(clock);
  const eventIds = happen(service).slice(0, count);
  await clock.run(() =>
    Promise.all(eventIds.map((eventId, index) => start(index, eventId, { clock, service })))
  );
  return service.requests;
}

interface Stage {
  readonly clock: Clock;
  readonly service: LinodeService;
}

async function startAlone(index: number, eventId: number, stage: Stage): Promise<void> {
  const { clock, service } = stage;
  await using runtime = createRuntime({ clock, fetch: service.fetch });
  await waitForOne(index, eventId, { clock, runtime });
}

async function startReference(index: number, eventId: number, stage: Stage): Promise<void> {
  const { clock, service: { fetch } } = stage;
  await new Promise<void>((resolve) => clock.setTimeout(() => resolve(), fateOf(index).startsAt));
  const options = { clock, fetch, entityId: index + 1, action: "linode_boot" };
  const { id } = await waitAsReference(options);
  if (id !== eventId) throw new Error(`Cannot compare: the reference got event ${id}`);
}

const names = Object.keys(teams) as TeamName[];
const requests: Record<string, number> = {};
const results = await inTurns(names, Number(options.rounds), async (name) => {
  const { micros, requests: made } = await wait(name);
  requests[name] = made;
  return micros;
});
defineKind({ ...alone, protocol: { ...ownProtocol, feed: feed! } });
const loners = Math.min(100, waiters);
const ours = await requestsAlone(loners, startAlone) / loners;
const reference = await requestsAlone(loners, startReference) / loners;
const [fed, each] = names as ["the feed", "one request each"];
const count = waiters.toLocaleString("en");
finish("Linode events, one virtual hour, service not counted", [
  {
    measure: `requests, ${count} waiters: one request each`,
    ratio: requests[fed]! / requests[each]!,
    must: 1 / 500,
    detail: `${requests[fed]} / ${requests[each]}`,
  },
  {
    measure: `CPU of the client, ${count} waiters: one request each`,
    ratio: medianRatio(results[fed], results[each]),
    must: 1 / 15,
    aim: 1 / 25,
    detail: `${figures(medianOf(results[fed]) / 1e6)} / ${
      figures(medianOf(results[each]) / 1e6)
    } s`,
  },
  {
    measure: "requests of one waiter alone: linode_api4's way",
    ratio: ours / reference,
    must: 1,
    detail: `${ours} / ${reference}`,
  },
]);
