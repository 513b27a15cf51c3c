/**
 * Everything that knows XState. It runs on XState 5.33 and on 6, and tells them
 * apart by what they offer. Door: a machine is built (`buildMachine`), asked
 * (`firstStep`, `nextStep`), drawn from its plain config (`configOf`), run as a
 * real actor for inspectors (`startActor`), and an operation is made fit for a
 * user's own machine (`toLogic`). The one hard idea: a machine keeps its plain
 * config, because XState 6 turns entry and exit into functions.
 * Tests: tests/equivalence_test.ts, tests/runtime/actor_logic_test.ts.
 *
 * @module
 */
export { actionsOf, buildMachine, configOf, leafPaths, stateAt } from "./build.ts";
export type { NamedAction, PlainState, PlainTransition } from "./build.ts";
export { firstStep, nextStep, snapshotOf } from "./steps.ts";
export { readTransition, type SeenTransition } from "./read_transition.ts";
export { startActor, type StartedActor } from "./start_actor.ts";
export { toLogic } from "./to_logic.ts";
export type {
  ActorLogic,
  ActorSystem,
  EventObject,
  InspectionEvent,
  InspectionObserver,
  LifecycleEvent,
  MachineSnapshot,
  OperationMachine,
  StateValue,
} from "./types.ts";
