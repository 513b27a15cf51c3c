/** linode.event sends the trigger: once, after the baseline, and never a second time blindly. */
import { assert, assertEquals } from "@std/assert";
import { linode } from "@lro/machines";
import { createWorld, endOf, errorOf } from "../../runtime/_world.ts";
import {
  API,
  createLinodeWorld,
  eventOf,
  ID,
  listOf,
  one,
  refusal,
  times,
  triggered,
} from "./_play.ts";

const create = { method: "POST", url: `${API}/linode/instances`, body: { region: "eu" } };
const ourEvent = [listOf(eventOf(7, "started")), one(7, "finished")];

Deno.test("the trigger comes after the baseline, as it was given", async () => {
  await using world = createWorld([listOf(), { status: 200, json: {} }, ...ourEvent]);
  const url = `${API}/linode/instances/${ID}/shutdown`;
  const handle = world.runtime.start(triggered({
    trigger: { method: "post", url, headers: { "x-reason": "night" }, body: { soft: true } },
    headers: { "x-team": "net" },
  }));
  assertEquals((await world.clock.runUntil(handle.result())).id, 7);
  const { method, headers, body } = world.fetch.requests[1]!;
  assertEquals([method, headers["x-reason"], headers["x-team"]], ["POST", "night", "net"]);
  assertEquals(body, { soft: true });
  assertEquals(world.times(), [0, 0, 0, 0]);
});

Deno.test("headers of the operation stay with the API, whatever the trigger's address", async () => {
  await using world = createWorld([listOf(), { status: 204 }, ...ourEvent]);
  const handle = world.runtime.start(triggered({
    trigger: { method: "POST", url: "https://robot.example/pull" },
    headers: { "x-team": "net" },
  }));
  await world.clock.runUntil(handle.result());
  assertEquals(world.fetch.requests[1]!.headers["x-team"], undefined);
});

Deno.test("a create flow learns the id from the trigger's reply", async () => {
  await using world = createLinodeWorld({ plan: { durationMs: 8_000 } });
  const handle = world.runtime.start(
    linode.event({ entityType: "linode", action: "linode_create", trigger: create }),
  );
  const event = await world.clock.runUntil(handle.result());
  assertEquals(event.action, "linode_create");
  assertEquals((event["entity"] as { id: number }).id, 2);
  assertEquals(times(world).slice(0, 3), ["0 create", "0 list", "0 event"]);
});

Deno.test("the id may be in another field, and a text", async () => {
  await using world = createWorld([
    { status: 200, json: { slug: "eu-1", id: null } },
    listOf(eventOf(7, "started")),
    one(7, "finished"),
  ]);
  const handle = world.runtime.start(linode.event({
    entityType: "bucket",
    action: "bucket_create",
    trigger: create,
    entityIdFrom: "slug",
  }));
  await world.clock.runUntil(handle.result());
  const filter = JSON.parse(world.fetch.requests[1]!.headers["x-filter"]!);
  assertEquals(filter["entity.id"], "eu-1");
});

for (const json of [{}, { id: "" }, { id: 1.5 }, { id: {} }, [], null, "1"]) {
  Deno.test(`a create flow cannot go on from ${JSON.stringify(json)}`, async () => {
    await using world = createWorld([{ status: 200, json }]);
    const operation = linode.event({
      entityType: "linode",
      action: "linode_create",
      trigger: create,
    });
    const error = errorOf(await world.clock.runUntil(world.runtime.start(operation).outcome()));
    assertEquals(error.code, "protocol");
    assert(error.message.includes('no usable "id"'), error.message);
  });
}

for (const status of [302, 400, 401, 403, 404, 408, 409, 422]) {
  Deno.test(`a trigger that is answered ${status} is turned down, and no event is awaited`, async () => {
    await using world = createWorld([listOf(), refusal(status, "Linode busy.")]);
    const error = errorOf(
      await world.clock.runUntil(world.runtime.start(triggered()).outcome()),
    );
    assertEquals(error.code, "request-rejected");
    assert(
      error.message.startsWith(`Cannot trigger linode_shutdown: HTTP ${status} "Linode busy."`),
      error.message,
    );
    assertEquals((error as { providerMessage?: string }).providerMessage, "Linode busy.");
    world.fetch.assertDone();
  });
}

for (const broken of [{ status: 500 }, { status: 502 }, { status: 504 }, { drop: true }]) {
  const what = JSON.stringify(broken);
  Deno.test(`a trigger that may have been processed is not sent again: ${what}`, async () => {
    await using world = createWorld([listOf(), broken]);
    const error = errorOf(
      await world.clock.runUntil(world.runtime.start(triggered()).outcome()),
    );
    assertEquals(error.code, "transport");
    assertEquals(world.fetch.requests.length, 2);
    const { token } = error;
    const again = await world.clock.runUntil(world.runtime.restore(token!).outcome());
    assertEquals(endOf(again), "transport");
    assertEquals(world.fetch.requests.length, 2);
  });
}

const harmless = [
  { refuse: true },
  { status: 429, headers: { "retry-after": "3" } },
  { status: 503, headers: { "retry-after": "3" } },
];
for (const broken of harmless) {
  Deno.test(`a trigger that was not processed is sent again: ${JSON.stringify(broken)}`, async () => {
    await using world = createWorld([listOf(), broken, { status: 200 }, ...ourEvent]);
    const handle = world.runtime.start(triggered());
    assertEquals((await world.clock.runUntil(handle.result())).id, 7);
    world.fetch.assertDone();
  });
}

Deno.test("nothing is triggered when the baseline cannot be had", async () => {
  await using world = createWorld([refusal(403, "Unauthorized scope")]);
  const error = errorOf(await world.clock.runUntil(world.runtime.start(triggered()).outcome()));
  assertEquals([error.code, world.fetch.requests.length], ["transport", 1]);
});

Deno.test("a trigger's body and secret headers are in no token", async () => {
  await using world = createLinodeWorld({ faults: [{ on: "list", nth: 1, delayMs: 1_000 }] });
  const handle = world.runtime.start(triggered({
    trigger: {
      method: "POST",
      url: `${API}/linode/instances/${ID}/shutdown`,
      headers: { authorization: "Bearer s3cr3t", "x-token": "s3cr3t", accept: "a/b" },
      body: { root_pass: "s3cr3t" },
    },
  }));
  await world.clock.advance(500);
  const before = JSON.stringify(handle.token());
  assert(!before.includes("Bearer"), before);
  await world.clock.runUntil(handle.reached("polling"));
  const after = JSON.stringify(handle.token());
  assert(!after.includes("s3cr3t"), after);
  assertEquals((handle.token().input as { trigger?: unknown }).trigger, undefined);
});
