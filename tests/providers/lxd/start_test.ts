/** What the answer to a start of lxd.operation means, and what is kept of it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { lxd } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { createWorld, endOf, errorOf, outcomeOf } from "../../runtime/_world.ts";
import {
  accepted,
  ID,
  importing,
  joining,
  operationOf,
  refused,
  shown,
  URL_OF_IT,
} from "./_play.ts";

const page = (status: number): ScriptedResponse => ({
  status,
  headers: { "content-type": "text/html" },
  text: "<h1>no</h1>",
});

for (const status of [400, 401, 403, 404, 405, 409, 410, 412, 413, 422, 451, 499]) {
  Deno.test(`a start answered with ${status} never started`, async () => {
    for (const reply of [refused(status, "no"), page(status)]) {
      await using world = createWorld([reply]);
      const error = errorOf(await outcomeOf(world, world.runtime.start(importing())));
      assertEquals([error.code, error.requests], ["request-rejected", 1]);
      assertEquals(error.providerCode, String(status));
    }
  });
}

Deno.test("a gateway's 500 may have been processed, so that the start is not sent again", async () => {
  await using world = createWorld([page(500)]);
  const error = errorOf(await outcomeOf(world, world.runtime.start(importing())));
  assertEquals([error.code, error.requests, error.token?.uncertain], ["transport", 1, true]);
});

for (const status of [501, 502, 504, 505, 507, 520, 524, 599]) {
  Deno.test(`a start answered with ${status} may run: it is not rejected, and has a token`, async () => {
    for (const reply of [refused(status, "hm"), page(status)]) {
      await using world = createWorld([reply]);
      const error = errorOf(await outcomeOf(world, world.runtime.start(importing())));
      assertEquals([error.code, error.requests, error.token?.uncertain], ["transport", 1, true]);
      assertMatch(error.message, /may have been processed/);
    }
  });
}

for (const status of [200, 201, 203, 226, 299]) {
  Deno.test(`a start answered with ${status} and a page is neither done nor rejected`, async () => {
    await using world = createWorld([page(status)]);
    const error = errorOf(await outcomeOf(world, world.runtime.start(importing())));
    assertEquals([error.code, error.token?.uncertain], ["protocol", true]);
    assertMatch(error.message, /may have been processed/);
  });
}

Deno.test("LXD's own 500 with an error in words never started, but after a lost answer that is not certain", async () => {
  await using world = createWorld([refused(500, "Failed creating instance")]);
  const error = errorOf(await outcomeOf(world, world.runtime.start(importing())));
  assertEquals([error.code, error.providerMessage], [
    "request-rejected",
    "Failed creating instance",
  ]);
});

Deno.test("a rejection after an attempt that may have been processed is none", () => {
  const { protocol, check } = lxd.operationKind;
  const input = check({ request: { method: "POST", url: "/1.0/images" } });
  const state = { input, memory: {}, uncertain: true, elapsedMs: 0, remainingMs: Infinity };
  for (const status of [400, 409, 429, 500]) {
    const body = { type: "error", error: "exists", error_code: status };
    const { failure } = protocol.read("start", { status, headers: {}, body }, state);
    assertEquals([failure?.code, failure?.providerMessage], ["transport", "exists"]);
    assertMatch(failure!.message, /earlier attempt may have been processed/);
  }
});

Deno.test("a request that is a look at an operation waits for the operation", async () => {
  const request = { method: "GET", url: `/1.0/operations/${ID}` };
  await using world = createWorld([shown(103), { ...shown(103), latencyMs: 30_000 }, shown(200)]);
  const outcome = await outcomeOf(world, world.runtime.start(lxd.operation({ request })));
  assertEquals(endOf(outcome), "succeeded");
  assertEquals(world.fetch.requests[1]!.url, `${URL_OF_IT}/wait?timeout=30`);
  await using bad = createWorld([shown(400, { err: "boom" })]);
  const failed = await outcomeOf(bad, bad.runtime.start(lxd.operation({ request })));
  assertEquals(endOf(failed), "operation-failed");
});

const started = {
  operationUrl: `${URL_OF_IT}?project=blue`,
  operationId: ID,
  resources: { images: ["/1.0/images/50cf"] },
};

const ends: [end: string, replies: ScriptedResponse[]][] = [
  ["operation-failed", [shown(400, { err: "boom" })]],
  ["operation-canceled", [shown(401)]],
  ["operation-expired", [refused(404, "gone"), refused(404, "gone")]],
  ["transport", [refused(403, "no")]],
  ["protocol", [page(200)]],
];

for (const [end, replies] of ends) {
  Deno.test(`whoever started something learns what when it ends as ${end}`, async () => {
    const metadata = operationOf(103, { resources: started.resources });
    await using world = createWorld([accepted({ metadata }), ...replies]);
    const request = { method: "POST", url: "/1.0/images?project=blue" };
    const error = errorOf(await outcomeOf(world, world.runtime.start(lxd.operation({ request }))));
    assertEquals([error.code, error.partialResult], [end, started]);
    assertEquals(lxd.operation({ operation: started.operationUrl }).kind, "lxd.operation");
  });
}

Deno.test("whoever joined started nothing", async () => {
  await using world = createWorld([shown(400, { err: "boom" })]);
  const error = errorOf(await outcomeOf(world, world.runtime.start(joining())));
  assertEquals([error.code, error.partialResult], ["operation-failed", undefined]);
});

Deno.test("nothing of a request that may have been processed is in a token but its address", async () => {
  const body = { name: "c1", config: { "user.password": "hunter2" } };
  const headers = { "x-a": "b" };
  const request = { method: "POST", url: "/1.0/instances", headers, body };
  await using world = createWorld([{ drop: true }]);
  const error = errorOf(await outcomeOf(world, world.runtime.start(lxd.operation({ request }))));
  assert(error.token);
  assertEquals(JSON.stringify(error.token).includes("hunter2"), false);
  assertEquals((error.token.input as { request: object }).request, {
    method: "POST",
    url: "http://lxd/1.0/instances",
  });
  const again = world.runtime.restore(error.token);
  const end = errorOf(await outcomeOf(world, again));
  assertEquals([end.code, world.fetch.requests.length], ["transport", 1]);
});
