/**
 * CPU time from importing the npm package to the first request it sends, in a
 * new Node each time.
 *
 * ```sh
 * deno run -A tests/bench/startup_in_node.ts --rounds=15
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import config from "../../deno.json" with { type: "json" };
import { createProject, installPackage, succeed } from "../npm/_npm.ts";
import { hasNode } from "./in_node.ts";
import { figures, inTurns, medianOf, medianRatio } from "./measure.ts";
import { finish, type Ratio } from "./report.ts";

/** How each library gets to its first request; XState alone sends none. */
const PROGRAMS = {
  ours: `
    const { createRuntime, elasticio } = await import("@lro/machines");
    const runtime = createRuntime({ fetch: end });
    runtime.start(elasticio.poll({ executionId: "540492e623773659c5000002" }));`,
  "@azure/core-lro": `
    const { createHttpPoller } = await import("@azure/core-lro");
    createHttpPoller({ sendInitialRequest: end, sendPollRequest: end }).catch?.(() => {});`,
  xstate: `await import("xstate"); end();`,
} as const;
type Library = keyof typeof PROGRAMS;

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "7" }, json: { type: "boolean" } },
});

const ratios: Ratio[] = await hasNode() ? await compare() : [];
finish("From import to the first request, npm package in Node", ratios);

async function compare(): Promise<Ratio[]> {
  const installed = await installPackage([]);
  try {
    const lro = config.imports["@azure/core-lro"].slice("npm:".length);
    const folder = `${installed.tools}/startup`;
    await createProject(folder, [installed.tarball, lro]);
    const names = Object.keys(PROGRAMS) as Library[];
    for (const name of names) {
      await Deno.writeTextFile(`${folder}/${fileOf(name)}`, program(PROGRAMS[name]));
    }
    const results = await inTurns(
      names,
      Number(options.rounds),
      async (name) => Number(await succeed("node", [fileOf(name)], folder)),
    );
    const against = (ours: Library, theirs: Library, measure: string): Ratio => ({
      measure,
      ratio: medianRatio(results[ours], results[theirs]),
      detail: `${figures(medianOf(results[ours]))} / ${figures(medianOf(results[theirs]))} ms`,
    });
    return [
      against("ours", "@azure/core-lro", "Node, CPU from import to first request: @azure/core-lro"),
      against("xstate", "@azure/core-lro", "Node, CPU to import XState alone: @azure/core-lro"),
    ];
  } finally {
    await installed.remove();
  }
}

function fileOf(name: Library): string {
  return `${name.replace(/^.*\//, "")}.mjs`;
}

/** Prints the CPU milliseconds when `end` is called. */
function program(start: string): string {
  return `const before = process.cpuUsage();
    function end() {
      const { user, system } = process.cpuUsage(before);
      process.stdout.write(String((user + system) / 1_000), () => process.exit(0));
      return new Promise(() => {});
    }
    ${start}`;
}
