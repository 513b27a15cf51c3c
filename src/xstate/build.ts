/**
 * Builds a machine from a plain config with whichever XState is there: 5, where
 * a config names its actions and targets, or 6, where entry and exit are
 * functions that put actions into a queue.
 *
 * @module
 */
import { setup, StateMachine } from "xstate";
import type { OperationMachine } from "./types.ts";

/** An action by its name, with what it is given. */
export interface NamedAction {
  /** The name. */
  readonly type: string;
  /** What it is given. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Where an event leads. */
export type PlainTransition = string | { readonly target: string; readonly reenter?: boolean };

/** A state as plain JSON: the form in which statecharts are kept and drawn. */
export interface PlainState {
  /** Its id, where others refer to it by `#id`. */
  readonly id?: string;
  /** `final` for an end. */
  readonly type?: "final";
  /** One line for people. */
  readonly description?: string;
  /** The child that is entered first. */
  readonly initial?: string;
  /** What is done when it is entered. */
  readonly entry?: string | NamedAction | readonly (string | NamedAction)[];
  /** What is done when it is left. */
  readonly exit?: string | NamedAction | readonly (string | NamedAction)[];
  /** Events and where they lead. */
  readonly on?: Readonly<Record<string, PlainTransition>>;
  /** States within. */
  readonly states?: Readonly<Record<string, PlainState>>;
}

/** XState 6 has no strings as actions and targets. */
const hasQueuedActions = "initialTransition" in StateMachine.prototype;

const configs = new WeakMap<object, PlainState>();

/**
 * Builds a machine.
 *
 * @param config The whole statechart, as plain JSON.
 * @param actions Names of all its actions. They do nothing by themselves.
 */
export function buildMachine(config: PlainState, actions: readonly string[]): OperationMachine {
  // XState 6 calls an action by its function's name, which a computed key gives it.
  const doNothing = Object.assign({}, ...actions.map((name) => ({ [name]: () => {} })));
  const form = hasQueuedActions ? toQueued(config) : config;
  // deno-lint-ignore no-explicit-any -- the config is typed by PlainState, of which setup() knows nothing
  const machine = (setup({ actions: doNothing }) as any).createMachine(form) as OperationMachine;
  configs.set(machine, config);
  return machine;
}

/** The plain config of a machine; of one that was built elsewhere, what XState kept of it. */
export function configOf(machine: OperationMachine): PlainState {
  return configs.get(machine) ?? machine.config as PlainState;
}

/** The actions of a state's entry or exit, one form for all. */
export function actionsOf(actions: PlainState["entry"]): NamedAction[] {
  return [actions ?? []].flat().map((action) =>
    typeof action === "string" ? { type: action } : action as NamedAction
  );
}

/** The path of every innermost state. */
export function leafPaths(machine: OperationMachine): string[][] {
  const visit = ({ states = {} }: PlainState, path: string[]): string[][] => {
    const children = Object.entries(states);
    if (children.length === 0) return [path];
    return children.flatMap(([name, state]) => visit(state, [...path, name]));
  };
  return visit(configOf(machine), []);
}

/** The state at a path. */
export function stateAt(machine: OperationMachine, path: readonly string[]): PlainState {
  return path.reduce((state, name) => state.states![name]!, configOf(machine));
}

type Enqueue = (action: unknown, params?: unknown) => void;

/** The same statechart in the form of XState 6. */
function toQueued(state: PlainState): object {
  const { entry, exit, on, states, ...rest } = state;
  return {
    ...rest,
    ...(entry !== undefined && { entry: queue(entry) }),
    ...(exit !== undefined && { exit: queue(exit) }),
    ...(on && { on: mapValues(on, (way) => typeof way === "string" ? { target: way } : way) }),
    ...(states && { states: mapValues(states, toQueued) }),
  };
}

function queue(actions: PlainState["entry"]): unknown {
  const named = actionsOf(actions);
  return ({ actions }: { actions: Record<string, unknown> }, enqueue: Enqueue) => {
    for (const { type, params } of named) {
      if (params === undefined) enqueue(actions[type]);
      else enqueue(actions[type], params);
    }
  };
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  map: (value: A) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
