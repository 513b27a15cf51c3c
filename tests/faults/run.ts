/**
 * Plays every fault in every place of every life and prints what was not kept:
 *
 *     deno run -A tests/faults/run.ts [words of a life's name]
 *
 * It ends with 1 where anything was not kept.
 *
 * @module
 */
import { allCases, playFault } from "./_play.ts";

const [words = ""] = Deno.args;
/** How often each end was met. */
const ends = new Map<string, number>();
/** By provider and promise, by what was seen: where. */
const found = new Map<string, Map<string, Set<string>>>();
let played = 0;

for (const fault of allCases()) {
  const { life, phase, then } = fault;
  if (!life.name.includes(words)) continue;
  const { end, violations } = await playFault(fault);
  played++;
  ends.set(end, (ends.get(end) ?? 0) + 1);
  const how = typeof then === "string" ? then : `then HTTP ${then.status}`;
  for (const violation of violations) {
    const [promise = "", ...seen] = violation.split(": ");
    const [provider] = life.name.split(".");
    note(
      `${provider}: ${promise}`,
      `${life.name}, request ${phase + 1}, ${how}: ${seen.join(": ")}`,
      fault.fault.name,
    );
  }
}

function note(promise: string, place: string, fault: string): void {
  const places = found.get(promise) ?? new Map<string, Set<string>>();
  found.set(promise, places);
  const faults = places.get(place) ?? new Set<string>();
  places.set(place, faults.add(fault));
}

for (const [promise, places] of [...found].sort(([a], [b]) => a < b ? -1 : 1)) {
  console.log(`\n== ${promise} (${places.size} places)`);
  for (const [place, faults] of places) console.log(`${place}\n    ${[...faults].join(" | ")}`);
}
console.log(`\nends: ${JSON.stringify(Object.fromEntries([...ends].sort()))}`);
console.log(`${played} faults played, ${found.size} promises broken`);
if (found.size > 0) Deno.exit(1);
