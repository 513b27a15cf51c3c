/** lxd.operation: from the start to the end, reply by reply. */
import { assertEquals, assertMatch } from "@std/assert";
import { lxd, type OperationFailedError } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { createWorld, endOf, errorOf, outcomeOf } from "../../runtime/_world.ts";
import { accepted, ID, importing, joining, refused, shown, URL_OF_IT } from "./_play.ts";

Deno.test("an operation is started, waited for, and is the value whole", async () => {
  const metadata = { fingerprint: "50cf" };
  await using world = createWorld([accepted(), shown(200, { metadata })]);
  const outcome = await outcomeOf(world, world.runtime.start(importing()));
  assertEquals(outcome.kind === "succeeded" && outcome.value.metadata, metadata);
  assertEquals(world.fetch.requests.map(({ method, url }) => `${method} ${url}`), [
    "POST http://lxd/1.0/images",
    `GET ${URL_OF_IT}/wait?timeout=30`,
  ]);
});

Deno.test("what is answered at once has its answer for a value", async () => {
  const json = { type: "sync", status: "Success", status_code: 200, metadata: { auth: "trusted" } };
  await using world = createWorld([{ status: 200, json }]);
  const operation = lxd.operation<unknown>({ request: { method: "PUT", url: "/1.0", body: {} } });
  const outcome = await outcomeOf(world, world.runtime.start(operation));
  assertEquals(outcome.kind === "succeeded" && outcome.value, { auth: "trusted" });
});

Deno.test("in a cluster the URL keeps its query, and waits at its end", async () => {
  const operation = `/1.0/operations/${ID}?project=default`;
  await using world = createWorld([accepted({ operation }), shown(200)]);
  await outcomeOf(world, world.runtime.start(importing()));
  assertEquals(
    world.fetch.requests[1]!.url,
    `${URL_OF_IT}/wait?project=default&timeout=30`,
  );
});

Deno.test("the Location header will do where the body names no operation", async () => {
  const headers = { location: `/1.0/operations/${ID}` };
  await using world = createWorld([{ status: 202, headers }, shown(200)]);
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(importing()))), "succeeded");
});

Deno.test("an operation on another server is refused, for it would get our requests", async () => {
  const operation = `https://elsewhere.example/1.0/operations/${ID}`;
  await using world = createWorld([accepted({ operation })]);
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(importing()))), "protocol");
});

Deno.test("what comes before /1.0 in the request's URL is before the operation's, too", async () => {
  await using world = createWorld([accepted(), shown(200)]);
  const request = { method: "POST", url: "https://proxy.example/lxd/1.0/images" };
  await outcomeOf(world, world.runtime.start(lxd.operation({ request })));
  assertEquals(
    world.fetch.requests[1]!.url,
    `https://proxy.example/lxd/1.0/operations/${ID}/wait?timeout=30`,
  );
});

Deno.test("an operation that somebody else started is asked for first", async () => {
  await using world = createWorld([shown(105), shown(200)]);
  await outcomeOf(world, world.runtime.start(joining()));
  assertEquals(world.fetch.requests.map(({ url }) => url), [
    URL_OF_IT,
    `${URL_OF_IT}/wait?timeout=30`,
  ]);
});

const gone = refused(404, "Operation not found");
const goneEarly = refused(500, "open: no such file or directory");

const ends: [claim: string, replies: ScriptedResponse[], end: string][] = [
  ["HTTP 200 that says Failure", [shown(400, { err: "boom" })], "operation-failed"],
  ["HTTP 200 that says Cancelled", [shown(401)], "operation-canceled"],
  ["a command that exits 3", [shown(200, { metadata: { return: 3 } })], "succeeded"],
  ["a status that nobody knows", [shown(299)], "protocol"],
  ["an empty err while it runs", [{ ...shown(103), latencyMs: 30_000 }, shown(200)], "succeeded"],
  ["an operation that is gone", [gone, gone], "operation-expired"],
  ["an operation that is gone for good", [refused(410, "Gone"), gone], "operation-expired"],
  ["an early server's way to say that it is gone", [goneEarly, goneEarly], "operation-expired"],
  [
    "a newer server's 200 that is gone",
    [refused(404, "Not Found", 200), gone],
    "operation-expired",
  ],
  ["a refusal", [refused(418, "I'm a teapot")], "transport"],
  ["what is not implemented", [refused(501, "not implemented")], "transport"],
  ["credentials that are refused", [refused(403, "not authorized")], "transport"],
];

for (const [claim, replies, end] of ends) {
  Deno.test(`${claim} ends as ${end}`, async () => {
    await using world = createWorld([accepted(), ...replies]);
    const outcome = await outcomeOf(world, world.runtime.start(importing()));
    assertEquals(endOf(outcome), end);
    world.fetch.assertDone();
  });
}

Deno.test("a failure has the server's words and code", async () => {
  await using world = createWorld([accepted(), shown(400, { err: "out of space" })]);
  const error = errorOf(
    await outcomeOf(world, world.runtime.start(importing())),
  ) as OperationFailedError;
  assertEquals([error.providerCode, error.providerMessage], ["400", "out of space"]);
  assertMatch(error.message, /out of space/);
});

const rejections: ScriptedResponse[] = [
  refused(400, "No source"),
  refused(400, "No source", 200),
  refused(500, "Failed creating instance"),
];

for (const rejection of rejections) {
  Deno.test(`a start that is refused with ${JSON.stringify(rejection)} is sent once`, async () => {
    await using world = createWorld([rejection]);
    const error = errorOf(await outcomeOf(world, world.runtime.start(importing())));
    assertEquals([error.code, error.requests], ["request-rejected", 1]);
  });
}

Deno.test("a start is sent again while the server says that it is shutting down", async () => {
  const down = refused(503, "LXD is shutting down");
  await using world = createWorld([down, { refuse: true }, down, accepted(), shown(200)]);
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(importing()))), "succeeded");
});

Deno.test("a start whose answer was lost is not sent again", async () => {
  await using world = createWorld([{ drop: true }]);
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(importing()))), "transport");
  assertEquals(world.fetch.requests.length, 1);
});

const newer: [claim: string, error: string, then: ScriptedResponse, end: string][] = [
  ["fails", "boom", shown(400, { err: "boom" }), "operation-failed"],
  ["is canceled", "Operation cancelled", shown(401), "operation-canceled"],
];

for (const [claim, error, then, end] of newer) {
  Deno.test(`what ${claim} on a newer server is asked for after HTTP 200 and an error`, async () => {
    const told = { ...refused(500, error, 200), latencyMs: 3_000 };
    await using world = createWorld([accepted(), told, then]);
    assertEquals(endOf(await outcomeOf(world, world.runtime.start(importing()))), end);
    assertEquals(world.fetch.requests.map(({ url }) => url).at(-1), URL_OF_IT);
  });
}

Deno.test("progress is the percentage and the text, whatever it is called", async () => {
  const metadata = { create_instance_from_image_unpack_progress: "Unpack: 34% (906kB/s)" };
  const wait = { ...shown(103, { metadata }), latencyMs: 30_000 };
  await using world = createWorld([accepted(), wait, shown(200)]);
  const handle = world.runtime.start(importing());
  const seen: unknown[] = [];
  handle.subscribe(({ progress }) => void seen.push(progress));
  await outcomeOf(world, handle);
  assertEquals(seen[0], { text: "Running" });
  assertEquals(seen[1], { percent: 34, text: "Unpack: 34% (906kB/s)" });
});
