import { assertEquals, assertRejects } from "@std/assert";
import {
  createLxdEmulator,
  createVirtualClock,
  type LxdEmulator,
  type LxdEmulatorOptions,
  serveLoopback,
  type VirtualClock,
} from "@lro/machines/testing";

type World = LxdEmulator & { readonly clock: VirtualClock };

// deno-lint-ignore no-explicit-any -- whatever JSON the server answers
type Json = any;

function create(options: LxdEmulatorOptions = {}): World {
  const clock = createVirtualClock();
  return Object.defineProperties(createLxdEmulator({ clock, ...options }), {
    clock: { value: clock },
  }) as World;
}

/** Asks, moving the clock for as long as the answer takes. */
async function ask(world: World, method: string, path: string): Promise<[number, Json]> {
  const asking = world.fetch(`http://lxd${path}`, { method });
  const response = await world.clock.runUntil(asking);
  return [response.status, await response.json()];
}

async function begin(world: World): Promise<string> {
  const [status, body] = await ask(world, "POST", "/1.0/images");
  assertEquals([status, body.type], [202, "async"]);
  return body.operation;
}

Deno.test("an operation runs, ends, and is forgotten after 5 s", async () => {
  const world = create({ plan: { durationMs: 1_000, metadata: { fingerprint: "50cf" } } });
  const path = await begin(world);
  await world.clock.advance(999);
  assertEquals((await ask(world, "GET", path))[1].metadata.status, "Running");
  await world.clock.advance(1);
  const [, { metadata }] = await ask(world, "GET", path);
  assertEquals([metadata.status, metadata.metadata], ["Success", { fingerprint: "50cf" }]);
  await world.clock.advance(5_000);
  const [status, { error }] = await ask(world, "GET", path);
  assertEquals([status, error, world.operations.length], [404, "Operation not found", 0]);
});

const waits: [claim: string, flavor: LxdEmulatorOptions["flavor"], plan: object, seen: unknown][] =
  [
    ["LXD 5 shows what runs", "lxd5", { durationMs: 9_000 }, [200, "sync", "Running"]],
    ["LXD 6 calls that an error", "lxd6", { durationMs: 9_000 }, [200, "error", undefined]],
    ["Incus shows it", "incus", { durationMs: 9_000 }, [200, "sync", "Running"]],
    ["LXD 5 shows what failed", "lxd5", { end: "fails" }, [200, "sync", "Failure"]],
    ["LXD 6 calls that an error, too", "lxd6", { end: "fails" }, [200, "error", undefined]],
    ["LXD 6 shows what succeeded", "lxd6", { durationMs: 1_000 }, [200, "sync", "Success"]],
  ];

for (const [claim, flavor, plan, seen] of waits) {
  Deno.test(`after a wait of 2 s ${claim}`, async () => {
    const world = create({ ...(flavor && { flavor }), plan });
    const [status, body] = await ask(world, "GET", `${await begin(world)}/wait?timeout=2`);
    assertEquals([status, body.type, body.metadata?.status], seen);
  });
}

Deno.test("a wait without a timeout waits for the end; one of 0 does not wait", async () => {
  const world = create({ plan: { durationMs: 100_000 } });
  const path = await begin(world);
  assertEquals((await ask(world, "GET", `${path}/wait?timeout=0`))[1].metadata.status, "Running");
  assertEquals(world.clock.now(), 0);
  assertEquals((await ask(world, "GET", `${path}/wait`))[1].metadata.status, "Success");
  assertEquals(world.clock.now(), 100_000);
});

Deno.test("a cancel takes its time, ends waits, and turns into a failure on LXD 5 only", async () => {
  for (const [flavor, after] of [["lxd5", "Failure"], ["incus", "Cancelled"]] as const) {
    const world = create({ flavor, plan: { durationMs: 100_000, cancelMs: 1_000 } });
    const path = await begin(world);
    assertEquals((await ask(world, "DELETE", path))[0], 200);
    assertEquals(world.operations[0]?.status, "Cancelling");
    const [, { metadata }] = await ask(world, "GET", `${path}/wait`);
    assertEquals([metadata.status, world.clock.now()], ["Cancelled", 1_000]);
    const [status, { error }] = await ask(world, "DELETE", path);
    assertEquals([status, error], [400, "Only running operations can be cancelled"]);
    await world.clock.advance(100);
    assertEquals(world.operations[0]?.status, after);
  }
});

