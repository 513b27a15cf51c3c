/**
 * How much XState does while operations run: it decides every edge of a machine
 * once, and runs no actor unless somebody inspects.
 *
 * Counted at the machine itself: whatever runs a machine, `transition()` or an
 * actor, asks it for its initial snapshot and for its transitions.
 *
 * ```sh
 * deno run -A --v8-flags=--expose-gc tests/bench/xstate_use.ts
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { createRuntime, fixed, type RuntimeOptions } from "../../mod.ts";
import { createBucketClock } from "./bucket_clock.ts";
import { collectGarbage, cpuMicros, figures, inTurns, medianOf, medianRatio } from "./measure.ts";
import { finish } from "./report.ts";
import { statusMachine, statusOperation } from "./status_kind.ts";
import { createStatusService, statusUrls } from "./status_service.ts";

const POLLS = 10;

const { values: options } = parseArgs({
  options: {
    operations: { type: "string", default: "2000" },
    json: { type: "boolean" },
  },
});
const operations = Number(options.operations);
const allUrls = statusUrls(operations);
const asked = { starts: 0, transitions: 0 };
const { getInitialSnapshot, transition } = statusMachine;
Object.assign(statusMachine, {
  getInitialSnapshot(...args: Parameters<typeof getInitialSnapshot>) {
    asked.starts++;
    return getInitialSnapshot.apply(statusMachine, args);
  },
  transition(...args: Parameters<typeof transition>) {
    asked.transitions++;
    return transition.apply(statusMachine, args);
  },
});

/** CPU microseconds per poll. */
async function measure(mode: RuntimeOptions, urls = allUrls): Promise<number> {
  const service = createStatusService(urls.length, POLLS);
  const clock = createBucketClock();
  await collectGarbage();
  const before = cpuMicros();
  const runtime = createRuntime({ clock, fetch: service.fetch, ...mode });
  const schedule = fixed(1);
  await clock.run(() =>
    Promise.all(urls.map((url) => runtime.start(statusOperation(url), { schedule }).result()))
  );
  const used = cpuMicros() - before;
  await runtime.dispose();
  service.check();
  return used / (urls.length * POLLS);
}

await measure({}, allUrls.slice(0, 1));
const byOne = { ...asked };
await measure({});
const byAll = { ...asked };
let actors = 0;
await measure({
  inspect: (event) => {
    if (event.type === "@xstate.actor") actors++;
  },
});
if (actors !== operations) throw new Error(`Cannot compare: the inspector saw ${actors} actors`);

const modes = { plain: {}, actor: { actor: true } };
const cpu = await inTurns(["plain", "actor"] as const, 3, (name) => measure(modes[name]));
const count = operations.toLocaleString("en");
finish(`XState at work, ${count} operations`, [{
  measure: `Starts of the machine, ${count} operations: one operation`,
  ratio: byAll.starts / byOne.starts,
  must: 1,
  aim: 1,
  detail: `${byAll.starts} / ${byOne.starts}`,
}, {
  measure: `Transitions computed, ${count} operations: one operation`,
  ratio: byAll.transitions / byOne.transitions,
  must: 1,
  aim: 1,
  detail: `${byAll.transitions} / ${byOne.transitions}`,
}, {
  measure: "CPU per poll: with an XState actor for each operation",
  ratio: medianRatio(cpu.plain, cpu.actor),
  detail: `${figures(medianOf(cpu.plain))} / ${figures(medianOf(cpu.actor))} us`,
}]);
