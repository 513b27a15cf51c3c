/**
 * Runs the scenarios against the daemon that its argument names, in Deno or in
 * Node, and says of each how it went: one line of JSON each. In the
 * end it asks whoever started it to restart the daemon, and waits for no answer.
 *
 * @module
 */
import process from "node:process";
import { restartScenarios } from "./restarts.ts";
import { steadyScenarios } from "./scenarios.ts";
import { createWorld, type WorldInit } from "./world.ts";

const init = JSON.parse(process.argv[2]!) as WorldInit;
const world = createWorld(init);
const tell = (line: object): void => console.log(JSON.stringify(line));

async function run(name: string, scenario: () => Promise<string | void>): Promise<void> {
  const startedAt = performance.now();
  try {
    const note = await scenario();
    await world.assertNoConnection();
    tell({ name, ok: true, note, ms: Math.round(performance.now() - startedAt) });
  } catch (error) {
    const { stack, cause } = error as Error;
    tell({ name, ok: false, error: `${stack}\n${cause ?? ""}` });
  }
}

for (const [name, scenario] of Object.entries({ ...steadyScenarios, ...restartScenarios })) {
  await run(name, () => scenario(world, (signal) => tell({ restart: signal })));
}
await world.close();