Deno.test("what may not be canceled is not", async () => {
  const world = create({ plan: { durationMs: 1_000, mayCancel: false } });
  const [status, { error }] = await ask(world, "DELETE", await begin(world));
  assertEquals([status, error], [400, "This operation can't be cancelled"]);
});

Deno.test("the list has operations by status, or their URLs", async () => {
  const world = create({ plan: (_, index) => ({ durationMs: 1_000 * index }) });
  await begin(world); // it ends at once
  const path = await begin(world);
  const [, urls] = await ask(world, "GET", "/1.0/operations");
  assertEquals(urls.metadata.running, [path]);
  const [, whole] = await ask(world, "GET", "/1.0/operations?recursion=1");
  assertEquals(Object.keys(whole.metadata), ["success", "running"]);
});

Deno.test("a start may be answered at once, or refused", async () => {
  const refusal = { status: 409, error: "Taken" };
  const world = create({ plan: (_, index) => index === 0 ? { sync: true } : { refusal } });
  assertEquals((await ask(world, "PUT", "/1.0"))[1].type, "sync");
  const [status, body] = await ask(world, "PUT", "/1.0");
  assertEquals([status, body.type, body.error_code, body.error], [409, "error", 409, "Taken"]);
});

Deno.test("a restart says 503, then nothing, and forgets everything", async () => {
  const world = create({ plan: { durationMs: 100_000 } });
  const path = await begin(world);
  world.restart({ shuttingDownMs: 1_000, downMs: 1_000 });
  assertEquals((await ask(world, "GET", path))[0], 503);
  await world.clock.advance(1_000);
  await assertRejects(() => ask(world, "GET", path), TypeError, "fetch failed");
  await world.clock.advance(1_000);
  assertEquals((await ask(world, "GET", path))[0], 404);
});

Deno.test("what runs on a lost member is answered with 500 after 10 s", async () => {
  const world = create({ isCluster: true, plan: { durationMs: 1_000, location: "two" } });
  const path = await begin(world);
  assertEquals(path.endsWith("?project=default"), true);
  world.loseMember("two");
  assertEquals([(await ask(world, "GET", path))[0], world.clock.now()], [500, 10_000]);
});

Deno.test("a websocket tells of every change, of a cancel in the wrong order", async () => {
  const world = create({ plan: { durationMs: 100_000 } });
  const socket = await world.fetch.openSocket!("ws://lxd/1.0/events?type=operation");
  const seen: string[] = [];
  socket.addEventListener("open", () => seen.push("open"));
  socket.addEventListener("close", () => seen.push("close"));
  socket.addEventListener("message", ({ data }) => {
    seen.push(JSON.parse(String(data)).metadata.status);
  });
  await world.clock.advance(0);
  const path = await begin(world);
  await ask(world, "DELETE", path);
  await world.clock.advance(1_000);
  socket.close();
  await world.clock.advance(0);
  assertEquals(seen, ["open", "Running", "Cancelled", "Cancelling", "Failure", "close"]);
  assertEquals([world.sockets, world.clock.timers], [0, 0]);
});

Deno.test("it can be served, and a request that is given up leaves nothing", async () => {
  const { handle, count } = createLxdEmulator({ plan: { durationMs: 60_000 } });
  await using server = await serveLoopback(handle);
  const { operation } = await (await fetch(`${server.url}/1.0/images`, { method: "POST" })).json();
  const controller = new AbortController();
  const waiting = fetch(`${server.url}${operation}/wait`, { signal: controller.signal });
  while (count("wait") === 0) await (await fetch(`${server.url}/1.0`)).text();
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
});

