/** Oracle Cloud: follow a work request, and read why it failed. */
import { assertEquals } from "@std/assert";
import { createRuntime, oci, OperationFailedError } from "@lro/machines";
import { createOciEmulator, createVirtualClock } from "@lro/machines/testing";

// A stand-in for Oracle Cloud where minutes take no time, and which is out of hosts.
const clock = createVirtualClock();
const emulator = createOciEmulator({
  clock,
  plan: {
    durationMs: 90_000,
    end: "fails",
    errors: [{ code: "OutOfHostCapacity", message: "Out of host capacity." }],
    logs: ["Looking for a host.", "No host was found."],
  },
});
const runtime = createRuntime({ clock, fetch: emulator.fetch });

const baseUrl = "https://iaas.us-ashburn-1.oraclecloud.com";
const handle = runtime.start(oci.actAndWaitForWorkRequest<{ id: string }>({
  action: { method: "POST", url: `${baseUrl}/20160918/instances`, body: { shape: "s" } },
  baseUrl,
}));
handle.subscribe(({ progress }) => progress && console.log(`${progress.percent} %`));

const error = await clock.runUntil(handle.result()).catch((error: unknown) => error);
if (!(error instanceof OperationFailedError)) throw error;
console.log(error.message);
const { errors, logs } = error.details as { errors: unknown[]; logs: unknown[] };
assertEquals([error.providerCode, errors.length, logs.length], ["OutOfHostCapacity", 1, 2]);
assertEquals(Object.keys(error.partialResult as object), ["shape", "id", "lifecycleState"]);

await runtime.dispose();
