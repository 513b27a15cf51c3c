/** Event streams: opening, losing and closing sockets, whoever the provider is. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createRuntime, lxd, type MessageSocket } from "@lro/machines";
import { createScriptedFetch, createVirtualClock } from "@lro/machines/testing";
import { endOf, outcomeOf } from "./_world.ts";

const id = "b8d84888-1dc2-44fd-b386-7f679e171ba5";
const operation = lxd.operation({ request: { method: "POST", url: "/1.0/images" } });
const started = {
  status: 202,
  json: { type: "async", operation: `/1.0/operations/${id}` },
};
const ended = { id, status: "Success", status_code: 200 };
const running = {
  status: 200,
  json: { type: "sync", metadata: { ...ended, status: "Running", status_code: 103 } },
};
const shown = { status: 200, json: { type: "sync", metadata: ended } };

/** A socket whose events the test decides. */
class Socket implements MessageSocket {
  readonly #listeners = new Map<string, (event: { readonly data?: unknown }) => void>();
  closes = 0;

  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.closes++;
  }

  tell(type: string, data?: unknown): void {
    this.#listeners.get(type)?.({ data });
  }
}

type Open = () => MessageSocket | Promise<MessageSocket>;

function createWorld(open: Open, responses: readonly object[]) {
  const clock = createVirtualClock({ startMs: 1_000_000 });
  const scripted = createScriptedFetch(responses.map((response) => ({ response })), {
    clock,
    thenRepeat: { hang: true },
  });
  const reported: unknown[] = [];
  let opened = 0;
  const fetch = Object.assign((...args: Parameters<typeof scripted>) => scripted(...args), {
    openSocket: () => {
      opened++;
      return open();
    },
  });
  const onError = (error: unknown): void => void reported.push(error);
  const runtime = createRuntime({ clock, fetch, random: () => 0.5, onError });
  const times = () => scripted.requests.map(({ atMs }) => atMs);
  return {
    clock,
    runtime,
    reported,
    times,
    get opened() {
      return opened;
    },
    [Symbol.asyncDispose]: () => runtime.dispose(),
  };
}

/** What the provider says of the operation. */
const message = JSON.stringify({ type: "operation", metadata: ended });

Deno.test("the start waits for the socket", async () => {
  const socket = new Socket();
  await using world = createWorld(() => socket, [started]);
  const handle = world.runtime.start(operation);
  await world.clock.advance(700);
  assertEquals(world.times(), []);
  socket.tell("open");
  await world.clock.advance(0);
  assertEquals(world.times(), [700]);
  socket.tell("message", message);
  assertEquals(endOf(await handle.outcome()), "succeeded");
  assertEquals(socket.closes, 1);
  socket.tell("close");
});

Deno.test("the start waits for the socket for no more than a second", async () => {
  const socket = new Socket();
  await using world = createWorld(() => socket, [started, { ...shown, latencyMs: 60_000 }, shown]);
  const handle = world.runtime.start(operation);
  await world.clock.advance(5_000);
  assertEquals(world.times(), [1_000, 1_000]);
  socket.tell("open"); // late, so that it looks for itself once
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
  assertEquals(world.times(), [1_000, 1_000, 6_000]); // when it is sure to hear from then on
  socket.tell("close");
});

Deno.test("a new socket that says nothing is doubted: the server may not have listed us in time", async () => {
  const socket = new Socket();
  await using world = createWorld(() => socket, [started, shown]);
  const handle = world.runtime.start(operation);
  await world.clock.advance(0);
  socket.tell("open");
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
  assertEquals(world.times(), [0, 1_000]);
  socket.tell("close");
});

Deno.test("a new socket that says something of the operation is believed", async () => {
  const socket = new Socket();
  await using world = createWorld(() => socket, [started]);
  const handle = world.runtime.start(operation);
  await world.clock.advance(0);
  socket.tell("open");
  const running = { ...ended, status: "Running", status_code: 103 };
  socket.tell("message", JSON.stringify({ type: "operation", metadata: running }));
  await world.clock.advance(3_900); // the kind's `quietMs` is 4 s
  assertEquals([world.times(), handle.snapshot.progress?.text], [[0], "Running"]);
  socket.tell("message", message);
  assertEquals(endOf(await handle.outcome()), "succeeded");
  socket.tell("close");
});

