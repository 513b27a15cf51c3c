/**
 * The skeleton that every provider's statechart is built on:
 *
 * ```text
 * initial -> polling -> succeeded | failed | canceled | timedOut | expired
 * ```
 *
 * `initial` and `polling` hold the provider's own steps; the ends and the ways
 * to them are the same for everybody. A machine is pure control flow: states,
 * events and *named* actions, in a config that is plain JSON. It holds no data
 * of any operation, so all operations of a kind share it.
 *
 * @module
 */
import { buildMachine, type OperationMachine } from "../xstate/mod.ts";

export type { LifecycleEvent, OperationMachine } from "../xstate/mod.ts";

/** An effect that the runtime performs when a state is entered or left. */
export type StepAction =
  | { readonly type: "request"; readonly params: { readonly step: string } }
  | "abandonRequest"
  | "wait"
  | "stopWaiting";

/** Where an event leads: a sibling state, or `#polling`, `#succeeded`, ... */
export type StepTransition = string | {
  readonly target: string;
  /** Leave and enter the state again although it is the same one. */
  readonly reenter?: boolean;
};

/** One state of a provider's own: a step under way, a pause, or a group of them. */
export interface StepState {
  /** Shown by the inspector and in drawings. */
  readonly description?: string;
  /** Effects begun on entry. */
  readonly entry?: StepAction | readonly StepAction[];
  /** Effects ended on exit. */
  readonly exit?: StepAction | readonly StepAction[];
  /** Events and where they lead. */
  readonly on?: Readonly<Record<string, StepTransition>>;
  /** The first child, where there are children. */
  readonly initial?: string;
  /** Steps within this one. */
  readonly states?: Readonly<Record<string, StepState>>;
}

/** A group of a provider's steps. */
export interface StepGroup {
  /** The first step. */
  readonly initial: string;
  /** Events that lead away from every step of the group. */
  readonly on?: Readonly<Record<string, StepTransition>>;
  /** The steps, in the order of life. */
  readonly states: Readonly<Record<string, StepState>>;
}

/** What a provider says about its pattern. */
export interface LifecycleConfig {
  /** The operation kind, e.g. `"elasticio.execution"`. */
  readonly id: string;
  /** One line for the inspector and for drawings. */
  readonly description?: string;
  /** Steps until the operation is known to run. */
  readonly initial: StepGroup;
  /** Steps until it has ended. */
  readonly polling: StepGroup;
}

/** A state that sends the call of `step` and leaves when its reply is read. */
export function requesting(step: string): Pick<StepState, "entry" | "exit"> {
  return {
    entry: { type: "request", params: { step } },
    exit: "abandonRequest",
  };
}

/** A state that sleeps until the schedule says `due`. */
export function waiting(): Pick<StepState, "entry" | "exit"> {
  return { entry: "wait", exit: "stopWaiting" };
}

/** The effects that a machine can name; the runtime performs them. */
const ACTIONS = ["request", "abandonRequest", "wait", "stopWaiting"] as const;

const ENDS = ["succeeded", "failed", "canceled", "timedOut", "expired"] as const;

/**
 * Builds the machine of one kind of operation on the common skeleton.
 *
 * The way to each end but `succeeded` is open from every step: a verdict
 * `failed`, `canceled` or `expired`, the runtime's `deadline`, and `cancel`,
 * which ends the waiting at once unless a state handles it in its own way. The
 * way to `succeeded` is drawn by the provider.
 *
 * @param config The provider's steps.
 * @returns An XState machine whose named actions do nothing by themselves.
 */
export function createLifecycle(config: LifecycleConfig): OperationMachine {
  const { id, description, initial, polling } = config;
  return buildMachine({
    id,
    ...(description !== undefined && { description }),
    initial: "initial",
    on: {
      failed: "#failed",
      canceled: "#canceled",
      cancel: "#canceled",
      deadline: "#timedOut",
      expired: "#expired",
    },
    states: {
      initial: { id: "initial", ...initial },
      polling: { id: "polling", ...polling },
      ...Object.fromEntries(ENDS.map((end) => [end, { id: end, type: "final" }])),
    },
  }, ACTIONS);
}
