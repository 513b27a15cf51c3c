/**
 * Asks XState what it would do: where a machine begins, and what an event does
 * to a state. Nothing is started for it.
 *
 * @module
 */
import { initialTransition, transition } from "xstate";
import type { NamedAction } from "./build.ts";
import type { MachineSnapshot, OperationMachine, StateValue } from "./types.ts";

/** What XState answers: the state it comes to, and what is to be done. */
export interface XStateStep {
  /** The state it comes to. */
  readonly snapshot: MachineSnapshot;
  /** What is to be done, in order. */
  readonly actions: readonly NamedAction[];
}

/** Where a machine begins. */
export function firstStep(machine: OperationMachine): XStateStep {
  const [snapshot, actions] = initialTransition(machine);
  return { snapshot, actions: ownActions(actions) };
}

/** What an event does to a state. */
export function nextStep(
  machine: OperationMachine,
  from: MachineSnapshot,
  type: string,
): XStateStep {
  const [snapshot, actions] = transition(machine, from, { type });
  return { snapshot, actions: ownActions(actions) };
}

/** XState's snapshot for a state value. */
export function snapshotOf(machine: OperationMachine, value: StateValue): MachineSnapshot {
  return machine.resolveState({ value, context: {} });
}

/** The machine's own actions. XState 6 lists effects of its own beside them. */
function ownActions(actions: readonly unknown[]): NamedAction[] {
  return actions.map(toAction).filter(({ type }) => !type.startsWith("@xstate."));
}

/** An action as XState 5 (`params`) or XState 6 (`args`) describes it. */
function toAction(action: unknown): NamedAction {
  const { type, params, args } = action as {
    readonly type: string;
    readonly params?: NamedAction["params"];
    readonly args?: readonly NamedAction["params"][];
  };
  const given = args ? args[0] : params;
  return given === undefined ? { type } : { type, params: given };
}