Deno.test("a socket that never opens is given up after 10 s, and tried again", async () => {
  const sockets: Socket[] = [];
  const open = (): Socket => {
    const socket = new Socket();
    sockets.push(socket);
    return socket;
  };
  await using world = createWorld(open, [started]);
  const handle = world.runtime.start(operation);
  await world.clock.advance(10_000);
  assertEquals(sockets.map(({ closes }) => closes), [1]);
  await world.clock.advance(1_000);
  assertEquals(sockets.length, 2);
  handle.cancel().catch(() => {});
  for (const socket of sockets) socket.tell("close");
});

const failing: [claim: string, open: Open, report: string][] = [
  ["rejects", () => Promise.reject(new Error("no")), "no"],
  ["throws", () => {
    throw new Error("no");
  }, "no"],
  ["yields nothing", () => undefined as never, "must yield a WebSocket, got nothing"],
  ["yields null", () => null as never, "must yield a WebSocket, got null"],
  ["yields a text", () => Promise.resolve("ws" as never), "must yield a WebSocket, got a text"],
  ["yields half a socket", () => ({ close() {} }) as never, "must yield a WebSocket"],
];

for (const [claim, open, report] of failing) {
  Deno.test(`an openSocket that ${claim} is done without, and reported once`, async () => {
    const polls = Array.from({ length: 6 }, () => ({ ...running, latencyMs: 30_000 }));
    await using world = createWorld(open, [started, ...polls, shown]);
    const handle = world.runtime.start(operation);
    assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
    assertEquals(world.times().slice(0, 3), [0, 0, 30_000]);
    assert(world.opened > 5, `it is tried again, ${world.opened} times`);
    assertEquals(world.reported.length, 1);
    assertStringIncludes(String(world.reported[0]), report);
  });
}

Deno.test("a server whose sockets open and close at once is tried less and less often", async () => {
  const open = (): Socket => {
    const socket = new Socket();
    queueMicrotask(() =>
      queueMicrotask(() =>
        queueMicrotask(() => {
          socket.tell("open");
          socket.tell("message", message.replace(id, "0")); // it even says something
          socket.tell("close");
        })
      )
    );
    return socket;
  };
  const polls = Array.from({ length: 20 }, () => ({ ...running, latencyMs: 30_000 }));
  await using world = createWorld(open, [started, ...polls, shown]);
  const handle = world.runtime.start(operation);
  await world.clock.advance(60_000);
  assert(world.opened < 15, `${world.opened} in the first minute`);
  const before = world.opened;
  await world.clock.advance(60_000);
  assert(world.opened - before <= 5, `${world.opened - before} in the second minute`);
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
});

Deno.test("a socket that is open already when it is yielded is listened to at once", async () => {
  const socket = Object.assign(new Socket(), { readyState: 1 });
  await using world = createWorld(() => Promise.resolve(socket), [started]);
  const handle = world.runtime.start(operation);
  await world.clock.advance(0);
  assertEquals(world.times(), [0]);
  socket.tell("message", message);
  assertEquals(endOf(await handle.outcome()), "succeeded");
  assertEquals(world.times(), [0]);
  socket.tell("close");
});

Deno.test("a socket that is closed already when it is yielded is done without at once", async () => {
  const socket = Object.assign(new Socket(), { readyState: 3 });
  await using world = createWorld(() => socket, [started, shown]);
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(operation))), "succeeded");
  assertEquals([world.times(), world.clock.now()], [[0, 0], 1_000_000]);
});

Deno.test("a socket that held for a while is opened anew soon after it is lost", async () => {
  const sockets: Socket[] = [];
  const open = (): Socket => {
    const socket = new Socket();
    sockets.push(socket);
    queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => socket.tell("open"))));
    return socket;
  };
  const polls = Array.from({ length: 40 }, () => running);
  await using world = createWorld(open, [started, ...polls]);
  const handle = world.runtime.start(operation);
  for (let times = 1; times <= 6; times++) {
    await world.clock.advance(10_000);
    assertEquals(sockets.length, times);
    sockets.at(-1)!.tell("close");
    await world.clock.advance(250);
  }
  assertEquals(sockets.length, 7);
  handle.cancel().catch(() => {});
  for (const socket of sockets) socket.tell("close");
});

Deno.test("a socket that is open and mute is not relied on for longer than the kind's quietMs", async () => {
  const socket = new Socket();
  await using world = createWorld(() => socket, [started, running, running, running, shown]);
  const handle = world.runtime.start(operation);
  await world.clock.advance(0);
  socket.tell("open");
  await world.clock.advance(1_000); // doubted at first
  assertEquals(world.times(), [0, 1_000]);
  const news = { ...ended, status: "Running", status_code: 103 };
  await world.clock.advance(3_000);
  socket.tell("message", JSON.stringify({ type: "operation", metadata: { ...news, id: "0" } }));
  await world.clock.advance(1_000);
  assertEquals(world.times(), [0, 1_000, 5_000], "what is said of others proves nothing");
  await world.clock.advance(3_000);
  socket.tell("message", JSON.stringify({ type: "operation", metadata: news }));
  await world.clock.advance(3_999);
  assertEquals(world.times(), [0, 1_000, 5_000]);
  await world.clock.advance(1);
  assertEquals(world.times(), [0, 1_000, 5_000, 12_000]);
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
  assertEquals(world.times().at(-1), 16_000);
  socket.tell("close");
});

