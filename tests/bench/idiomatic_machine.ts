/**
 * The same waiting as XState's manual would have it: a promise actor for each
 * poll, a delayed transition for each pause.
 *
 * @module
 */
import { assign, fromPromise, setup } from "xstate";
import type { OperationStatus } from "./status_service.ts";

interface Job {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly intervalMs: number;
}

/** `polling.requesting` and `polling.waiting` in turns, until `succeeded`. */
// deno-lint-ignore no-explicit-any -- its type is long, and nobody reads it
export const idiomaticMachine: any = setup({
  types: {
    context: {} as { readonly job: Job; readonly body?: OperationStatus },
    input: {} as Job,
  },
  actors: {
    poll: fromPromise<OperationStatus, Job>(async ({ input }) =>
      await (await input.fetch(input.url)).json()
    ),
  },
  delays: { interval: ({ context }) => context.job.intervalMs },
}).createMachine({
  id: "idiomatic",
  context: ({ input }) => ({ job: input }),
  output: ({ context }) => context.body?.value,
  initial: "polling",
  states: {
    polling: {
      initial: "requesting",
      states: {
        requesting: {
          invoke: {
            src: "poll",
            input: ({ context }) => context.job,
            onDone: [{
              guard: ({ event }) => event.output.status === "Succeeded",
              target: "#idiomatic.succeeded",
              actions: assign({ body: ({ event }) => event.output }),
            }, {
              target: "waiting",
              actions: assign({ body: ({ event }) => event.output }),
            }],
            onError: "#idiomatic.failed",
          },
        },
        waiting: { after: { interval: "requesting" } },
      },
    },
    succeeded: { type: "final" },
    failed: { type: "final" },
  },
});
