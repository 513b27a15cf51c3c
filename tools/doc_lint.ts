/**
 * Checks with `deno doc --lint` that every public symbol of every entry point
 * is documented and refers to public types only. The types of XState named here
 * are the one exception: they are public, but not ours to export.
 *
 * @module
 */
import { entryPoints } from "./entry_points.ts";

/** Types of XState that public signatures may name. */
const allowed = new Set([
  "ActorLogic",
  "ActorSystem",
  "EventObject",
  "InspectionEvent",
  "MetaObject",
  "Observer",
  "StateMachine",
  "StateValue",
]);

const { success, stderr } = await new Deno.Command(Deno.execPath(), {
  args: ["doc", "--lint", ...Object.values(entryPoints)],
  env: { NO_COLOR: "1" },
}).output();
const output = new TextDecoder().decode(stderr);
const findings = output.split(/^(?=error[[:])/m)
  .filter((part) => part.startsWith("error["));
const errors = findings.filter((finding) => !isAllowed(finding));
const found = Number(output.match(/^error: Found (\d+) /m)?.[1] ?? 0);

if (!success && (found === 0 || found !== findings.length)) {
  // It failed for a reason of its own, or says it in words that are new to us.
  console.error(output);
  Deno.exit(1);
}
if (errors.length > 0) console.error(errors.join(""));
const excepted = findings.length - errors.length;
console.log(`doc lint: ${errors.length} errors, ${excepted} excepted`);
Deno.exit(errors.length > 0 ? 1 : 0);

function isAllowed(finding: string): boolean {
  const type = finding.match(
    /^error\[private-type-ref\].* references private type '([^']+)'/,
  )?.[1];
  return type !== undefined && allowed.has(type);
}