Deno.test("messages that are no messages disturb nobody", async () => {
  const socket = new Socket();
  await using world = createWorld(() => socket, [started]);
  const handle = world.runtime.start(operation);
  await world.clock.advance(0);
  socket.tell("open");
  await world.clock.advance(0);
  for (const data of ["{", "null", "7", '{"type":"operation"}', '{"type":"lifecycle"}', 7, null]) {
    socket.tell("message", data);
  }
  for (let times = 0; times < 100; times++) socket.tell("message", "}"); // one report will do
  assertEquals([world.reported.length, handle.snapshot.status], [1, "active"]);
  socket.tell("message", message);
  assertEquals(endOf(await handle.outcome()), "succeeded");
  socket.tell("close");
});

Deno.test("dispose() waits for the goodbye of the socket, and no longer than a second", async () => {
  const socket = new Socket();
  const world = createWorld(() => socket, [started]);
  const handle = world.runtime.start(operation);
  handle.outcome().catch(() => {});
  await world.clock.advance(0);
  socket.tell("open");
  await world.clock.advance(0);
  let isDisposed = false;
  const disposing = world.runtime.dispose().then(() => isDisposed = true);
  await world.clock.advance(900);
  assertEquals([socket.closes, isDisposed], [1, false]);
  await world.clock.runUntil(disposing);
  assertEquals([world.clock.now() - 1_000_000, world.clock.timers], [1_000, 0]);
});

Deno.test("a socket that is not wanted any more when it is there is closed", async () => {
  const socket = new Socket();
  const { promise, resolve } = Promise.withResolvers<MessageSocket>();
  await using world = createWorld(() => promise, [started]);
  const controller = new AbortController();
  const handle = world.runtime.start(operation, { signal: controller.signal });
  const waiting = handle.result().catch((reason) => reason);
  await world.clock.advance(100);
  controller.abort("enough");
  assertEquals(await waiting, "enough");
  resolve(socket);
  await world.clock.advance(0);
  assert(socket.closes > 0);
  socket.tell("close");
});

Deno.test("a socket whose close() throws is gone, and disturbs nobody", async () => {
  const socket = new Socket();
  socket.close = () => {
    throw new Error("no");
  };
  const world = createWorld(() => socket, [started]);
  const handle = world.runtime.start(operation);
  await world.clock.advance(0);
  socket.tell("open");
  await world.clock.advance(0);
  socket.tell("message", message);
  assertEquals(endOf(await handle.outcome()), "succeeded");
  await world.runtime.dispose();
  assertEquals([world.clock.timers, world.reported], [0, []]);
});

Deno.test("an event with a status that nobody knows ends nothing: the server is asked", async () => {
  const socket = new Socket();
  await using world = createWorld(() => socket, [started, shown]);
  const handle = world.runtime.start(operation);
  await world.clock.advance(0);
  socket.tell("open");
  await world.clock.advance(500);
  const odd = { ...ended, status_code: 299 };
  socket.tell("message", JSON.stringify({ type: "operation", metadata: odd }));
  assertEquals(endOf(await outcomeOf(world, handle)), "succeeded");
  assertEquals(world.times(), [0, 500]);
  socket.tell("close");
});

Deno.test("sockets that open and close at once are no busy loop, however low the jitter is drawn", async () => {
  let opened = 0;
  const open = (): Socket => {
    const socket = new Socket();
    opened++;
    queueMicrotask(() =>
      queueMicrotask(() => ["open", "close"].forEach((type) => socket.tell(type)))
    );
    return socket;
  };
  const clock = createVirtualClock();
  const scripted = createScriptedFetch([{ response: started }], {
    clock,
    thenRepeat: { hang: true },
  });
  const fetch = Object.assign((...args: Parameters<typeof scripted>) => scripted(...args), {
    openSocket: open,
  });
  await using runtime = createRuntime({ clock, fetch, random: () => 0 });
  runtime.start(operation).outcome().catch(() => {});
  await clock.advance(10_000);
  assert(opened > 1 && opened <= 101, `${opened} in 10 s`);
});
