/** Azure: create a resource, use it, delete it, and read why something fails. */
import { assertEquals } from "@std/assert";
import { azure, createRuntime } from "@lro/machines";
import { bearer } from "@lro/machines/auth";
import { createAzureEmulator, createVirtualClock } from "@lro/machines/testing";

// A stand-in for Azure where three minutes take no time.
const clock = createVirtualClock();
const emulator = createAzureEmulator({
  clock,
  token: "t",
  plan: ({ method, path }) => {
    if (method === "POST") return { pollBy: "location", durationMs: 60_000, result: { key: "k" } };
    if (method === "DELETE" || path.endsWith("/web")) return { durationMs: 180_000 };
    return { end: "fails", error: { code: "QuotaExceeded", message: "4 of 4 cores are in use." } };
  },
});

const ARM = "https://management.azure.com";
const fetch = bearer("t", { origins: ARM, fetch: emulator.fetch });
const runtime = createRuntime({ clock, fetch });

/** Sends a request to a virtual machine and waits for the end, on the clock. */
function run(method: string, machine: string) {
  const url = `${ARM}/subscriptions/s/virtualMachines/${machine}?api-version=2024-03-01`;
  const body = method === "PUT" ? { location: "westeurope" } : undefined;
  const request = { method, url, ...(body && { body }) };
  return clock.runUntil(runtime.start(azure.operation({ request })).outcome());
}

const created = await run("PUT", "web");
assertEquals(created.kind, "succeeded");
assertEquals(Object.keys(emulator.resources), ["/subscriptions/s/virtualMachines/web"]);

const used = await run("POST", "web/listKeys");
assertEquals(used.kind === "succeeded" && used.value, { key: "k" });

const failed = await run("PUT", "huge");
assertEquals(failed.kind, "failed");
if (failed.kind !== "succeeded") console.log(failed.error.message);

assertEquals((await run("DELETE", "web")).kind, "succeeded");
assertEquals((await run("DELETE", "huge")).kind, "succeeded");
assertEquals(emulator.resources, {});

await runtime.dispose();
console.log(`${emulator.count("start")} operations, ${emulator.count("poll")} polls`);
