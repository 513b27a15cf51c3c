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
/** `initial.asking`, `polling.waiting`, `polling.requesting` by the events that come there. */
const EDGES = 5;

const { values: options } = parseArgs({
  options: {
    operations: { type: "string", default: "2000" },
    json: { type: "boolean" },
  },
});
const operations = Number(options.operations);
const urls = statusUrls(operations);
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
async function measure(mode: RuntimeOptions): Promise<number> {
  const service = createStatusService(operations, POLLS);
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
  return used / (operations * POLLS);
}

await measure({});
const plain = { ...asked };
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
  measure: `Machine starts, ${count} operations: one`,
  ratio: plain.starts,
  must: 1,
  aim: 1,
  detail: `${plain.starts} / 1, with inspect ${operations} more`,
}, {
  measure: `Transitions computed, ${count} operations of ${POLLS} polls: edges taken`,
  ratio: plain.transitions / EDGES,
  must: 1,
  aim: 1,
  detail: `${plain.transitions} / ${EDGES}`,
}, {
  measure: "CPU per poll: with an XState actor for each operation",
  ratio: medianRatio(cpu.plain, cpu.actor),
  detail: `${figures(medianOf(cpu.plain))} / ${figures(medianOf(cpu.actor))} us`,
}]);
