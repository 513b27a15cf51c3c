/** Oracle Cloud: launch an instance with signed requests, wait until it runs, delete it. */
import { assertEquals } from "@std/assert";
import { createRuntime, oci } from "@lro/machines";
import { ociSignature } from "@lro/machines/auth";
import { createOciEmulator, serveLoopback } from "@lro/machines/testing";

// A stand-in for Oracle Cloud that knows the public key, reached by real HTTP.
const { privateKey, publicKey } = await createKey();
const emulator = createOciEmulator({
  publicKeys: { "tenancy/user/20:3b": publicKey },
  plan: { durationMs: 300 },
});
const server = await serveLoopback(emulator.handle);

const fetch = ociSignature({
  tenancyId: "tenancy",
  userId: "user",
  fingerprint: "20:3b",
  privateKey,
  origins: server.url,
});
const runtime = createRuntime({ fetch });
const instances = `${server.url}/20160918/instances`;
const pace = { maxIntervalMs: 100 }; // 30 s where it is real

const instance = await runtime.start(
  oci.actAndWaitForState<{ id: string; lifecycleState: string }>({
    action: {
      method: "POST",
      url: instances,
      body: { compartmentId: "c", shape: "VM.Standard.E4" },
    },
    get: `${instances}/{id}`,
    states: ["RUNNING"],
    ...pace,
  }),
).result();
assertEquals(instance.lifecycleState, "RUNNING");

const outcome = await runtime.start(oci.actAndWaitForState({
  action: { method: "DELETE", url: `${instances}/${instance.id}` },
  get: `${instances}/${instance.id}`,
  states: ["TERMINATED"],
  ...pace,
})).outcome();
assertEquals(outcome.kind === "succeeded" && outcome.notFound, true);

await runtime.dispose();
await server.close();
console.log(`${instance.id} ran and is gone, after ${emulator.log.length} signed requests`);

/** A key for this program; a real one is in a file, see `~/.oci/config`. */
async function createKey(): Promise<{ privateKey: string; publicKey: string }> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      hash: "SHA-256",
      modulusLength: 2048,
      publicExponent: Uint8Array.of(1, 0, 1),
    },
    true,
    ["sign", "verify"],
  );
  const pem = async (label: string, format: "pkcs8" | "spki", key: CryptoKey) => {
    const bytes = new Uint8Array(await crypto.subtle.exportKey(format, key));
    const base64 = btoa(String.fromCharCode(...bytes));
    return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
  };
  return {
    privateKey: await pem("PRIVATE KEY", "pkcs8", privateKey),
    publicKey: await pem("PUBLIC KEY", "spki", publicKey),
  };
}
