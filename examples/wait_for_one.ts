/** Wait for one operation: schedule an execution and read its result. */
import { assertEquals } from "@std/assert";
import { elasticio, wait } from "@lro/machines";
import { basic } from "@lro/machines/auth";
import { createElasticioEmulator, serveLoopback } from "@lro/machines/testing";

// A stand-in for https://api.elastic.io, reached by real HTTP.
const emulator = createElasticioEmulator({
  user: "me@example.com",
  password: "secret",
  plan: { durationMs: 300, result: { fields: ["name", "price"] } },
});
const server = await serveLoopback(emulator.handle);

const model = await wait(
  elasticio.execution<{ fields: string[] }>({
    baseUrl: server.url,
    execution: {
      execution_type: "get_meta_model",
      component: "mapper",
      action_or_trigger: "put",
      account_id: "540492e623773659c5000001",
    },
  }),
  {
    fetch: basic("me@example.com", "secret", { origins: server.url }),
    deadlineMs: 60_000,
  },
);

assertEquals(model, { fields: ["name", "price"] });
assertEquals(emulator.count("schedule"), 1);
assertEquals(emulator.count("result"), 1);
await server.close();
console.log("fields:", model.fields.join(", "));
