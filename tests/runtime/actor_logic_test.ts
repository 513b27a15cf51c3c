import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  elasticio,
  type OperationActorSnapshot,
  OperationFailedError,
  toActorLogic,
  type ToActorLogicOptions,
} from "@lro/machines";
import { createActor, toPromise } from "xstate";
import { createInvokingMachine, createSpawningMachine } from "../_xstate.ts";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, PENDING, type World } from "./_world.ts";

/** A machine that runs a job while it is in `running`. */
function createParent(world: World, options: ToActorLogicOptions = {}) {
  return createInvokingMachine(
    toActorLogic<unknown, { at: string }>(
      (input) =>
        jobs.unsent({ call: { method: "POST", url: `https://jobs.example/${input?.at}` } }),
      world.runtime,
      options,
    ),
  );
}

Deno.test("an invoked operation is done with its value", async () => {
  await using world = createWorld([ACCEPTED, PENDING, DONE]);
  const actor = createActor(createParent(world)).start();
  await world.clock.runUntil(toPromise(actor));
  const { value, context } = actor.getSnapshot();
  assertEquals([value, context.output], ["ready", "value"]);
  assertEquals(context.states, ["none", "initial", "polling"]);
  assertEquals(world.asked(), ["POST /here", "GET /jobs/1", "GET /jobs/1"]);
});

Deno.test("any other end is an error of ours", async () => {
  await using world = createWorld([ACCEPTED, { status: 400, json: {} }]);
  const actor = createActor(createParent(world)).start();
  await world.clock.runUntil(toPromise(actor));
  assertEquals(actor.getSnapshot().value, "broken");
  assertInstanceOf(actor.getSnapshot().context.error, OperationFailedError);
});

Deno.test("leaving the state stops the waiting, its requests and its timers", async () => {
  for (const ms of [0, 500, 1_500]) {
    await using world = createWorld([{ ...ACCEPTED, latencyMs: 100 }, { hang: true }]);
    const actor = createActor(createParent(world)).start();
    await world.clock.advance(ms);
    const sent = world.fetch.requests.length;
    actor.send({ type: "leave" });
    assertEquals([actor.getSnapshot().value, world.clock.timers], ["left", 0]);
    await world.clock.advance(1e6);
    assertEquals(world.fetch.requests.length, sent);
    actor.stop();
  }
});

Deno.test("stopping the parent stops the operation", async () => {
  await using world = createWorld([ACCEPTED], { thenRepeat: PENDING });
  const actor = createActor(createParent(world)).start();
  await world.clock.advance(500);
  actor.stop();
  assertEquals([
    [...world.runtime.list()].map(({ snapshot }) => snapshot.status),
    world.clock.timers,
  ], [
    ["stopped"],
    0,
  ]);
});

Deno.test("leaving asks the provider to cancel where that is wished", async () => {
  await using world = createWorld([ACCEPTED], { thenRepeat: PENDING });
  const actor = createActor(createParent(world, { onAbort: "cancel" })).start();
  await world.clock.advance(500);
  actor.send({ type: "leave" });
  await world.clock.advance(0);
  assertEquals(world.asked().at(-1), "DELETE /jobs/1");
  actor.stop();
});

Deno.test("the options of a start apply", async () => {
  await using world = createWorld([ACCEPTED], { thenRepeat: PENDING });
  const actor = createActor(createParent(world, { deadlineMs: 2_500 })).start();
  await world.clock.runUntil(toPromise(actor));
  const { error } = actor.getSnapshot().context as { error: { code: string } };
  assertEquals([error.code, world.clock.now() - world.clock.startMs], ["deadline-exceeded", 2_500]);
});

Deno.test("events to the actor go to the operation", async () => {
  await using world = createWorld([ACCEPTED], { thenRepeat: DONE });
  const schedule = { kind: "fixed", intervalMs: 1e6 } as const;
  const job = createActor(toActorLogic(jobs.unsent(), world.runtime, { schedule })).start();
  await world.clock.advance(500);
  job.send({ type: "pollNow" });
  assertEquals(await world.clock.runUntil(toPromise(job)), "value");
  assertEquals(world.times(), [0, 500]);
});

