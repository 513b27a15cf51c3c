/**
 * What is claimed of `lxd.operation` on a real daemon that is restarted in the
 * middle. Runs in Deno and in Node.
 *
 * @module
 */
import type { Scenario } from "./scenarios.ts";
import { slowImport } from "./scenarios.ts";
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
    await pause(200);
    restart(signal);
    const kinds = [];
    for (const handle of handles) {
      const { kind } = await handle.outcome();
      kinds.push(kind);
    }
    const expected = signal === "SIGTERM" ? ["canceled", "succeeded"] : ["expired", "expired"];
    check(kinds.join() === [...expected, ...expected].join(), `they end well: ${kinds}`);
    valueOf(await world.exec(["true"]).outcome()); // and life goes on
    return kinds.join(", ");
  };
}
