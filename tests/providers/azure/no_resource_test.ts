/** A status where the resource should be is no resource, and a URL with a user is not followed. */
import { assert, assertEquals } from "@std/assert";
import { azure } from "@lro/machines";
import { createWorld, errorOf } from "../../runtime/_world.ts";

const R = "https://management.azure.com/r?api-version=1";
const put = azure.operation({ request: { method: "PUT", url: R, body: {} } });
const accepted = { status: 201, headers: { "azure-asyncoperation": "/operations/1" } };
const done = { status: 200, json: { status: "Succeeded" } };
const resource = { id: "/r", properties: { provisioningState: "Succeeded" } };

Deno.test("a resource that answers with a status alone goes on until it is there", async () => {
  for (const before of [[{ status: 201 }], [accepted, done]]) {
    await using world = createWorld([
      ...before,
      { status: 200, json: { status: "InProgress", percentComplete: 40 } },
      { status: 200, json: resource },
    ]);
    assertEquals(await world.clock.runUntil(world.runtime.start(put).result()), resource);
  }
});

Deno.test("a status alone is never the resource: bad ones end badly, a good one makes no sense", async () => {
  for (const before of [[{ status: 201 }], [accepted, done]]) {
    for (
      const [json, code] of [
        [{ status: "Failed", error: { code: "Conflict", message: "taken" } }, "operation-failed"],
        [{ status: "Canceled" }, "operation-canceled"],
        [{ status: "Succeeded" }, "protocol"],
      ] as const
    ) {
      await using world = createWorld([...before, { status: 200, json }]);
      const outcome = await world.clock.runUntil(world.runtime.start(put).outcome());
      assertEquals(errorOf(outcome).code, code);
    }
  }
});

Deno.test("a resource that has a status among other things is a resource", async () => {
  const own = { status: "online", size: 3 };
  await using world = createWorld([accepted, done, { status: 200, json: own }]);
  assertEquals(await world.clock.runUntil(world.runtime.start(put).result()), own);
});

Deno.test("a URL with a user or a password is not followed, and is nowhere to be seen", async () => {
  const hostile = "https://user:geheim@management.azure.com/operations/1";
  const headers = { "azure-asyncoperation": hostile };
  await using world = createWorld([{ status: 201, headers }]);
  const handle = world.runtime.start(put);
  const error = errorOf(await world.clock.runUntil(handle.outcome()));
  assertEquals([error.code, world.fetch.requests.length], ["protocol", 1]);
  assert(!JSON.stringify([error, handle.snapshot, handle.token()]).includes("geheim"));
});

Deno.test("what a vanished URL said is kept without its secrets", async () => {
  const message = "refused: Authorization: Bearer geheim-geheim-geheim";
  await using world = createWorld([
    accepted,
    { status: 200, json: { status: "InProgress" } },
    { status: 410, json: { error: { code: "Gone", message } } },
    { hang: true },
  ]);
  const handle = world.runtime.start(put);
  await world.clock.advance(120_000);
  assert(!JSON.stringify(handle.token()).includes("geheim"));
});
