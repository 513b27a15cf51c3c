/** What LXD's and Incus' documents and trackers say of operations, beyond their plain lives. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  createRuntime,
  type JsonValue,
  lxd,
  type MessageSocket,
  TransportError,
} from "@lro/machines";
import { createScriptedFetch, createVirtualClock } from "@lro/machines/testing";
import { createWorld, endOf, errorOf, outcomeOf } from "../../runtime/_world.ts";
import { accepted, createLxdWorld, ID, importing, operationOf, refused, shown } from "./_play.ts";

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

const stages: [claim: string, metadata: JsonValue, percent: number | undefined, text: string][] = [
  [
    "the stage that is named, not one that is over",
    {
      create_instance_from_image_unpack_progress: "Unpack: 34% (906kB/s)",
      download_progress: "rootfs: 100% (12.00MB/s)",
      progress: { stage: "create_instance_from_image_unpack", percent: "34", speed: "906000" },
    },
    34,
    "Unpack: 34% (906kB/s)",
  ],
  [
    "the stage that is named, although another comes first",
    {
      apply_progress: "Apply: 100%",
      download_progress: "rootfs: 7% (12.00MB/s)",
      progress: { stage: "download", percent: "7", speed: "12000000" },
    },
    7,
    "rootfs: 7% (12.00MB/s)",
  ],
  [
    "how much was processed, where nobody knows of how much",
    {
      create_backup_progress: "12.50MB (3.00MB/s)",
      progress: { stage: "create_backup", processed: "12500000", percent: "", speed: "3000000" },
    },
    undefined,
    "12.50MB (3.00MB/s)",
  ],
  ["the stage alone", { progress: { stage: "migrate", percent: "5" } }, 5, "migrate"],
  ["nothing, where progress is no object", { progress: "half" }, undefined, "Running"],
];

for (const [claim, metadata, percent, text] of stages) {
  // canonical/lxd#5467: progress is told as a map as well, with its stage
  Deno.test(`progress is ${claim}`, async () => {
    const running = { ...shown(103, { metadata }), latencyMs: 30_000 };
    await using world = createWorld([accepted(), running, { hang: true }]);
    const handle = world.runtime.start(importing());
    await world.clock.advance(30_000);
    assertEquals(handle.snapshot.progress, { ...(percent !== undefined && { percent }), text });
  });
}

// Whoever may not listen to all projects may be refused by a socket that opens and closes.
Deno.test("whoever joins and loses the socket of all projects at once listens to the one of the URL", async () => {
  await using world = createLxdWorld({ plan: { durationMs: 30_000 } });
  const { openSocket } = world.emulator.fetch;
  const opened: string[] = [];
  world.emulator.fetch.openSocket = (url: string) => {
    opened.push(new URL(url).search);
    const socket = openSocket!(url) as MessageSocket;
    if (url.includes("all-projects")) world.clock.setTimeout(() => socket.close(), 5);
    return socket;
  };
  await world.emulator.fetch("http://lxd/1.0/images?project=blue", { method: "POST" });
  const { id } = world.emulator.operations[0]!;
  const operation = `/1.0/operations/${id}?project=blue`;
  const outcome = await outcomeOf(world, world.runtime.start(lxd.operation({ operation })));
  assertEquals([endOf(outcome), world.clock.now() - world.clock.startMs], ["succeeded", 30_000]);
  assertEquals(opened, ["?type=operation&all-projects=true", "?type=operation&project=blue"]);
});

// RFC 9110, 15.3.6 and 15.3.7; a cache or proxy made it of something else, or it is a part.
for (const status of [203, 205, 206, 226]) {
  Deno.test(`sync with HTTP ${status} is no success of a start: it may have been processed`, async () => {
    const json = { type: "sync", status: "Success", status_code: 200, metadata: {} };
    const bodiless = status === 205;
    await using world = createWorld([{ status, ...(!bodiless && { json }) }]);
    const error = errorOf(await outcomeOf(world, world.runtime.start(importing())));
    assertEquals([error.code, error.requests], ["protocol", 1]);
    assert(/may have been processed/.test(error.message), error.message);
  });
}

Deno.test("what a server asks for is kept after a long poll that it has held, too", async () => {
  for (const status of [429, 503]) {
    const busy = { status, headers: { "retry-after": "7" }, latencyMs: 2_000 };
    await using world = createWorld([accepted(), busy, shown(200)]);
    assertEquals(endOf(await outcomeOf(world, world.runtime.start(importing()))), "succeeded");
    assertEquals(world.times(), [0, 0, 9_000]);
  }
});

Deno.test("answers that make no sense go along with the server's words", async () => {
  for (const odd of [shown(299), { status: 200, json: { type: "sync", metadata: [] } }]) {
    await using world = createWorld([accepted(), odd]);
    const error = errorOf(await outcomeOf(world, world.runtime.start(importing())));
    assertEquals([error.code, "details" in error && error.details !== undefined], [
      "protocol",
      true,
    ]);
  }
});
