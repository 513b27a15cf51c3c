import { assertEquals } from "@std/assert";
import { createRuntime, elasticio, listKinds } from "@lro/machines";
import { createElasticioEmulator, createVirtualClock } from "@lro/machines/testing";
import type { InspectionEvent } from "xstate";
import { IS_SIX } from "../_xstate.ts";
import { readTransition } from "../../src/xstate/mod.ts";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, endOf, outcomeOf, PENDING } from "./_world.ts";

/** An inspector that writes down, for each actor, what it receives and where that leads. */
function createRecorder() {
  const seen = new Map<string, string[]>();
  const inspect = (event: InspectionEvent): void => {
    const { id } = event.actorRef as unknown as { id: string };
    const lines = seen.get(id) ?? [];
    seen.set(id, lines);
    if (event.type === "@xstate.actor") lines.push("created");
    const moved = readTransition(event);
    if (!moved) return;
    const { value, status } = moved.snapshot as { value?: unknown; status: string };
    lines.push(moved.eventType, `${JSON.stringify(value)} ${status}`);
  };
  return { inspect, seen };
}

const LIFE = [
  "created",
  "xstate.init",
  '{"initial":"scheduling"} active',
  "accepted",
  '{"polling":"waiting"} active',
  "due",
  '{"polling":"requesting"} active',
  "pending",
  '{"polling":"waiting"} active',
  "due",
  '{"polling":"requesting"} active',
  "ready",
  '{"polling":"retrieving"} active',
  "succeeded",
  '"succeeded" done',
];

const execution = () =>
  elasticio.execution({
    execution: { execution_type: "verify_credentials", component: "c", account_data: {} },
  });

for (const shape of ["function", "observer"]) {
  Deno.test(`an inspector that is a ${shape} sees every operation as an XState actor in the provider's states`, async () => {
    const { inspect, seen } = createRecorder();
    const clock = createVirtualClock();
    const emulator = createElasticioEmulator({ clock, plan: { durationMs: 2_000 } });
    await using runtime = createRuntime({
      clock,
      fetch: emulator.fetch,
      inspect: shape === "function" ? inspect : { next: inspect },
    });
    const handles = ["a", "b"].map((id) => runtime.start(execution(), { id }));
    await clock.runUntil(Promise.all(handles.map((handle) => handle.result())));
    assertEquals(Object.fromEntries(seen), { a: LIFE, b: LIFE });
  });
}

Deno.test("an inspector sees a restored operation begin where its token says", async () => {
  await using world = createWorld([ACCEPTED]);
  const handle = world.runtime.start(jobs.unsent(), { id: "a" });
  await world.clock.advance(500);
  const token = handle.token();
  const { inspect, seen } = createRecorder();
  await using other = createWorld([DONE], { startMs: world.clock.now(), inspect });
  await outcomeOf(other, other.runtime.restore(token));
  assertEquals(seen.get("a")?.filter((line) => line.includes("{") || line.includes('"')), [
    '{"polling":"waiting"} active',
    '{"polling":"asking"} active',
    '"succeeded" done',
  ]);
});

const otherEnds: [what: string, responses: Parameters<typeof createWorld>[0], tail: string[]][] = [
  ["a failure", [{ status: 400, json: {} }], ["failed", '"failed" done']],
  ["a deadline", [ACCEPTED, { hang: true }], ["deadline", '"timedOut" done']],
  ["a verdict without a way", [{ status: 404 }], ["failed", '"failed" done']],
];

for (const [what, responses, tail] of otherEnds) {
  Deno.test(`an inspector sees ${what}`, async () => {
    const { inspect, seen } = createRecorder();
    await using world = createWorld(responses, { inspect });
    await outcomeOf(world, world.runtime.start(jobs.unsent(), { id: "a", deadlineMs: 5_000 }));
    assertEquals(seen.get("a")?.slice(-2), tail);
  });
}

Deno.test("an inspector sees cancel", async () => {
  const { inspect, seen } = createRecorder();
  await using world = createWorld([{ hang: true }], { inspect });
  await world.runtime.start(jobs.unsent(), { id: "a" }).cancel();
  assertEquals(seen.get("a")?.slice(-2), ["cancel", '"canceled" done']);
});

Deno.test("an operation that is stopped and goes on is one actor to the inspector", async () => {
  const { inspect, seen } = createRecorder();
  await using world = createWorld([ACCEPTED, PENDING, DONE], { inspect });
  const controller = new AbortController();
  const handle = world.runtime.start(jobs.unsent(), { id: "a", signal: controller.signal });
  const first = handle.result();
  await world.clock.advance(1_500);
  controller.abort("enough");
  await first.catch(() => {});
  await outcomeOf(world, handle);
  assertEquals(seen.get("a")?.filter((line) => line === "created").length, 1);
  assertEquals(seen.get("a")?.at(-1), '"succeeded" done');
});

Deno.test("what an inspector throws is reported, and the operation goes on", async () => {
  const inspect = () => {
    throw new Error("ouch");
  };
  await using world = createWorld([ACCEPTED, DONE], { inspect });
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(jobs.unsent()))), "succeeded");
  assertEquals(new Set(world.reported.map(String)), new Set(["Error: ouch"]));
});

Deno.test("an inspector may act on the operations that it sees", async () => {
  await using world = createWorld([ACCEPTED, PENDING, DONE], {
    inspect: (event) => {
      if (readTransition(event)?.eventType === "due") {
        world.runtime.get("a")?.send({ type: "cancel" });
      }
    },
  });
  const handle = world.runtime.start(jobs.unsent(), { id: "a" });
  assertEquals(endOf(await outcomeOf(world, handle)), "operation-canceled");
});

Deno.test("without an inspector no XState actor is made, with one or in actor mode one an operation", async () => {
  jobs.unsent();
  const { machine } = listKinds().find(({ name }) => name === "job.unsent")!;
  // What XState calls for a new actor; the rest of it is the same.
  const maker = (IS_SIX ? "initialTransition" : "getInitialSnapshot") as "getInitialSnapshot";
  const original = machine[maker];
  for (
    const [options, made] of [[{}, 0], [{ inspect: () => {} }, 3], [{ actor: true }, 3]] as const
  ) {
    await using world = createWorld([], { thenRepeat: { status: 200, json: 1 }, ...options });
    await outcomeOf(world, world.runtime.start(jobs.unsent())); // asks XState for the first edges
    let count = 0;
    machine[maker] = (...args) => {
      count++;
      return original.apply(machine, args);
    };
    for (let i = 0; i < 3; i++) await outcomeOf(world, world.runtime.start(jobs.unsent()));
    machine[maker] = original;
    assertEquals(count, made);
  }
});
