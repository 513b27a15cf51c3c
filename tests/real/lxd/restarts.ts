/**
 * What is claimed of `lxd.operation` on a real daemon that is restarted in the
 * middle. Runs in Deno and in Node.
 *
 * @module
 */
import { type Scenario, slowImport } from "./scenarios.ts";
import { check, pause, valueOf } from "./world.ts";

/** The claims. */
export const restartScenarios: Readonly<Record<string, Scenario>> = {
  "a daemon that is asked to stop breaks an import off, and lets a command end": restarted(
    "SIGTERM",
  ),
  "a daemon that is killed leaves the end of what goes on unknown": restarted("SIGKILL"),
};

function restarted(signal: "SIGTERM" | "SIGKILL"): Scenario {
  return async (world, restart) => {
    const handles = [true, false].flatMap((events) => [
      slowImport(world, events),
      world.exec(["sleep", "2"], { events }),
    ]);
    for (const handle of handles) await handle.reached("polling");
    await pause(500); // until the imports have really begun
    restart(signal);
    const kinds = [];
    for (const handle of handles) {
      const { kind } = await handle.outcome();
      kinds.push(kind);
    }
    const [imports, commands] = [[kinds[0], kinds[2]], [kinds[1], kinds[3]]];
    const isWell = signal === "SIGTERM"
      // An import that it breaks off is canceled, and milliseconds later a failure.
      ? imports.every((kind) => kind !== "succeeded" && kind !== "timedOut") &&
        commands.every((kind) => kind === "succeeded")
      : kinds.every((kind) => kind === "expired");
    check(isWell, `they end well: ${kinds}`);
    valueOf(await world.exec(["true"]).outcome()); // and life goes on
    await world.assertNoConnection();
    return kinds.join(", ");
  };
}
