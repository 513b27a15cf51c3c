/** What is written can be read: every token of every life, whatever a server says. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createRuntime, listKinds } from "@lro/machines";
import { createScriptedFetch, createVirtualClock } from "@lro/machines/testing";
import { defineJob, jobs } from "./_job.ts";
import { createWorld } from "./_world.ts";

const farPause = fc.oneof(
  fc.double({ min: 500, max: 1e300, noNaN: true }),
  fc.constantFrom(1e12, 9e15, 1e300, Number.MAX_VALUE, Infinity, NaN, -1),
);

Deno.test("every token of every life restores, however long the pauses and the deadline are", async () => {
  const odd = defineJob("far", { repeat: "unsent" }, {
    read: (step, _reply, { input }) => ({
      type: step === "send" ? "accepted" : "pending",
      waitMs: (input as { waitMs: number }).waitMs,
    }),
  });
  await fc.assert(
    fc.asyncProperty(
      farPause,
      fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true }),
      fc.nat(1e6).map(String),
      async (waitMs, deadlineMs, retryAfter) => {
        await using world = createWorld([], {
          thenRepeat: { status: 202, headers: { "retry-after": `${retryAfter}000000` } },
        });
        const operation = odd({ waitMs } as object);
        const handle = world.runtime.start(operation, { deadlineMs });
        for (const ms of [0, 1, 1_000]) {
          await world.clock.advance(ms);
          const text = JSON.stringify(handle.token());
          await using other = createWorld([], { thenRepeat: { hang: true } });
          assertEquals(other.runtime.restore(text).id, handle.id);
        }
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

/** Inputs with which each kind begins a life. */
const call = { method: "PUT", url: "https://a.example/r", body: {} };
const inputs: Record<string, object[]> = {
  "azure.operation": [{ request: { ...call, url: "https://management.azure.com/r" } }],
  "linode.event": [{ entityType: "linode", action: "linode_boot", entityId: 1 }],
  "linode.entityFree": [{ entityType: "linode", entityId: 1 }],
  "oci.workRequest": [{ workRequestId: "w", baseUrl: "https://a.example" }],
  "lxd.operation": [{ request: { ...call, url: "https://a.example/1.0/instances" } }],
  "elasticio.poll": [{ executionId: "1" }],
};

Deno.test("tokens of every kind restore, whatever the server answers at each request", async () => {
  const kinds = listKinds().filter(({ name }) => Object.hasOwn(inputs, name));
  assert(kinds.length === Object.keys(inputs).length, kinds.map(({ name }) => name).join());
  const reply = fc.record({
    status: fc.constantFrom(200, 201, 202, 204, 303, 400, 404, 410, 429, 500, 520),
    headers: fc.constantFrom<Record<string, string>>(
      {},
      { location: "/next" },
      { "azure-asyncoperation": "https://management.azure.com/o", "retry-after": "9e20" },
      { "retry-after": "99999999999999" },
      { "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" },
    ),
    json: fc.constantFrom({}, [], { data: [] }, { status: "InProgress" }, { a: 1 }, "text", null),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...kinds),
      fc.array(reply, { minLength: 1, maxLength: 4 }),
      async ({ name, check }, replies) => {
        const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
        const fetch = createScriptedFetch(replies.map((response) => ({ response })), {
          clock,
          thenRepeat: { hang: true },
        });
        await using runtime = createRuntime({ clock, fetch, onError: () => {} });
        const [input] = inputs[name]!;
        const operation = {
          provider: name.split(".")[0]!,
          kind: name,
          input: check(input) as object,
        };
        const handle = runtime.start(operation, { deadlineMs: 1e15 });
        const tokens = [handle.token()];
        handle.subscribe(() => void tokens.push(handle.token()));
        await clock.advance(40_000);
        tokens.push(handle.token());
        for (const token of tokens) {
          await using other = createRuntime({ clock, fetch, onError: () => {} });
          assertEquals(other.restore(JSON.stringify(token)).id, handle.id);
        }
      },
    ),
    { numRuns: 80, seed: 2 },
  );
});

Deno.test("a deadline of many years is written and read", async () => {
  await using world = createWorld([], { thenRepeat: { hang: true } });
  for (const deadlineMs of [1e15, 1e300, Infinity]) {
    const token = world.runtime.start(jobs.always(), { deadlineMs }).token();
    await using other = createWorld([], { thenRepeat: { hang: true } });
    assertEquals(other.runtime.restore(JSON.stringify(token)).snapshot.status, "active");
  }
});
