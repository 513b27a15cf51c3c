/**
 * CPU time per poll of a client that waits for Azure operations over real HTTP:
 * `azure.operation` and `@azure/core-lro` on the same server, with the same fetch,
 * the same operations and the same interval, both so that they can be aborted.
 *
 * ```sh
 * deno run -A --v8-flags=--expose-gc tests/bench/azure_loopback.ts
 * ```
 *
 * core-lro gets the plainest pipeline that works; the one of the Azure SDKs costs
 * more.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { createHttpPoller } from "@azure/core-lro";
import { azure, createRuntime } from "../../mod.ts";
import { collectGarbage, cpuMicros, figures, inTurns, medianOf, medianRatio } from "./measure.ts";
import { finish, type Ratio } from "./report.ts";

/** Polls of each operation, so many that its start does not count. */
const POLLS = 200;
const INTERVAL_MS = 1;

const { values: options } = parseArgs({
  options: {
    operations: { type: "string", default: "32" },
    batches: { type: "string", default: "2" },
    rounds: { type: "string", default: "7" },
    json: { type: "boolean" },
  },
});
const operations = Number(options.operations);
const batches = Number(options.batches);

const server = new Deno.Command(Deno.execPath(), {
  args: [
    "run",
    "--frozen",
    "--allow-net=127.0.0.1",
    new URL("azure_server.ts", import.meta.url).href,
    String(POLLS),
  ],
  stdin: "piped",
  stdout: "piped",
}).spawn();
const output = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
const [, port] = /port (\d+)/.exec((await output.read()).value ?? "") ?? [];
const base = `http://127.0.0.1:${port}`;

/** Runs one operation to its end. */
type Start = (url: string) => Promise<unknown>;

const contenders = {
  "@azure/core-lro": (): { start: Start; close?(): Promise<void> } => {
    const send = async (method: "PUT" | "GET", url: string, signal?: AbortSignal) => {
      const response = await fetch(
        url,
        method === "PUT" ? { method, body: "{}" } : { ...(signal && { signal }) },
      );
      const body = await response.json();
      return {
        flatResponse: body,
        rawResponse: {
          statusCode: response.status,
          headers: Object.fromEntries(response.headers),
          body,
          request: { method, url },
        },
      };
    };
    return {
      start: (url) => {
        const poller = createHttpPoller<unknown, never>({
          sendInitialRequest: () => send("PUT", url),
          // A pipeline must pass the signal on, or nothing could be aborted in flight.
          sendPollRequest: (path, options) =>
            send("GET", path, options?.abortSignal as AbortSignal | undefined),
        }, { intervalInMs: INTERVAL_MS });
        return Promise.resolve(poller.pollUntilDone());
      },
    };
  },
  ours: (): { start: Start; close?(): Promise<void> } => {
    const runtime = createRuntime();
    return {
      start: (url) => {
        const request = { method: "PUT", url, body: {} };
        const operation = azure.operation({ request, pollIntervalMs: INTERVAL_MS });
        return runtime.start(operation).result();
      },
      close: () => runtime.dispose(),
    };
  },
};
type Name = keyof typeof contenders;
const names = Object.keys(contenders) as Name[];
const requests: Partial<Record<Name, number>> = {};

/** CPU microseconds per poll. */
async function measure(name: Name): Promise<number> {
  await (await fetch(`${base}/counts`)).json();
  await collectGarbage();
  const before = cpuMicros();
  const team = contenders[name]();
  for (let batch = 0; batch < batches; batch++) {
    const urls = Array.from({ length: operations }, (_, index) => `${base}/r/${batch}-${index}`);
    await Promise.all(urls.map((url) => team.start(url)));
  }
  const used = cpuMicros() - before;
  await team.close?.();
  const counts: Record<string, number> = await (await fetch(`${base}/counts`)).json();
  requests[name] = (counts["PUT"] ?? 0) + (counts["GET"] ?? 0);
  return used / (operations * batches * POLLS);
}

const results = await inTurns(names, Number(options.rounds), measure);
await server.stdin.close();
await server.status;
await output.cancel();

const theirs = requests["@azure/core-lro"]!;
const ratios: Ratio[] = [{
  measure: `Deno ${
    process.versions.deno ?? ""
  }, loopback HTTP, client CPU per poll: @azure/core-lro`,
  ratio: medianRatio(results.ours, results["@azure/core-lro"]),
  must: 0.9,
  detail: `${figures(medianOf(results.ours))} / ${
    figures(medianOf(results["@azure/core-lro"]))
  } us`,
}, {
  measure: "loopback HTTP, requests: @azure/core-lro",
  ratio: requests.ours! / theirs,
  must: 1,
  detail: `${requests.ours} / ${theirs}`,
}];
finish("Waiting for Azure operations over loopback HTTP", ratios);
