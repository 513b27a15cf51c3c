/**
 * CPU time per poll of the engines alone: the service is in memory, and every
 * operation takes 10 polls, 1 ms apart.
 *
 * ```sh
 * deno run -A --v8-flags=--expose-gc tests/bench/engine_cpu.ts --operations=10000
 * deno run -A --v8-flags=--expose-gc tests/bench/engine_cpu.ts --clock=virtual
 * deno run -A tests/bench/in_node.ts tests/bench/engine_cpu.ts   # in Node, as the task does too
 * ```
 *
 * All run in one process, in turns; the medians of the ratios of each round count.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { createBucketClock } from "./bucket_clock.ts";
import { type ContenderName, contenderNames, contenders } from "./contenders.ts";
import { collectGarbage, cpuMicros, figures, inTurns, medianOf, medianRatio } from "./measure.ts";
import { finish, type Ratio } from "./report.ts";
import { createStatusService, statusUrls, VALUE } from "./status_service.ts";

const POLLS = 10;
/** Operations before each measurement that are not counted. */
const WARM_UP = 1_000;

const { values: options } = parseArgs({
  options: {
    operations: { type: "string", default: "10000" },
    rounds: { type: "string", default: "9" },
    clock: { type: "string", default: "real" },
    /** Who takes part, by a part of the name. */
    only: { type: "string", default: "" },
    json: { type: "boolean" },
  },
});
const operations = Number(options.operations);
const isVirtual = options.clock === "virtual";
const isDeno = "Deno" in globalThis;
const runtimeName = isDeno ? "Deno" : `Node ${process.versions.node.split(".")[0]}`;
const urls = statusUrls(operations);
const names = contenderNames.filter((name) =>
  options.only.split(",").some((part) => name.includes(part))
);

/** CPU microseconds per poll, in one round. */
async function measure(name: ContenderName, round: number): Promise<number | undefined> {
  // Ten times as slow as all others: once is enough to know.
  if (name === "idiomatic XState" && (round > 0 || operations > 10_000)) return undefined;
  await collectGarbage();
  // Collecting garbage makes V8 forget what it knew of the objects that are gone.
  await race(name, urls.slice(0, WARM_UP));
  return await race(name, urls);
}

/** CPU microseconds per poll of somebody who waits for all operations at once. */
async function race(name: ContenderName, urls: readonly string[]): Promise<number> {
  const service = createStatusService(urls.length, POLLS);
  const clock = isVirtual ? createBucketClock() : undefined;
  const before = cpuMicros();
  const team = contenders[name]({ fetch: service.fetch, intervalMs: 1, ...(clock && { clock }) });
  const waitForAll = () => Promise.all(urls.map((url) => team.start(url)));
  const values = await (clock ? clock.run(waitForAll) : waitForAll());
  const used = cpuMicros() - before;
  await team.close?.();
  service.check();
  const wrong = values.find((value) => value !== VALUE);
  if (wrong !== undefined) throw new Error(`Cannot compare: ${name} yielded ${wrong}`);
  return used / (urls.length * POLLS);
}

/** What must be kept, against whom. */
function bounds(name: ContenderName): Pick<Ratio, "must" | "aim"> {
  if (isVirtual || operations > 10_000) return {};
  if (name === "@azure/core-lro") return { must: 1 / 5, aim: 1 / 12 };
  if (name === "@smithy/util-waiter") return { must: 1 / 2, aim: 1 / 4 };
  if (name === "a loop by hand") {
    return isDeno ? { must: 1, aim: 1 / 3 } : { must: 1.5, aim: 1 };
  }
  return {};
}

const results = await inTurns(names, Number(options.rounds), measure);
const count = operations.toLocaleString("en");
const ratios = names.filter((name) => name !== "ours").map((name): Ratio => ({
  measure: `${runtimeName}, ${options.clock} clock, CPU per poll, ${count} operations: ${name}`,
  ratio: medianRatio(results.ours, results[name]),
  ...bounds(name),
  detail: `${figures(medianOf(results.ours))} / ${figures(medianOf(results[name]))} us`,
}));
finish("CPU time per poll, service in memory", ratios);
