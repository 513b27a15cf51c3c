/**
 * A hundred thousand operations that wait at the same time in one process, on
 * the virtual clock of `./testing`: all of them end with the right value, what
 * they take fits, and one more costs no more than the first.
 *
 * ```sh
 * deno run -A --v8-flags=--expose-gc tests/bench/many_waiters.ts --operations=100000
 * ```
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { createRuntime, exponential } from "../../mod.ts";
import { createVirtualClock } from "../../src/testing/mod.ts";
import { collectGarbage, cpuMicros, figures, median } from "./measure.ts";
import { finish } from "./report.ts";
import { statusOperation } from "./status_kind.ts";
import { createStatusService, statusUrls, VALUE } from "./status_service.ts";

const POLLS = 10;
const FEW = 1_000;
const MUST_MB = 300;
const AIM_MB = 150;

const { values: options } = parseArgs({
  options: {
    operations: { type: "string", default: "100000" },
    json: { type: "boolean" },
  },
});
const many = Number(options.operations);

/** What some operations took. */
interface Cost {
  /** CPU microseconds per poll. */
  readonly cpu: number;
  /** Resident memory of the whole process while all of them waited, in megabytes. */
  readonly residentMb: number;
}

/** Waits for operations with growing pauses, until all have ended. */
async function waitForAll(operations: number): Promise<Cost> {
  const urls = statusUrls(operations);
  const service = createStatusService(operations, POLLS);
  const clock = createVirtualClock({ startMs: Date.UTC(2030, 0) });
  const schedule = exponential({ initialMs: 1_000, factor: 1.5, maxMs: 60_000, jitter: 0.5 });
  await collectGarbage();
  const before = cpuMicros();
  const runtime = createRuntime({ clock, fetch: service.fetch });
  const options = { schedule, deadlineMs: 86_400_000 };
  const all = Promise.all(
    urls.map((url) => runtime.start(statusOperation(url), options).result()),
  );
  await clock.advance(10_000);
  const active = [...runtime.list()].length;
  await collectGarbage();
  const residentMb = process.memoryUsage().rss / 1e6;
  const values = await clock.runUntil(all, { maxFirings: Infinity });
  const cpu = (cpuMicros() - before) / (operations * POLLS);
  await runtime.dispose();
  service.check();
  if (active !== operations || values.some((value) => value !== VALUE)) {
    throw new Error("Cannot measure: an operation did not end as it should");
  }
  return { cpu, residentMb };
}

await waitForAll(FEW);
const fewCpu: number[] = [];
for (let round = 0; round < 7; round++) fewCpu.push((await waitForAll(FEW)).cpu);
const { cpu, residentMb } = await waitForAll(many);

const count = many.toLocaleString("en");
finish(`${count} operations at once, virtual clock`, [{
  measure: `RSS of the process, ${count} operations waiting: ${MUST_MB} MB`,
  ratio: residentMb / MUST_MB,
  must: 1,
  aim: AIM_MB / MUST_MB,
  detail: `${residentMb.toFixed(0)} MB`,
}, {
  measure: `CPU per poll, ${count} operations: ${FEW.toLocaleString("en")} of them`,
  ratio: cpu / median(fewCpu),
  must: 1.5,
  aim: 1,
  detail: `${figures(cpu)} / ${figures(median(fewCpu))} us`,
}]);
