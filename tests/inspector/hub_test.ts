import { assert, assertEquals } from "@std/assert";
import { createMachine } from "xstate";
import { createRuntime } from "@lro/machines";
import { createInspector } from "@lro/machines/inspector";
import type { WireEntry, WireHistory, WireRow } from "../../src/inspector/wire/wire.ts";
import { jobs } from "../runtime/_job.ts";
import { ACCEPTED, createWorld, DONE, outcomeOf, PENDING } from "../runtime/_world.ts";
import { createActor } from "xstate";
import { createStage, type Stage } from "./_stage.ts";

async function rowsOf(stage: Stage): Promise<readonly WireRow[]> {
  await using stream = await stage.stream();
  return (await stream.next()).data.rows;
}

async function historyOf(stage: Stage, id: string, after = 0): Promise<WireHistory> {
  const path = `/operations/${encodeURIComponent(id)}/history?after=${after}`;
  return (await stage.get(path)).json<WireHistory>();
}

function lineOf({ type, event, snapshot, message, count }: WireEntry): string {
  const what = event ?? message?.method ?? message?.status ?? message?.fault ?? count ?? "";
  return [type, what, snapshot?.value].filter((part) => part !== undefined && part !== "").join(
    " ",
  );
}

Deno.test("the history of an operation has its moves, requests, repetitions and outcome", async () => {
  await using stage = await createStage([
    ACCEPTED,
    { status: 429, headers: { "retry-after": "2" } },
    DONE,
  ]);
  await outcomeOf(stage.world, stage.world.runtime.start(jobs.unsent(), { id: "a" }));
  const { entries } = await historyOf(stage, "a");
  assertEquals(entries.map(lineOf), [
    "began initial.sending",
    "asked POST",
    "sent",
    "replied 202",
    "moved accepted polling.waiting",
    "asked GET",
    "sent",
    "moved due polling.asking",
    "repeats 429",
    "sent",
    "replied 200",
    "ended succeeded succeeded",
  ]);
  assertEquals(entries.at(-1)?.outcome, { kind: "succeeded", value: "value" });
  assertEquals(entries[8]?.message?.retryAfterMs, 2_000);
  assertEquals((await historyOf(stage, "a", 10)).entries.map(({ entry }) => entry), [11, 12]);
});

Deno.test("a row says where an operation stands, when it is polled next and what went wrong", async () => {
  await using stage = await createStage([ACCEPTED, { status: 400 }]);
  const { clock, runtime } = stage.world;
  const handle = runtime.start(jobs.unsent(), { id: "a", deadlineMs: 60_000 });
  await clock.advance(200);
  const [waiting] = await rowsOf(stage);
  assertEquals(waiting, {
    id: "a",
    machine: "job.unsent",
    isOperation: true,
    status: "active",
    value: "polling.waiting",
    polls: 0,
    requests: 1,
    startedAt: 1_700_000_000_000,
    nextPollAt: 1_700_000_001_000,
    deadlineAt: 1_700_000_060_000,
    entry: 5,
  });
  await outcomeOf(stage.world, handle);
  const [failed] = await rowsOf(stage);
  assertEquals([failed?.status, failed?.value, failed?.code, failed?.polls], [
    "done",
    "failed",
    "operation-failed",
    1,
  ]);
  assertEquals(failed?.note, "Job failed: HTTP 400");
});

Deno.test("a request that is repeated shows as attempts that failed", async () => {
  await using stage = await createStage([ACCEPTED], {
    thenRepeat: { status: 503 },
    retry: { attempts: 5, baseMs: 1_000, maxMs: 10_000 },
  });
  stage.world.runtime.start(jobs.unsent(), { id: "a" });
  await stage.world.clock.advance(2_500);
  const [row] = await rowsOf(stage);
  assert((row?.retries ?? 0) >= 1);
});

Deno.test("an operation that began before the inspector is in the list", async () => {
  await using world = createWorld([ACCEPTED, PENDING, DONE]);
  const handle = world.runtime.start(jobs.unsent(), { id: "early" });
  await world.clock.advance(100);
  await using inspector = await createInspector(world.runtime);
  assertEquals(inspector.statelyEvents("early"), []);
  await outcomeOf(world, handle);
  assertEquals(inspector.statelyEvents("early").at(-1)?.type, "@xstate.snapshot");
});

Deno.test("an operation that is stopped and restored is one row with one history", async () => {
  await using stage = await createStage([ACCEPTED, DONE]);
  const { clock, runtime } = stage.world;
  const controller = new AbortController();
  const handle = runtime.start(jobs.unsent(), { id: "a", signal: controller.signal });
  const ended = handle.outcome().catch(() => {});
  await clock.advance(100);
  controller.abort();
  await ended;
  assertEquals((await rowsOf(stage)).map(({ status }) => status), ["stopped"]);
  await outcomeOf(stage.world, runtime.restore(handle.token()));
  assertEquals((await rowsOf(stage)).map(({ status }) => status), ["done"]);
  const lines = (await historyOf(stage, "a")).entries.map(lineOf);
  assertEquals(lines.filter((line) => /^(began|stopped|ended)/.test(line)), [
    "began initial.sending",
    "stopped polling.waiting",
    "began polling.waiting",
    "ended succeeded succeeded",
  ]);
});

Deno.test("another operation of an id that has ended begins a new history", async () => {
  await using stage = await createStage([], { thenRepeat: { status: 200, json: 1 } });
  for (let count = 0; count < 2; count++) {
    await outcomeOf(stage.world, stage.world.runtime.start(jobs.unsent(), { id: "a" }));
  }
  assertEquals((await rowsOf(stage)).length, 1);
  assertEquals((await historyOf(stage, "a")).entries[0]?.entry, 1);
});

