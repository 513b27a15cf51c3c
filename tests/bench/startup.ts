/**
 * CPU time from importing the library to the first request it sends, in a new
 * process each time.
 *
 * ```sh
 * deno run -A tests/bench/startup.ts --rounds=15
 * ```
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { cpuMicros, figures, inTurns, medianOf, medianRatio } from "./measure.ts";
import { finish } from "./report.ts";
import { runBenchmark } from "./subprocess.ts";

/** How each library gets to its first request; imported in here, not before. */
const starts = {
  async ours(fetch: typeof globalThis.fetch) {
    const { createRuntime, elasticio } = await import("../../mod.ts");
    const runtime = createRuntime({ fetch });
    runtime.start(elasticio.poll({ executionId: "540492e623773659c5000002" }));
  },
  async "@azure/core-lro"(fetch: typeof globalThis.fetch) {
    const { createHttpPoller } = await import("@azure/core-lro");
    const url = "http://service.test/operations/1";
    createHttpPoller({
      sendInitialRequest: () => fetch(url) as never,
      sendPollRequest: () => fetch(url) as never,
    }).catch?.(() => {});
  },
  /** Sends nothing: what there is to pay before anything of ours. */
  async xstate(fetch: typeof globalThis.fetch) {
    await import("xstate");
    fetch("http://service.test/");
  },
};

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "11" },
    /** Measures one library in this process, for the process that asked. */
    library: { type: "string" },
    json: { type: "boolean" },
  },
});

if (options.library) measure(options.library as keyof typeof starts);
else await compare();

/** Prints the CPU milliseconds to the first request. */
function measure(library: keyof typeof starts): void {
  const before = cpuMicros();
  starts[library](() => {
    console.log(JSON.stringify({ ms: (cpuMicros() - before) / 1_000 }));
    process.exit(0);
  });
}

async function compare(): Promise<void> {
  const names = ["ours", "@azure/core-lro", "xstate"] as const;
  const results = await inTurns(names, Number(options.rounds), async (name) => {
    const result = await runBenchmark("startup.ts", [`--library=${name}`]);
    return (result as { ms: number }).ms;
  });
  const [ours, theirs] = [results.ours, results["@azure/core-lro"]];
  finish("From import to the first request", [{
    measure: "CPU from import to first request: @azure/core-lro",
    ratio: medianRatio(ours, theirs),
    must: 1,
    aim: 0.5,
    detail: `${figures(medianOf(ours))} / ${figures(medianOf(theirs))} ms`,
  }, {
    measure: "CPU to import XState alone: @azure/core-lro",
    ratio: medianRatio(results.xstate, theirs),
    detail: `${figures(medianOf(results.xstate))} / ${figures(medianOf(theirs))} ms`,
  }]);
}