Deno.test("a proxy in front cuts long polls, with a page or with nothing", async () => {
  const world = create({ cutLongPolls: { afterMs: 20_000 }, plan: { durationMs: 30_000 } });
  const path = await begin(world);
  const response = await world.clock.runUntil(world.fetch(`http://lxd${path}/wait?timeout=30`));
  assertEquals([response.status, world.clock.now()], [504, 20_000]);
  assertEquals((await response.text()).startsWith("<h1>504"), true);
  assertEquals((await ask(world, "GET", `${path}/wait?timeout=15`))[1].metadata.status, "Success");
  const dropping = create({
    cutLongPolls: { afterMs: 5_000, by: "drop" },
    plan: { durationMs: 9_000 },
  });
  const other = await begin(dropping);
  await assertRejects(() =>
    dropping.clock.runUntil(dropping.fetch(`http://lxd${other}/wait?timeout=30`))
  );
  assertEquals(dropping.clock.now(), 5_000);
});

Deno.test("a member of an old cluster knows no /wait of what it shows", async () => {
  const world = create({ isWaitUnknown: true, plan: { durationMs: 9_000 } });
  const path = await begin(world);
  assertEquals((await ask(world, "GET", `${path}/wait?timeout=1`))[0], 404);
  assertEquals((await ask(world, "GET", path))[1].metadata.status, "Running");
});

async function listed(world: World, query: string): Promise<number> {
  const [, { metadata }] = await ask(world, "GET", `/1.0/operations${query}`);
  return Object.values(metadata as Record<string, unknown[]>).flat().length;
}

Deno.test("a list has one project, or all of them where the server has the extension", async () => {
  for (const apiExtensions of [undefined, ["projects"]]) {
    const world = create({ plan: { durationMs: 9_000 }, ...(apiExtensions && { apiExtensions }) });
    await ask(world, "POST", "/1.0/images?project=blue");
    await begin(world);
    await begin(world);
    const counts = [];
    for (const query of ["", "?project=blue", "?all-projects=true"]) {
      counts.push(await listed(world, query));
    }
    assertEquals(counts, [2, 1, apiExtensions ? 2 : 3]);
    const [, { metadata }] = await ask(world, "GET", "/1.0");
    const isNamed = metadata.api_extensions.includes("operations_get_query_all_projects");
    assertEquals(isNamed, apiExtensions === undefined);
  }
});

Deno.test("a restricted client is told nothing of all projects", async () => {
  const world = create({ isRestricted: true });
  const [status, { error }] = await ask(world, "GET", "/1.0/operations?all-projects=true");
  assertEquals([status, error], [500, "Certificate is restricted"]);
  assertEquals((await ask(world, "GET", "/1.0/operations?project=blue"))[0], 200);
});

/** What a socket does while operations of two projects are started and end. */
async function follow(options: LxdEmulatorOptions, query: string): Promise<string[]> {
  const world = create({ plan: { durationMs: 1_000 }, ...options });
  const seen: string[] = [];
  const socket = await world.fetch.openSocket!(`ws://lxd/1.0/events?type=operation${query}`);
  socket.addEventListener("open", () => seen.push("open"));
  socket.addEventListener("close", () => seen.push("close"));
  socket.addEventListener("message", ({ data }) => {
    const { project, metadata } = JSON.parse(String(data));
    seen.push(`${project} ${metadata.status}`);
  });
  await world.clock.advance(0);
  await ask(world, "POST", "/1.0/images?project=blue");
  await begin(world);
  await world.clock.advance(2_000);
  return seen;
}

const sockets: [claim: string, options: LxdEmulatorOptions, query: string, seen: string[]][] = [
  ["of its project", {}, "", ["open", "default Running", "default Success"]],
  ["of another", {}, "&project=blue", ["open", "blue Running", "blue Success"]],
  ["of all", {}, "&all-projects=true", [
    "open",
    "blue Running",
    "default Running",
    "blue Success",
    "default Success",
  ]],
  ["nothing where it is mute", { sockets: "mute" }, "", ["open"]],
  ["nothing where it closes at once", { sockets: "closes" }, "", ["open", "close"]],
  ["nothing of all to a restricted client", { isRestricted: true }, "&all-projects=true", [
    "close",
  ]],
  ["nothing to whoever asks for one and for all", {}, "&all-projects=true&project=blue", ["close"]],
];

for (const [claim, options, query, seen] of sockets) {
  Deno.test(`a socket tells ${claim}`, async () => {
    assertEquals(await follow(options, query), seen);
  });
}
