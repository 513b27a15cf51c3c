/**
 * Heap per operation while all of them wait between two polls: each one was
 * polled once, its next poll is an hour away, somebody awaits its value.
 *
 * ```sh
 * deno run -A tests/bench/heap.ts --operations=20000
 * ```
 *
 * Each contender has a process of its own, so that nobody's leftovers count.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { type ContenderName, contenderNames, contenders } from "./contenders.ts";
import { canCollectGarbage, collectGarbage, turn } from "./measure.ts";
import { finish, type Ratio } from "./report.ts";
import { createStatusService, statusUrls } from "./status_service.ts";
import { runBenchmark } from "./subprocess.ts";

/** A waiting operation must not take more. */
const MUST_BYTES = 1_024;
const AIM_BYTES = 500;

const { values: options } = parseArgs({
  options: {
    operations: { type: "string", default: "20000" },
    /** Measures one contender in this process, for the process that asked. */
    contender: { type: "string" },
    json: { type: "boolean" },
  },
});
const operations = Number(options.operations);

if (options.contender) await measure(options.contender as ContenderName);
else await compare();

/** Prints the bytes per waiting operation of one contender. */
async function measure(name: ContenderName): Promise<void> {
  if (!canCollectGarbage()) throw new Error("Cannot measure heap: V8 needs --expose-gc");
  const urls = statusUrls(operations);
  const open = contenders[name];
  const some = urls.slice(0, 500);
  const service = createStatusService(operations, 3);
  const warmUp = open({ fetch: service.fetch, intervalMs: 1 });
  await Promise.all(some.map((url) => warmUp.start(url)));
  await warmUp.close?.();

  const counts = { asked: 0 };
  const { fetch } = createStatusService(operations, 2);
  const team = open({
    fetch: (input, init) => {
      counts.asked++;
      return fetch(input, init);
    },
    intervalMs: 3_600_000,
  });
  const waiting = new Array<Promise<unknown> | undefined>(operations).fill(undefined);
  await collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < operations; index++) waiting[index] = team.start(urls[index]!);
  while (counts.asked < operations) await turn();
  for (let turns = 0; turns < 20; turns++) await turn();
  await collectGarbage();
  const used = process.memoryUsage().heapUsed - before;
  if (counts.asked !== operations) throw new Error("Cannot measure heap: somebody polled twice");
  console.log(JSON.stringify({ bytes: used / waiting.length }));
  process.exit(0);
}

async function compare(): Promise<void> {
  const bytes = {} as Record<ContenderName, number>;
  for (const name of contenderNames) {
    const result = await runBenchmark("heap.ts", [
      `--contender=${name}`,
      `--operations=${operations}`,
    ]);
    bytes[name] = (result as { bytes: number }).bytes;
  }
  const ours = Math.round(bytes.ours);
  const ratios: Ratio[] = [{
    measure: "Heap per waiting operation: 1 KB",
    ratio: ours / MUST_BYTES,
    must: 1,
    aim: AIM_BYTES / MUST_BYTES,
    detail: `${ours} B`,
  }];
  for (const name of contenderNames) {
    if (name === "ours") continue;
    const theirs = Math.round(bytes[name]);
    ratios.push({
      measure: `Heap per waiting operation: ${name}`,
      ratio: ours / theirs,
      detail: `${ours} / ${theirs} B`,
    });
  }
  finish(`Heap, ${operations.toLocaleString("en")} operations that wait`, ratios);
}
