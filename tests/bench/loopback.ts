/**
 * CPU time per poll of a whole client: real `fetch`, real sockets, the service
 * in another process.
 *
 * ```sh
 * deno run -A --v8-flags=--expose-gc tests/bench/loopback.ts --operations=1000
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type ContenderName, contenders } from "./contenders.ts";
import { collectGarbage, cpuMicros, figures, inTurns, medianOf, medianRatio } from "./measure.ts";
import { finish } from "./report.ts";
import { VALUE } from "./status_service.ts";

const POLLS = 10;
/** Operations before each measurement that are not counted. */
const WARM_UP = 200;

const { values: options } = parseArgs({
  options: {
    operations: { type: "string", default: "1000" },
    rounds: { type: "string", default: "5" },
    json: { type: "boolean" },
  },
});
const operations = Number(options.operations);

const server = new Deno.Command(Deno.execPath(), {
  args: [
    "run",
    "--quiet",
    "--allow-net=127.0.0.1",
    `${import.meta.dirname}/loopback_server.ts`,
    String(POLLS),
  ],
  stdout: "piped",
}).spawn();
const { value: line } = await server.stdout.getReader().read();
const base = `http://127.0.0.1:${Number(new TextDecoder().decode(line))}`;
const urls = Array.from({ length: operations }, (_, index) => `${base}/operations/${index}`);

/** CPU microseconds per poll of this process, in one round. */
async function measure(name: ContenderName): Promise<number> {
  await collectGarbage();
  // Collecting garbage makes V8 forget what it knew of the objects that are gone.
  await race(name, urls.slice(0, WARM_UP));
  return await race(name, urls);
}

async function race(name: ContenderName, urls: readonly string[]): Promise<number> {
  const before = cpuMicros();
  const team = contenders[name]({ fetch, intervalMs: 1 });
  const values = await Promise.all(urls.map((url) => team.start(url)));
  const used = cpuMicros() - before;
  await team.close?.();
  if (values.some((value) => value !== VALUE)) throw new Error(`Cannot compare: ${name} is wrong`);
  return used / (urls.length * POLLS);
}

const names = ["ours", "@azure/core-lro", "a loop by hand"] as const;
const results = await inTurns(names, Number(options.rounds), measure);
server.kill();
const compare = (name: ContenderName & keyof typeof results) => ({
  measure: `HTTP on loopback, client's CPU per poll, ${operations} operations: ${name}`,
  ratio: medianRatio(results.ours, results[name]),
  detail: `${figures(medianOf(results.ours))} / ${figures(medianOf(results[name]))} us`,
});
finish("CPU time per poll over HTTP", [
  { ...compare("@azure/core-lro"), must: 0.9, aim: 0.8 },
  compare("a loop by hand"),
]);
