/**
 * What it costs to be watched: CPU time per poll of a runtime with an inspector,
 * without one, and after one was closed. The service is in memory, and every
 * operation takes 10 polls, 1 ms apart.
 *
 * ```sh
 * deno run -A --v8-flags=--expose-gc tests/bench/inspector_cpu.ts --operations=10000
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { createRuntime, fixed } from "../../mod.ts";
import { createInspector, type Inspector } from "../../src/inspector/mod.ts";
import { collectGarbage, cpuMicros, figures, inTurns, medianOf, medianRatio } from "./measure.ts";
import { finish } from "./report.ts";
import { statusOperation } from "./status_kind.ts";
import { createStatusService, statusUrls } from "./status_service.ts";

const POLLS = 10;
const NAMES = ["alone", "watched before", "watched"] as const;

const { values: options } = parseArgs({
  options: {
    operations: { type: "string", default: "10000" },
    rounds: { type: "string", default: "7" },
    json: { type: "boolean" },
  },
});
const operations = Number(options.operations);
const urls = statusUrls(operations);

/** CPU microseconds per poll, in one round. */
async function measure(name: typeof NAMES[number]): Promise<number> {
  await collectGarbage();
  await race(name, urls.slice(0, 1_000)); // V8 forgets what it knew of objects that are gone
  return await race(name, urls);
}

async function race(name: typeof NAMES[number], urls: readonly string[]): Promise<number> {
  const service = createStatusService(urls.length, POLLS);
  const runtime = createRuntime({ fetch: service.fetch });
  let inspector: Inspector | undefined = name === "alone"
    ? undefined
    : await createInspector(runtime);
  if (name === "watched before") {
    await inspector?.close();
    inspector = undefined;
  }
  const start = { deadlineMs: 86_400_000, schedule: fixed(1) };
  const before = cpuMicros();
  await Promise.all(urls.map((url) => runtime.start(statusOperation(url), start).result()));
  const used = cpuMicros() - before;
  await inspector?.close();
  await runtime.dispose();
  service.check();
  return used / (urls.length * POLLS);
}

const results = await inTurns(NAMES, Number(options.rounds), measure);
const count = operations.toLocaleString("en");
const numbers = (name: typeof NAMES[number]): string =>
  `${figures(medianOf(results[name]))} / ${figures(medianOf(results.alone))} us`;
finish("The inspector's cost for the runtime, service in memory", [
  {
    measure: `CPU per poll, ${count} operations: watched / alone`,
    ratio: medianRatio(results.watched, results.alone),
    must: 1.5,
    aim: 1.2,
    detail: numbers("watched"),
  },
  {
    measure: `CPU per poll, ${count} operations: no longer watched / alone`,
    ratio: medianRatio(results["watched before"], results.alone),
    must: 1.15, // nothing, but for noise
    detail: numbers("watched before"),
  },
]);