Deno.test("beyond 500 operations a poll without news is counted and not kept", async () => {
  await using stage = await createStage([], {
    around: () => (_input, init) =>
      Promise.resolve(
        init?.method === "POST" ? new Response(null, { status: 202 }) : Response.json({}),
      ),
  });
  const { clock, runtime } = stage.world;
  for (let count = 0; count <= 500; count++) runtime.start(jobs.unsent(), { id: `n${count}` });
  await clock.advance(100);
  runtime.start(jobs.unsent(), { id: "last" });
  await clock.advance(5_500);
  const brief = (await historyOf(stage, "last")).entries;
  assertEquals(brief.map(lineOf), [
    "began initial.sending",
    "replied 202",
    "moved accepted polling.waiting",
    "moved due polling.asking",
    "replied 200",
    "moved pending polling.waiting",
    "polled 4",
  ]);
  assertEquals([brief[1]?.call?.method, brief[4]?.call?.method], ["POST", "GET"]);
  // Somebody looks at it now, so the next one is kept whole.
  await clock.advance(1_000);
  const since = (await historyOf(stage, "last", brief.at(-1)!.entry)).entries;
  assertEquals(since.map(lineOf), [
    "asked GET",
    "sent",
    "moved due polling.asking",
    "replied 200",
    "moved pending polling.waiting",
  ]);
});

Deno.test("of too many operations those that ended well are forgotten first, those that go on never", async () => {
  await using stage = await createStage([
    ACCEPTED, // goes on
    { status: 400 }, // fails
    ...Array.from({ length: 6 }, () => ({ status: 200, json: 1 })),
  ], { thenRepeat: PENDING, inspector: { maxOperations: 4 } });
  const { clock, runtime } = stage.world;
  runtime.start(jobs.unsent(), { id: "goes on" });
  await clock.advance(1);
  for (const id of ["fails", "1", "2", "3", "4", "5"]) {
    await outcomeOf(stage.world, runtime.start(jobs.unsent(), { id }));
  }
  assertEquals((await rowsOf(stage)).map(({ id }) => id), ["goes on", "fails", "4", "5"]);
});

Deno.test("a history keeps its beginning and its end", async () => {
  await using stage = await createStage([ACCEPTED], { thenRepeat: PENDING });
  stage.world.runtime.start(jobs.unsent(), { id: "a" });
  await stage.world.clock.advance(200_000);
  const { entries } = await historyOf(stage, "a");
  assertEquals(entries.length, 400);
  assertEquals(entries.slice(0, 6).map(({ entry }) => entry), [1, 2, 3, 4, 5, 6]);
  const [row] = await rowsOf(stage);
  assertEquals(entries.at(-1)?.entry, row?.entry);
});

Deno.test("actors of the user's own are shown beside the operations", async () => {
  await using stage = await createStage([]);
  const machine = createMachine({
    id: "checkout",
    initial: "cart",
    context: { card: { token: "s3cret" } },
    states: { cart: { on: { pay: { target: "paid" } } }, paid: { type: "final" } },
  });
  const actor = createActor(machine, { inspect: stage.inspector.inspect });
  actor.start();
  actor.send({ type: "pay" });
  const [row] = await rowsOf(stage);
  assertEquals([row?.machine, row?.isOperation, row?.status, row?.value], [
    "checkout",
    false,
    "done",
    "paid",
  ]);
  const { text } = await stage.get(`/operations/${encodeURIComponent(row!.id)}/history`);
  assert(text.includes('"token":"[redacted]"') && !text.includes("s3cret"));
});

Deno.test("a closed inspector leaves the runtime as it was, and another can take its place", async () => {
  await using runtime = createRuntime();
  const first = await createInspector(runtime);
  await first.close();
  await using second = await createInspector(runtime);
  assertEquals(first.origin === second.origin, false);
});

Deno.test("an operation that goes on under a second inspector has its news there", async () => {
  await using world = createWorld([ACCEPTED, PENDING, DONE]);
  const first = await createInspector(world.runtime);
  const handle = world.runtime.start(jobs.unsent(), { id: "a" });
  await world.clock.advance(100);
  await first.close();
  const told = first.statelyEvents("a").length;
  await using second = await createInspector(world.runtime);
  await outcomeOf(world, handle);
  assertEquals(first.statelyEvents("a").length, told);
  assertEquals(second.statelyEvents("a").at(-1)?.type, "@xstate.snapshot");
});

Deno.test("a machine of the user's own is laid out by the engine, and by boxes where that fails", async () => {
  const machine = (id: string) =>
    createMachine({ id, initial: "a", states: { a: { on: { go: { target: "b" } } }, b: {} } });
  const layoutEngine = {
    layout: (graph: { children: { id: string; children: { id: string }[] }[] }) =>
      JSON.stringify(graph).includes("wrong")
        ? Promise.reject(new Error("no way"))
        : Promise.resolve({ ...graph, width: 111, height: 22 }),
  };
  await using stage = await createStage([], { inspector: { layoutEngine } });
  for (const id of ["fine", "wrong"]) {
    const config = {
      ...machine(id).config,
      ...(id === "wrong" && { initial: "wrong", states: { wrong: {} } }),
    };
    createActor(createMachine(config as never), { inspect: stage.inspector.inspect }).start();
  }
  await Promise.resolve();
  await using stream = await stage.stream();
  const { machines } = (await stream.next()).data;
  const layouts = Object.fromEntries(machines.map(({ name, layout }) => [name, layout]));
  assertEquals(layouts["fine"]?.width, 111);
  assertEquals(layouts["wrong"]?.nodes.map(({ path }) => path), ["", "wrong"]);
});
