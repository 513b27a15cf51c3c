/**
 * Runs the scenarios against the daemon that its argument names, in Deno or in
 * Node, and says of each how it went: one line of JSON each. In the
 * end it asks whoever started it to restart the daemon, and waits for no answer.
 *
 * @module
 */
import process from "node:process";
import { restartScenarios } from "./restarts.ts";
import {
  lonelyScenarios,
  measuringScenarios,
  preparingScenarios,
  type Scenario,
  steadyScenarios,
} from "./scenarios.ts";
import { createWorld, type WorldInit } from "./world.ts";

const init = JSON.parse(process.argv[2]!) as WorldInit;
const world = createWorld(init);
const tell = (line: object): void => console.log(JSON.stringify(line));

async function run(name: string, scenario: () => Promise<string | void>): Promise<void> {
  const startedAt = performance.now();
  try {
    const note = await scenario();
    tell({ name, ok: true, note, ms: Math.round(performance.now() - startedAt) });
  } catch (error) {
    const { stack, cause } = error as Error;
    tell({ name, ok: false, error: `${stack}\n${cause ?? ""}` });
  }
}

const runOne = ([name, scenario]: [string, Scenario]) =>
  run(name, () => scenario(world, (signal) => tell({ restart: signal })));

for (const one of Object.entries(preparingScenarios)) await runOne(one);
await Promise.all(Object.entries(steadyScenarios).map(runOne));
await Promise.all(Object.entries(measuringScenarios).map(runOne));
for (const one of Object.entries({ ...lonelyScenarios, ...restartScenarios })) await runOne(one);
await world.close();
