import { assertEquals, assertRejects } from "@std/assert";
import {
  createLinodeEmulator,
  createVirtualClock,
  type LinodeEmulator,
  type LinodeEmulatorOptions,
  serveLoopback,
  type VirtualClock,
} from "@lro/machines/testing";

const API = "https://api.linode.com/v4";
const EVENTS = `${API}/account/events`;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: {
    readonly data?: readonly { readonly id: number; readonly [field: string]: unknown }[];
    readonly errors?: readonly { readonly reason: string; readonly field?: string }[];
    readonly [field: string]: unknown;
  };
}

function create(options: LinodeEmulatorOptions = {}): LinodeEmulator & { clock: VirtualClock } {
  const clock = createVirtualClock({ startMs: 1_700_000_000_500 });
  return Object.assign(createLinodeEmulator({ clock, ...options }), { clock });
}

async function ask(
  { fetch }: Pick<LinodeEmulator, "fetch">,
  url: string,
  init: RequestInit & { readonly filter?: unknown } = {},
): Promise<Answer> {
  const { filter, ...rest } = init;
  const headers = new Headers(rest.headers);
  if (filter !== undefined) {
    headers.set("X-Filter", typeof filter === "string" ? filter : JSON.stringify(filter));
  }
  const response = await fetch(url, { ...rest, headers });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

async function idsOf(
  emulator: LinodeEmulator,
  filter: unknown,
  query = "",
): Promise<readonly number[]> {
  const { status, json } = await ask(emulator, EVENTS + query, { filter });
  assertEquals(status, 200, JSON.stringify(json));
  return json.data!.map(({ id }) => id);
}

/** Events 1 to 6: of two entities, by two actions, of three ages. */
function withSix(): LinodeEmulator {
  const emulator = create();
  const rows = [
    [1, "linode", "linode_boot", 9_000],
    [2, "linode", "linode_boot", 9_000],
    [1, "disk", "disk_resize", 8_000],
    [1, "linode", "linode_shutdown", 1_000],
    [2, "linode", "linode_boot", 500],
    [1, "linode", "linode_boot", 400],
  ] as const;
  for (const [id, type, action, agoMs] of rows) {
    emulator.addEvent({ action, entity: { type, id }, agoMs });
  }
  return emulator;
}

const filters: [claim: string, filter: unknown, ids: number[]][] = [
  ["nothing", {}, [1, 2, 3, 4, 5, 6]],
  ["a field", { action: "linode_boot" }, [1, 2, 5, 6]],
  ["dotted fields", { "entity.id": 1, "entity.type": "linode" }, [1, 4, 6]],
  ["fields of another type", { "entity.id": "1" }, []],
  ["+gt", { id: { "+gt": 4 } }, [5, 6]],
  ["+gte and +lt", { id: { "+gte": 2, "+lt": 4 } }, [2, 3]],
  ["+lte", { id: { "+lte": 1 } }, [1]],
  ["+neq", { action: { "+neq": "linode_boot" } }, [3, 4]],
  ["+contains", { action: { "+contains": "disk" } }, [3]],
  ["+or", { "+or": [{ id: 2 }, { action: "disk_resize" }] }, [2, 3]],
  ["+and in +or", { "+or": [{ "+and": [{ "entity.id": 1 }, { id: { "+gt": 4 } }] }, { id: 1 }] }, [
    1,
    6,
  ]],
  ["times as texts", { created: { "+gt": "2023-11-14T22:13:13" } }, [4, 5, 6]],
  ["desc", { "+order": "desc", "+order_by": "id" }, [6, 5, 4, 3, 2, 1]],
  ["desc by a time that is not unique", { "+order": "desc", "+order_by": "created" }, [
    6,
    5,
    4,
    3,
    2,
    1,
  ]],
  ["asc by another field", { "+order_by": "entity.id" }, [1, 3, 4, 6, 2, 5]],
];
for (const [claim, filter, ids] of filters) {
  Deno.test(`the emulator filters and orders by ${claim}`, async () => {
    assertEquals(await idsOf(withSix(), filter), ids);
  });
}

const refused: [filter: unknown, reason: string][] = [
  ["{", "Cannot parse filter"],
  ["7", "Cannot parse filter"],
  [{ status: "finished" }, "Cannot filter on status"],
  [{ "+order_by": "status" }, "Cannot order by status"],
  [{ "+order": "up", "+order_by": "id" }, "+order must be asc or desc"],
  [{ id: { "+near": 1 } }, "Unknown operator +near"],
  [{ "+or": { id: 1 } }, "+or must be a list"],
];
for (const [filter, reason] of refused) {
  Deno.test(`the emulator refuses the filter ${JSON.stringify(filter)}`, async () => {
    const { status, json } = await ask(create(), EVENTS, { filter });
    assertEquals([status, json.errors], [400, [{ reason }]]);
  });
}

Deno.test("lists come in pages of 100, or as many as are asked for", async () => {
  const emulator = create({ firstEventId: 1_001 });
  for (let index = 0; index < 130; index++) {
    emulator.addEvent({ action: "linode_boot", entity: { type: "linode", id: 1 } });
  }
  const page = async (query: string) => {
    const { json } = await ask(emulator, EVENTS + query);
    return [json.data!.length, json.data![0]?.id, json["page"], json["pages"], json["results"]];
  };
  assertEquals(await page(""), [100, 1_001, 1, 2, 130]);
  assertEquals(await page("?page=2"), [30, 1_101, 2, 2, 130]);
  assertEquals(await page("?page=3"), [0, undefined, 3, 2, 130]);
  assertEquals(await page("?page_size=25&page=6"), [5, 1_126, 6, 6, 130]);
  assertEquals(await page("?page_size=500"), [130, 1_001, 1, 1, 130]);
});

for (const query of ["?page_size=24", "?page_size=501", "?page_size=x", "?page=0", "?page=1.5"]) {
  Deno.test(`the emulator answers 400 to ${query}`, async () => {
    const { status, json } = await ask(create(), EVENTS + query);
    assertEquals([status, json.errors![0]!.field], [400, query.slice(1).split("=")[0]]);
  });
}

Deno.test("an empty list is one page", async () => {
  assertEquals((await ask(create(), EVENTS)).json, { data: [], page: 1, pages: 1, results: 0 });
});

Deno.test("an event is scheduled, starts, proceeds and ends by the clock", async () => {
  const emulator = create({
    instances: [123],
    plan: { startsAfterMs: 2_000, durationMs: 4_000, end: "failed", message: "no disk" },
  });
  const { clock } = emulator;
  await ask(emulator, `${API}/linode/instances/123/reboot`, { method: "POST" });
  const seen: unknown[] = [];
  for (let second = 0; second <= 6; second += 2) {
    const { json } = await ask(emulator, `${EVENTS}/1`);
    seen.push([json["status"], json["percent_complete"], json["time_remaining"], json["message"]]);
    await clock.advance(2_000);
  }
  assertEquals(seen, [
    ["scheduled", 0, null, null],
    ["started", 0, 4, null],
    ["started", 50, 2, null],
    ["failed", 100, null, "no disk"],
  ]);
  const [event] = emulator.events;
  assertEquals([event!.action, event!.created], ["linode_reboot", "2023-11-14T22:13:20"]);
  assertEquals(event!.entity, {
    type: "linode",
    id: 123,
    label: "linode-123",
    url: "/v4/linode/123",
  });
});

Deno.test("events may become visible late, and be forgotten", async () => {
  const emulator = create();
  const entity = { type: "linode", id: 1 };
  emulator.addEvent({ action: "a", entity, visibleAfterMs: 3_000, forgottenAfterMs: 9_000 });
  emulator.addEvent({ action: "b", entity, end: "notification" });
  const seen: unknown[] = [];
  for (let step = 0; step < 4; step++) {
    const { status } = await ask(emulator, `${EVENTS}/1`);
    seen.push([status, await idsOf(emulator, { "+order_by": "id" })]);
    await emulator.clock.advance(3_000);
  }
  assertEquals(seen, [[404, [2]], [200, [1, 2]], [200, [1, 2]], [404, [2]]]);
  assertEquals(emulator.events[0]!.percent_complete, null);
});

Deno.test("an instance is created with an event, and refuses another action while it is busy", async () => {
  const emulator = create({
    instances: [1, 2],
    plan: ({ action }, index) => ({ durationMs: action === "linode_create" ? 5_000 : index }),
  });
  const post = (path: string) =>
    ask(emulator, `${API}/linode/instances${path}`, { method: "POST" });
  assertEquals((await post("")).json, { id: 3, label: "linode-3" });
  assertEquals((await ask(emulator, `${API}/linode/instances/3`)).status, 200);
  const busy = await post("/3/boot");
  assertEquals([busy.status, busy.json.errors], [400, [{ reason: "Linode busy." }]]);
  await emulator.clock.advance(5_000);
  assertEquals((await post("/3/boot")).status, 200);
  assertEquals((await post("/9/boot")).status, 404);
  assertEquals((await post("/3/paint")).status, 404);
  assertEquals((await ask(emulator, `${API}/linode/instances/9`)).status, 404);
  assertEquals(emulator.events.map(({ action }) => action), ["linode_create", "linode_boot"]);
  assertEquals([emulator.count("create"), emulator.count("action")], [1, 4]);
});

Deno.test("an instance may be busy for no reason, so many times", async () => {
  const emulator = create({ instances: [1], busyAnswers: 2 });
  const seen: number[] = [];
  for (let index = 0; index < 3; index++) {
    const { status } = await ask(emulator, `${API}/linode/instances/1/boot`, { method: "POST" });
    seen.push(status);
  }
  assertEquals([seen, emulator.events.length], [[400, 400, 200], 1]);
});

Deno.test("disks are made and deleted by events that bear their instance as entity", async () => {
  const emulator = create({ instances: [1], disks: { 1: [7] }, isExclusive: false });
  const url = `${API}/linode/instances/1/disks`;
  const made = await ask(emulator, url, { method: "POST" });
  assertEquals(made.json, { id: 1_001, status: "not ready" });
  assertEquals((await ask(emulator, `${url}/7`, { method: "DELETE" })).status, 200);
  assertEquals((await ask(emulator, `${url}/7`, { method: "DELETE" })).status, 404);
  assertEquals((await ask(emulator, `${url}/1001`, { method: "POST" })).status, 405);
  assertEquals(
    emulator.events.map(({ action, entity, secondary_entity: secondary }) => [
      action,
      entity.id,
      secondary?.type,
      secondary?.id,
    ]),
    [["disk_create", 1, "disk", 1_001], ["disk_delete", 1, "disk", 7]],
  );
});

Deno.test("an instance that is busy refuses its disks too", async () => {
  const emulator = create({ instances: [1], plan: { durationMs: 5_000 } });
  const url = `${API}/linode/instances/1/disks`;
  assertEquals((await ask(emulator, url, { method: "POST" })).status, 200);
  const { status, json } = await ask(emulator, url, { method: "POST" });
  assertEquals([status, json.errors], [400, [{ reason: "Linode busy." }]]);
});

Deno.test("siblings come before an event, about other secondary entities", async () => {
  const emulator = create({ instances: [1], plan: { siblings: 2, durationMs: 5_000 } });
  await ask(emulator, `${API}/linode/instances/1/disks`, { method: "POST" });
  assertEquals(
    emulator.events.map(({ status, secondary_entity: secondary }) => [secondary?.id, status]),
    [[1_000, "finished"], [999, "finished"], [1_001, "started"]],
  );
});

Deno.test("a clone is the secondary entity of its source's event", async () => {
  const emulator = create({ instances: [1] });
  const { json } = await ask(emulator, `${API}/linode/instances/1/clone`, { method: "POST" });
  assertEquals(json["id"], 2);
  const [event] = emulator.events;
  assertEquals([event!.entity.id, event!.secondary_entity?.id], [1, 2]);
});

Deno.test("a database notifies until it has finished, under the same id", async () => {
  const emulator = create({ plan: { durationMs: 4_000 } });
  const url = `${API}/databases/mysql/instances`;
  const { json } = await ask(emulator, url, { method: "POST" });
  assertEquals(json, { id: 1, status: "provisioning" });
  const seen: unknown[] = [];
  for (let second = 0; second <= 4; second += 2) {
    const { json } = await ask(emulator, `${EVENTS}/1`);
    seen.push([json["status"], json["percent_complete"], json["time_remaining"]]);
    await emulator.clock.advance(2_000);
  }
  assertEquals(seen, [
    ["notification", null, null],
    ["notification", null, null],
    ["finished", 100, null],
  ]);
  assertEquals(emulator.events[0]!.entity.type, "database");
});

Deno.test("requests beyond the limit are answered with 429 until the window ends", async () => {
  const emulator = create({ limit: { requests: 2, windowMs: 10_000 } });
  const seen: unknown[] = [];
  for (let index = 0; index < 3; index++) {
    const { status, headers } = await ask(emulator, EVENTS);
    const header = (name: string) => headers.get(name);
    seen.push([
      status,
      header("x-ratelimit-limit"),
      header("x-ratelimit-remaining"),
      header("x-ratelimit-reset"),
      header("retry-after"),
    ]);
  }
  // The window is told in whole seconds, and so it ends.
  assertEquals(seen, [
    [200, "2", "1", "1700000011", null],
    [200, "2", "0", "1700000011", null],
    [429, "2", "0", "1700000011", "11"],
  ]);
  await emulator.clock.advanceTo(1_700_000_011_000);
  assertEquals((await ask(emulator, EVENTS)).status, 200);
});

Deno.test("nothing is answered without the token, if there is one", async () => {
  const emulator = create({ token: "s3cr3t", instances: [1] });
  for (const headers of [{}, { authorization: "Bearer x" }, { authorization: "s3cr3t" }]) {
    const { status, json } = await ask(emulator, EVENTS, { headers });
    assertEquals([status, json.errors], [401, [{ reason: "Invalid Token" }]]);
  }
  await ask(emulator, `${API}/linode/instances/1/boot`, { method: "POST" });
  assertEquals(emulator.events, []);
  const headers = { authorization: "Bearer s3cr3t" };
  assertEquals((await ask(emulator, EVENTS, { headers })).status, 200);
});

Deno.test("other paths are answered with 404, other methods with 405", async () => {
  const emulator = create({ instances: [1] });
  for (const path of ["/", "/v4", "/v4/account/events/x", "/v4/account/events/1/seen"]) {
    assertEquals((await ask(emulator, `https://api.linode.com${path}`)).status, 404, path);
  }
  for (const path of ["/linode/instances", "/linode/instances/1/boot"]) {
    assertEquals((await ask(emulator, API + path)).status, 405, path);
  }
  assertEquals((await ask(emulator, EVENTS, { method: "POST" })).status, 405);
});

Deno.test("faults are committed on purpose, and every request is in the log", async () => {
  const emulator = create({
    instances: [1],
    faults: [
      { on: "list", nth: 1, status: 503 },
      { on: "action", drop: "after" },
      { on: "event", body: "<html>" },
    ],
  });
  emulator.addEvent({ action: "linode_boot", entity: { type: "linode", id: 1 } });
  await emulator.fetch(EVENTS, { headers: { "X-Filter": '{"id":1}' } });
  await assertRejects(
    () => emulator.fetch(`${API}/linode/instances/1/boot`, { method: "POST" }),
    TypeError,
  );
  assertEquals(await (await emulator.fetch(`${EVENTS}/1`)).text(), "<html>");
  assertEquals(emulator.events.length, 2); // it was done all the same
  assertEquals(
    emulator.log.map(({ kind, status, dropped, filter }) => ({ kind, status, dropped, filter })),
    [
      { kind: "list", status: 503, dropped: false, filter: { id: 1 } },
      { kind: "action", status: undefined, dropped: true, filter: undefined },
      { kind: "event", status: 200, dropped: false, filter: undefined },
    ],
  );
});

Deno.test("it can be served, under a path", async () => {
  const emulator = createLinodeEmulator();
  await using server = await serveLoopback(emulator.handle);
  const response = await fetch(`${server.url}/proxy/v4/account/events`);
  assertEquals((await response.json()).results, 0);
});
