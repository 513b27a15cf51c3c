/** Which XState the tests run on: they run on 5, and those that speak to XState on 6 as well. */
import type { OperationActorLogic } from "@lro/machines";
import * as XState from "xstate";
import type { AnyStateMachine } from "xstate";

/** Whether it is XState 6, whose machines ask for their first state in this way. */
export const IS_SIX: boolean = "initialTransition" in XState.StateMachine.prototype;

/** What such a machine remembers. */
interface InvokingContext {
  readonly output?: unknown;
  readonly error?: unknown;
  readonly states: readonly string[];
}

interface Told {
  readonly context: InvokingContext;
  readonly event: {
    readonly output?: unknown;
    readonly error?: unknown;
    readonly snapshot: { readonly operation?: { readonly state: string } };
  };
}

const output = ({ event }: Told) => ({ output: event.output });
const failure = ({ event }: Told) => ({ error: event.error });
const states = ({ context, event }: Told) => {
  const state = event.snapshot.operation?.state ?? "none";
  return {
    states: context.states.at(-1) === state ? context.states : [...context.states, state],
  };
};

/** A machine that runs a job, its child `job`, while it is in `running`. */
export function createInvokingMachine(
  job: OperationActorLogic<unknown, { at: string }>,
): AnyStateMachine {
  const invoke = IS_SIX
    ? {
      onDone: (told: Told) => ({ target: "ready", context: { ...told.context, ...output(told) } }),
      onError: (told: Told) => ({
        target: "broken",
        context: { ...told.context, ...failure(told) },
      }),
      onSnapshot: (told: Told) => ({ context: { ...told.context, ...states(told) } }),
    }
    : {
      onDone: { target: "ready", actions: assignOf(output) },
      onError: { target: "broken", actions: assignOf(failure) },
      onSnapshot: { actions: assignOf(states) },
    };
  return build({ actors: { job } }, {
    context: { states: [] },
    initial: "running",
    states: {
      running: {
        invoke: { src: "job", id: "job", input: { at: "here" }, ...invoke },
        on: { leave: { target: "left" } },
      },
      ready: { type: "final" },
      broken: { type: "final" },
      left: {},
    },
  });
}

/** A machine that spawns a job twice, as `a` and `b`. */
export function createSpawningMachine(
  job: OperationActorLogic<unknown>,
): AnyStateMachine {
  const { spawnChild } = XState as { spawnChild?: (source: string, options: object) => unknown };
  const spawn = (_: unknown, enqueue: { spawn(logic: unknown, options: object): void }): void => {
    for (const id of ["a", "b"]) enqueue.spawn(job, { id });
  };
  return build({ actors: { job } }, {
    entry: IS_SIX ? spawn : ["a", "b"].map((id) => spawnChild!("job", { id })),
  });
}

function build(parts: object, config: object): AnyStateMachine {
  const { createMachine } = XState.setup(parts) as { createMachine(config: object): unknown };
  return createMachine(config) as AnyStateMachine;
}

/** `assign`, which XState 6 has no more. */
function assignOf(change: (told: Told) => object): unknown {
  const { assign } = XState as { assign?: (change: unknown) => unknown };
  return assign!(change);
}
