/** An operation inside your own statechart: invoke it like any other actor. */
import { assertEquals } from "@std/assert";
import { createRuntime, elasticio, toActorLogic } from "@lro/machines";
import { createElasticioEmulator, createVirtualClock } from "@lro/machines/testing";
import { assign, createActor, setup, toPromise } from "xstate";

const clock = createVirtualClock();
const emulator = createElasticioEmulator({ clock, plan: { durationMs: 5_000, result: ["name"] } });
const runtime = createRuntime({ clock, fetch: emulator.fetch });

const form = setup({
  types: { context: {} as { fields: string[]; why?: unknown } },
  actors: {
    loadFields: toActorLogic(
      (component: string) =>
        elasticio.execution<string[]>({
          execution: {
            execution_type: "get_meta_model",
            component,
            action_or_trigger: "put",
            account_id: "540492e623773659c5000001",
          },
        }),
      runtime,
    ),
  },
}).createMachine({
  context: { fields: [] },
  initial: "loading",
  states: {
    loading: {
      invoke: {
        src: "loadFields",
        input: "mapper",
        onDone: {
          target: "editing",
          actions: assign({ fields: ({ event }) => event.output }),
        },
        onError: {
          target: "broken",
          actions: assign({ why: ({ event }) => event.error }),
        },
      },
      // Leaving the state stops the waiting.
      on: { closed: "broken" },
    },
    editing: { type: "final" },
    broken: { type: "final" },
  },
});

const actor = createActor(form).start();
await clock.runUntil(toPromise(actor));
assertEquals(actor.getSnapshot().value, "editing");
assertEquals(actor.getSnapshot().context.fields, ["name"]);
await runtime.dispose();
console.log("fields:", actor.getSnapshot().context.fields);
