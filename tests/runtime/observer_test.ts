import { assertEquals, assertThrows } from "@std/assert";
import type { Runtime } from "@lro/machines";
import { observe } from "../../src/model/observe.ts";
import { hostOf } from "../../src/runtime/local_context.ts";
import type { RuntimeObserver } from "../../src/model/observation.ts";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, endOf, outcomeOf, PENDING } from "./_world.ts";

/** An observer that writes down what it is told. */
function createWitness(): { readonly seen: string[]; readonly observer: RuntimeObserver } {
  const seen: string[] = [];
  const where = ({ state }: { state: { value: unknown } }) => JSON.stringify(state.value);
  return {
    seen,
    observer: {
      began: (actor) => void seen.push(`began ${where(actor)}`),
      moved: (actor, { type }) => void seen.push(`moved ${type} ${where(actor)}`),
      asked: (_, { method, url }) => void seen.push(`asked ${method} ${new URL(url).pathname}`),
      sent: ({ requests }) => void seen.push(`sent ${requests}`),
      repeats: (_, cause) => void seen.push(`repeats ${"status" in cause ? cause.status : "?"}`),
      replied: (_, { status }) => void seen.push(`replied ${status}`),
      faulted: (_, { kind }) => void seen.push(`faulted ${kind}`),
      stopped: () => void seen.push("stopped"),
      ended: (actor, { type }) => void seen.push(`ended ${type} ${where(actor)}`),
    },
  };
}

Deno.test("an observer is told of every move, request, repetition and reply, in order", async () => {
  await using world = createWorld([ACCEPTED, { status: 503 }, PENDING, DONE]);
  const { seen, observer } = createWitness();
  observe(hostOf(world.runtime), observer);
  await outcomeOf(world, world.runtime.start(jobs.unsent()));
  assertEquals(seen, [
    'began {"initial":"sending"}',
    "asked POST /jobs",
    "sent 1",
    "replied 202",
    'moved accepted {"polling":"waiting"}',
    "asked GET /jobs/1",
    "sent 2",
    'moved due {"polling":"asking"}',
    "repeats 503",
    "sent 3",
    "replied 200",
    'moved pending {"polling":"waiting"}',
    "asked GET /jobs/1",
    "sent 4",
    'moved due {"polling":"asking"}',
    "replied 200",
    'ended succeeded "succeeded"',
  ]);
});

Deno.test("an observer is told of faults and of a stop", async () => {
  await using world = createWorld([new TypeError("network down")], { retry: false });
  const { seen, observer } = createWitness();
  observe(hostOf(world.runtime), observer);
  await outcomeOf(world, world.runtime.start(jobs.unsent()));
  const controller = new AbortController();
  const handle = world.runtime.start(jobs.unsent(), { signal: controller.signal });
  const result = handle.result().catch(() => {});
  controller.abort();
  await result;
  assertEquals(seen.filter((line) => /^(faulted|ended|stopped)/.test(line)), [
    "faulted lost",
    'ended failed "failed"',
    "stopped",
  ]);
});

Deno.test("what an observer throws is reported, and the operation goes on", async () => {
  await using world = createWorld([ACCEPTED, DONE]);
  const fail = (): never => {
    throw new Error("ouch");
  };
  observe(hostOf(world.runtime), {
    ...createWitness().observer,
    moved: fail,
    ended: fail,
  });
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(jobs.unsent()))), "succeeded");
  assertEquals(world.reported.map(String), ["Error: ouch", "Error: ouch", "Error: ouch"]);
});

Deno.test("a runtime has one observer at a time, and none after it stops", async () => {
  await using world = createWorld([ACCEPTED, DONE]);
  const { seen, observer } = createWitness();
  const stop = observe(hostOf(world.runtime), observer);
  assertThrows(() => observe(hostOf(world.runtime), observer), TypeError, "observed already");
  stop();
  await outcomeOf(world, world.runtime.start(jobs.unsent()));
  assertEquals(seen, []);
  assertThrows(() => hostOf({} as Runtime), TypeError, "createRuntime()");
});
