/** What LXD's and Incus' documents and trackers say of operations, beyond their plain lives. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createRuntime, lxd, type MessageSocket, TransportError } from "@lro/machines";
import { createScriptedFetch, createVirtualClock } from "@lro/machines/testing";
import { createWorld, endOf, errorOf, outcomeOf } from "../../runtime/_world.ts";
import { accepted, createLxdWorld, ID, importing, operationOf, refused } from "./_play.ts";

// doc/rest-api.md, "PUT vs PATCH": If-Match makes LXD fail the request where the object was modified.
Deno.test("a start whose If-Match does not match never started, and says so", async () => {
  const words = "ETag doesn't match: da85b338 vs nope";
  await using world = createWorld([refused(412, words)]);
  const headers = { "if-match": "nope" };
  const request = { method: "PUT", url: "/1.0/instances/c1", headers, body: {} };
  const error = errorOf(await outcomeOf(world, world.runtime.start(lxd.operation({ request }))));
  assertEquals([error.code, error.providerCode, error.providerMessage], [
    "request-rejected",
    "412",
    words,
  ]);
  assertEquals(world.fetch.requests[0]!.headers["if-match"], "nope");
});

// doc/rest-api.md, "/1.0/certificates/<fingerprint>": DELETE is sync, and its HTTP code is 202.
Deno.test("HTTP 202 that is sync is done already, whatever its status looks like", async () => {
  const json = { type: "sync", status: "Success", status_code: 200, metadata: {} };
  await using world = createWorld([{ status: 202, json }]);
  const request = { method: "DELETE", url: "/1.0/certificates/3ee64be3" };
  const outcome = await outcomeOf(world, world.runtime.start(lxd.operation({ request })));
  assertEquals([endOf(outcome), outcome.requests], ["succeeded", 1]);
});

// canonical/lxd#13576: HTTP 500, each time, for a restricted client that asks for all projects.
Deno.test("a restricted client that lists all projects is told so at once, not after retries", async () => {
  const words = "Failed to get operation permission checker: Certificate is restricted";
  const clock = createVirtualClock();
  const extensions = { api_extensions: ["operations_get_query_all_projects"] };
  const able = { status: 200, json: { type: "sync", metadata: extensions } };
  const fetch = createScriptedFetch([{ response: able }, { response: refused(500, words) }], {
    clock,
  });
  const asking = lxd.operations({ allProjects: true }, { clock, fetch });
  const error = await assertRejects(() => asking, TransportError);
  assertEquals([error.providerMessage, fetch.requests.length], [words, 2]);
});

// canonical/lxd#4032: the first that the stream tells of an operation is Pending, 105, never 100.
// doc/events.md: logging, lifecycle, ovn and security come on the same socket to who may see them.
Deno.test("Pending, Running, and what is said of other things, end nothing", async () => {
  const others = ["logging", "lifecycle", "ovn", "security"].map((type) => ({
    type,
    location: "none",
    metadata: { action: "instance-started", id: ID, status_code: 200 },
  }));
  const own = [105, 103].map((code) => ({ type: "operation", metadata: operationOf(code) }));
  const clock = createVirtualClock();
  const scripted = createScriptedFetch([{ response: accepted({ metadata: null }) }], { clock });
  let tell: ((event: { readonly data?: unknown }) => void) | undefined;
  const openSocket = (): MessageSocket => ({
    addEventListener: (type, listener) => {
      if (type === "open") queueMicrotask(() => listener({}));
      if (type === "message") tell = listener;
    },
    close: () => {},
  });
  const fetch = Object.assign((...args: Parameters<typeof scripted>) => scripted(...args), {
    openSocket,
  });
  await using runtime = createRuntime({ clock, fetch });
  const handle = runtime.start(importing());
  await handle.reached("polling");
  const texts: unknown[] = [];
  for (const message of [...others, ...own]) {
    tell!({ data: JSON.stringify(message) });
    texts.push(handle.snapshot.progress?.text);
  }
  assertEquals(texts, [...others.map(() => undefined), "Pending", "Running"]);
  assertEquals(handle.snapshot.status, "active");
  tell!({ data: JSON.stringify({ type: "operation", metadata: operationOf(200) }) });
  assertEquals(endOf(await handle.outcome()), "succeeded");
  assertEquals([clock.now(), scripted.requests.length], [0, 1]);
  await clock.runUntil(runtime.dispose());
});

// doc/rest-api.md, "Status codes": the number counts, the word is for people and may be any.
Deno.test("the number of a status counts, and not its word", async () => {
  const metadata = operationOf(400, { status: "Success", err: "boom" });
  await using world = createWorld([{ status: 200, json: { type: "sync", metadata } }]);
  const outcome = await outcomeOf(world, world.runtime.start(lxd.operation({ operation: ID })));
  assertEquals(endOf(outcome), "operation-failed");
});

// lxc/incus#3853: an operation that ends while the event connection is lost is found by one query after it.
Deno.test("an operation that ends while the socket is lost is found once it is back", async () => {
  await using world = createLxdWorld({ isWaitUnknown: true, plan: { durationMs: 6_000 } });
  const handle = world.runtime.start(importing());
  await world.clock.advance(5_000);
  world.emulator.allowSockets(false);
  await world.clock.advance(500);
  world.emulator.allowSockets(true);
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
  assert(world.clock.now() - world.clock.startMs < 8_000);
});
