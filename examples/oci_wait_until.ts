/** Oracle Cloud: wait until a list has what is wanted, by a predicate that outlives the process. */
import { assertEquals } from "@std/assert";
import { createRuntime, oci } from "@lro/machines";
import { createScriptedFetch, createVirtualClock } from "@lro/machines/testing";

type Volumes = { readonly lifecycleState: string }[];

// By name, so that a token can say which predicate it was.
oci.registerPredicate<Volumes>(
  "allAvailable",
  (volumes) => volumes.every(({ lifecycleState }) => lifecycleState === "AVAILABLE"),
);

const clock = createVirtualClock();
const list = (...states: string[]) => ({
  response: { status: 200, json: states.map((lifecycleState) => ({ lifecycleState })) },
});
const fetch = createScriptedFetch([
  list("PROVISIONING", "PROVISIONING"),
  list("AVAILABLE", "PROVISIONING"),
  list("AVAILABLE", "AVAILABLE"),
], { clock });

const first = createRuntime({ clock, fetch });
const handle = first.start(oci.waitUntil<Volumes>({
  get: {
    method: "GET",
    url: "https://iaas.us-ashburn-1.oraclecloud.com/20160918/volumes?compartmentId=c",
  },
  evaluate: "allAvailable",
}));
await clock.advance(1_500);
const token = JSON.stringify(handle.token());
await first.dispose();

const second = createRuntime({ clock, fetch });
const volumes = await clock.runUntil(second.restore<Volumes>(token).result());
assertEquals([volumes.length, clock.now()], [2, 3_000]); // looked at after 0, 1 and 3 s
await second.dispose();
fetch.assertDone();
console.log("both volumes are there");
