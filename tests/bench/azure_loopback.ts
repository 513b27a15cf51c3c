/**
 * CPU time per poll, and requests, of a client that waits for Azure operations
 * over real HTTP: `azure.operation` and `@azure/core-lro` join the same operations
 * with the same first reply, on the same server, with the same fetch and interval.
 *
 * ```sh
 * deno run -A --v8-flags=--expose-gc tests/bench/azure_loopback.ts --operations=1000
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { createHttpPoller } from "@azure/core-lro";
import { azure, createRuntime } from "../../mod.ts";
import type { Arena, Team } from "./contenders.ts";
import { collectGarbage, cpuMicros, figures, inTurns, medianOf, medianRatio } from "./measure.ts";
import { finish } from "./report.ts";
import { type OperationStatus, VALUE } from "./status_service.ts";

const POLLS = 10;
/** Operations before each measurement that are not counted. */
const WARM_UP = 200;

const { values: options } = parseArgs({
  options: {
    operations: { type: "string", default: "1000" },
    rounds: { type: "string", default: "11" },
    json: { type: "boolean" },
  },
});
const operations = Number(options.operations);

const teams = {
  "azure.operation": ({ fetch, intervalMs }: Arena): Team => {
    const runtime = createRuntime({ fetch });
    return {
      async start(url) {
        const operation = azure.operation<OperationStatus>({
          request: { method: "POST", url },
          initialReply: { status: 202, headers: { "operation-location": url } },
          pollIntervalMs: intervalMs,
        });
        return (await runtime.start(operation).result()).value;
      },
      close: () => runtime.dispose(),
    };
  },
  "@azure/core-lro": ({ fetch, intervalMs }: Arena): Team => ({
    async start(url) {
      const request = { method: "POST", url } as const;
      const headers = { "operation-location": url };
      const poller = createHttpPoller<OperationStatus, never>({
        sendInitialRequest: () =>
          Promise.resolve({
            flatResponse: {},
            rawResponse: { statusCode: 202, headers, body: {}, request },
          }),
        // The plainest pipeline that can be aborted in flight, as the SDKs' can.
        sendPollRequest: async (path, options) => {
          const signal = options?.abortSignal as AbortSignal | undefined;
          const response = await fetch(path, signal ? { signal } : {});
          const body = await response.json();
          const headers = Object.fromEntries(response.headers);
          const rawResponse = { statusCode: response.status, headers, body, request };
          return { flatResponse: body, rawResponse };
        },
      }, { intervalInMs: intervalMs });
      return (await poller.pollUntilDone()).value;
    },
  }),
};
type Name = keyof typeof teams;
const names = Object.keys(teams) as Name[];
/** Requests for each operation, in the last round. */
const requests = {} as Record<Name, number>;

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
async function measure(name: Name): Promise<number> {
  await collectGarbage();
  await race(name, urls.slice(0, WARM_UP));
  return await race(name, urls);
}

async function race(name: Name, urls: readonly string[]): Promise<number> {
  let sent = 0;
  const counting: typeof fetch = (input, init) => {
    sent++;
    return fetch(input, init);
  };
  const before = cpuMicros();
  const team = teams[name]({ fetch: counting, intervalMs: 1 });
  const values = await Promise.all(urls.map((url) => team.start(url)));
  const used = cpuMicros() - before;
  await team.close?.();
  if (values.some((value) => value !== VALUE)) throw new Error(`Cannot compare: ${name} is wrong`);
  requests[name] = sent / urls.length;
  return used / (urls.length * POLLS);
}

const results = await inTurns(names, Number(options.rounds), measure);
server.kill();
const [ours, theirs] = ["azure.operation", "@azure/core-lro"] as const;
finish("Azure operations over HTTP", [
  {
    measure: `HTTP on loopback, client's CPU per poll, ${operations} operations: ${theirs}`,
    ratio: medianRatio(results[ours], results[theirs]),
    must: 0.9,
    aim: 0.8,
    detail: `${figures(medianOf(results[ours]))} / ${figures(medianOf(results[theirs]))} us`,
  },
  {
    measure: `HTTP on loopback, requests for each operation: ${theirs}`,
    ratio: requests[ours] / requests[theirs],
    must: 1,
    detail: `${requests[ours]} / ${requests[theirs]}`,
  },
]);