Deno.test("an actor's snapshot is the operation's", async () => {
  await using world = createWorld([ACCEPTED, DONE]);
  const job = createActor(toActorLogic(jobs.unsent(), world.runtime), { input: undefined });
  const seen: OperationActorSnapshot<unknown>[] = [];
  job.subscribe((snapshot) => void seen.push(snapshot));
  assertEquals(job.getSnapshot().operation, undefined);
  job.start();
  await world.clock.runUntil(toPromise(job));
  assertEquals(seen.map(({ status, operation }) => [status, operation?.value]), [
    ["active", undefined],
    ["active", { initial: "sending" }],
    ["active", { polling: "waiting" }],
    ["active", { polling: "asking" }],
    ["done", "succeeded"],
  ]);
  assertEquals(job.getSnapshot().output, "value");
});

Deno.test("operations can be spawned, and each is its own", async () => {
  await using world = createWorld([], { thenRepeat: { status: 200, json: "value" } });
  const job = toActorLogic(jobs.unsent(), world.runtime);
  const actor = createActor(createSpawningMachine(job)).start();
  const children = Object.values(actor.getSnapshot().children);
  const outputs = children.map((child) => toPromise(child as Parameters<typeof toPromise>[0]));
  assertEquals(await world.clock.runUntil(Promise.all(outputs)), ["value", "value"]);
  actor.stop();
});

Deno.test("a parent that was written down goes on where it was, without a second start", async () => {
  for (const ms of [0, 50, 500, 1_500, 2_500]) {
    const slow = { ...PENDING, latencyMs: 100 };
    await using world = createWorld([{ ...ACCEPTED, latencyMs: 100 }, slow, slow], {
      thenRepeat: DONE,
    });
    const first = createActor(createParent(world)).start();
    await world.clock.advance(ms);
    let persisted = JSON.parse(JSON.stringify(first.getPersistedSnapshot()));
    first.stop();
    // Written down again before it is started: nothing gets lost on the way.
    const idle = createActor(createParent(world), { snapshot: persisted });
    persisted = JSON.parse(JSON.stringify(idle.getPersistedSnapshot()));
    const second = createActor(createParent(world), { snapshot: persisted }).start();
    await world.clock.runUntil(toPromise(second));
    const starts = world.asked().filter((asked) => asked.startsWith("POST")).length;
    // A start that was in flight may have been processed, and is not sent again.
    assertEquals(
      [starts, second.getSnapshot().value],
      [1, ms < 100 ? "broken" : "ready"],
      `${ms} ms`,
    );
  }
});

Deno.test("a parent that was written down after the end sends nothing any more", async () => {
  await using world = createWorld([ACCEPTED, DONE]);
  const first = createActor(createParent(world)).start();
  await world.clock.runUntil(toPromise(first));
  const persisted = JSON.parse(JSON.stringify(first.getPersistedSnapshot()));
  const second = createActor(createParent(world), { snapshot: persisted }).start();
  assertEquals([second.getSnapshot().value, second.getSnapshot().context.output], [
    "ready",
    "value",
  ]);
  assertEquals(world.fetch.requests.length, 2);
});

Deno.test("a runtime that is disposed of under an actor is the actor's error", async () => {
  const world = createWorld([ACCEPTED], { thenRepeat: PENDING });
  const actor = createActor(createParent(world)).start();
  await world.clock.advance(500);
  await world.runtime.dispose();
  const { value, context } = actor.getSnapshot();
  assertEquals([value, (context.error as Error).name], ["broken", "AbortError"]);
});

Deno.test("an operation that cannot be made is the actor's error", async () => {
  await using world = createWorld([]);
  const logic = toActorLogic(
    (input: string) => elasticio.poll({ executionId: input }),
    world.runtime,
  );
  const actor = createActor(logic, { input: "" });
  let told: unknown;
  actor.subscribe({ error: (error) => void (told = error) });
  actor.start();
  assertInstanceOf(told, TypeError);
  assertEquals([...world.runtime.list()], []);
});

Deno.test("an operation that ends in its very start ends its actor", async () => {
  await using world = createWorld([]);
  const actor = createActor(toActorLogic(jobs.unsent(), world.runtime, { deadlineMs: 0 }));
  let told: { code?: string } = {};
  actor.subscribe({ error: (error) => void (told = error as { code: string }) });
  actor.start();
  assertEquals([told.code, actor.getSnapshot().status], ["deadline-exceeded", "error"]);
});

Deno.test("an event that no operation takes does not break the actor's parent", async () => {
  await using world = createWorld([ACCEPTED, DONE]);
  const job = createActor(toActorLogic(jobs.unsent(), world.runtime)).start();
  const errors: unknown[] = [];
  job.subscribe({ error: (error) => void errors.push(error) });
  job.send({ type: "surprise" });
  await world.clock.advance(5_000);
  assert(["done", "error"].includes(job.getSnapshot().status));
});
