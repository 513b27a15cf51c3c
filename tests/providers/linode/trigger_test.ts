/** linode.event sends the trigger: once, after the baseline, and never a second time blindly. */
import { assert, assertEquals } from "@std/assert";
import { linode } from "@lro/machines";
import { type EventInput, eventKind } from "@lro/machines/linode";
import type { ScriptedResponse } from "@lro/machines/testing";
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

for (const status of [400, 401, 403, 404, 409, 410, 422, 499]) {
  Deno.test(`a trigger that is answered ${status} is turned down, and no event is awaited`, async () => {
    await using world = createWorld([listOf(), refusal(status, "Not now.")]);
    const error = errorOf(
      await world.clock.runUntil(world.runtime.start(triggered()).outcome()),
    );
    assertEquals(error.code, "request-rejected");
    assert(
      error.message.startsWith(`Cannot trigger linode_shutdown: HTTP ${status} "Not now."`),
      error.message,
    );
    assertEquals((error as { providerMessage?: string }).providerMessage, "Not now.");
    world.fetch.assertDone();
  });
}

const doubtful: [status: number, code: string][] = [
  ...[205, 206, 207, 226, 299, 300, 302, 304, 399].map((status): [number, string] => [
    status,
    "protocol",
  ]),
  ...[408, 500, 501, 505, 520, 524, 599].map((status): [number, string] => [status, "transport"]),
];
for (const [status, code] of doubtful) {
  Deno.test(`a trigger that is answered ${status} may run: ${code}, never request-rejected`, async () => {
    await using world = createWorld([listOf(), { status }]);
    const error = errorOf(await world.clock.runUntil(world.runtime.start(triggered()).outcome()));
    assertEquals(error.code, code);
    assert(error.message.includes("it may have been processed"), error.message);
    assertEquals(world.fetch.requests.length, 2);
  });
}

Deno.test("a page that wants somebody to sign in is no answer to a trigger", async () => {
  const page = { status: 200, headers: { "content-type": "text/html" }, text: "<html>Sign in" };
  await using world = createWorld([listOf(), page]);
  const error = errorOf(await world.clock.runUntil(world.runtime.start(triggered()).outcome()));
  assertEquals(error.code, "protocol");
  assert(error.message.includes("may have been processed"), error.message);
});

Deno.test("a trigger elsewhere may answer in words", async () => {
  await using world = createWorld([listOf(), { status: 200, text: "pulled" }, ...ourEvent]);
  const trigger = { method: "POST", url: "https://robot.example/pull" };
  const handle = world.runtime.start(triggered({ trigger }));
  assertEquals((await world.clock.runUntil(handle.result())).id, 7);
});

const gateway = { headers: { "content-type": "text/html" }, text: "<html>400 Bad Request</html>" };
const lost = [
  { status: 500 },
  { status: 502 },
  { status: 504 },
  { status: 503, headers: { "x-maintenance-mode": "all" } },
  { status: 400, ...gateway },
  { status: 404, ...gateway },
  { drop: true },
];
for (const broken of lost) {
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

Deno.test("what will never be sent again is in no token: a trigger whose answer is awaited or lost", async () => {
  await using world = createWorld([listOf(), { hang: true }]);
  const url = `${API}/linode/instances/${ID}/shutdown`;
  const handle = world.runtime.start(triggered({
    trigger: { method: "POST", url, headers: { accept: "a/b" }, body: { note: "s3cr3t" } },
  }));
  await world.clock.advance(10);
  const { input, uncertain } = handle.token();
  assertEquals([uncertain, (input as { trigger: unknown }).trigger], [true, {
    method: "POST",
    url,
  }]);
  const again = world.runtime.restore(JSON.stringify({ ...handle.token(), id: "again" }));
  const error = errorOf(await world.clock.runUntil(again.outcome()));
  assertEquals([error.code, world.fetch.requests.length], ["transport", 2]);
  assert(error.message.includes("may have been processed"), error.message);
});

Deno.test("a trigger's body stays in the token until it was sent, for it is sent by whoever takes it up", async () => {
  await using world = createLinodeWorld({ faults: [{ on: "list", nth: 1, delayMs: 1_000 }] });
  const url = `${API}/linode/instances/${ID}/shutdown`;
  const trigger = { method: "POST", url, body: { soft: true } };
  const handle = world.runtime.start(triggered({ trigger }));
  await world.clock.advance(500);
  const { input } = handle.token();
  assertEquals((input as { trigger: { body: unknown } }).trigger.body, { soft: true });
});

const reply = { id: ID, label: "web-1", root_token: "s3cr3t" };
const endings: Record<string, [code: string, ...after: ScriptedResponse[]]> = {
  "an event that failed": ["operation-failed", listOf(eventOf(7, "started")), one(7, "failed")],
  "an event that vanished": [
    "operation-expired",
    listOf(eventOf(7, "started")),
    refusal(404, "Not found"),
  ],
  "a list that is refused": ["transport", refusal(403, "Unauthorized")],
  "a list that is none": ["protocol", { status: 200, json: {} }],
  "a deadline": ["deadline-exceeded", listOf(eventOf(7, "started"))],
};
for (const [what, [code, ...after]] of Object.entries(endings)) {
  Deno.test(`whoever triggered something learns what it was in the error of ${what}`, async () => {
    await using world = createWorld([listOf(), { status: 200, json: reply }, ...after], {
      thenRepeat: one(7, "started"),
    });
    const handle = world.runtime.start(triggered());
    const error = errorOf(await world.clock.runUntil(handle.outcome()));
    const { partialResult } = error as { partialResult?: Record<string, unknown> };
    assertEquals(error.code, code);
    assertEquals([partialResult?.["id"], partialResult?.["label"]], [ID, "web-1"]);
    assert(!JSON.stringify([error, handle.token()]).includes("s3cr3t"));
  });
}

Deno.test("whoever triggered something learns what it was where the reply has no usable id", async () => {
  await using world = createWorld([{ status: 200, json: { label: "web-1" } }]);
  const operation = linode.event({
    entityType: "linode",
    action: "linode_create",
    trigger: create,
  });
  const error = errorOf(await world.clock.runUntil(world.runtime.start(operation).outcome()));
  assertEquals((error as { partialResult?: unknown }).partialResult, { label: "web-1" });
});

Deno.test("of a large reply only the id is remembered", async () => {
  const json = { id: ID, label: "x".repeat(20_000) };
  await using world = createWorld([listOf(), { status: 200, json }, refusal(403, "no")]);
  const handle = world.runtime.start(triggered());
  const error = errorOf(await world.clock.runUntil(handle.outcome()));
  assertEquals((error as { partialResult?: unknown }).partialResult, { id: ID });
});

Deno.test("a refusal after an attempt that may have been processed is not request-rejected", () => {
  const input = triggered().input as EventInput;
  const state = { input, memory: {}, uncertain: true, elapsedMs: 0, remainingMs: 1 };
  const refused = { status: 400, headers: {}, body: { errors: [{ reason: "Label is taken" }] } };
  const { failure } = eventKind.protocol.read("trigger", refused, state);
  assertEquals(failure?.code, "transport");
  assert(failure?.message.includes("an earlier attempt may have been processed"));
  const first = eventKind.protocol.read("trigger", refused, { ...state, uncertain: false });
  assertEquals(first.failure?.code, "request-rejected");
});
