/**
 * XState decides every transition, once. An edge is what XState's own
 * `transition` answers for a state and an event; it is the same for every
 * operation of a kind, because machines hold no data, and is kept.
 *
 * @module
 */
import type { StepAction } from "../../model/machine.ts";
import {
  actionsOf,
  firstStep,
  leafPaths,
  type MachineSnapshot,
  type NamedAction,
  nextStep,
  type OperationMachine,
  snapshotOf,
  stateAt,
  type StateValue,
} from "../../xstate/mod.ts";
import type { LifecycleState } from "../../model/outcome.ts";

/** An action of a machine, as the runtime performs it. */
export type Effect = Extract<StepAction, object> | {
  readonly type: Extract<StepAction, string>;
};

/** A state of the whole machine. */
export interface MachineState {
  /** XState's state value. */
  readonly value: StateValue;
  /** The top-level word. */
  readonly top: LifecycleState;
  /** Whether the machine has ended. */
  readonly isFinal: boolean;
  /** This state's bit in a set of states visited. */
  readonly bit: number;
  /** Effects that entering the innermost state begins. */
  readonly entry: readonly Effect[];
  /** Edges known so far, by event. */
  readonly edges: Map<string, Edge>;
  /** The event that came last, mostly the one that comes next. */
  lastType: string | undefined;
  /** Its edge. */
  lastEdge: Edge | undefined;
  /** What XState goes on from. */
  readonly snapshot: MachineSnapshot;
}

/** What an event does to a state. */
export interface Edge {
  /** The next state; the same one where the event means nothing here. */
  readonly to: MachineState;
  /** What the runtime must do, in order. */
  readonly effects: readonly Effect[];
  /** Whether the machine has a way for this event here. */
  readonly isHandled: boolean;
}

/** As many as there are bits in a number that V8 keeps without a box. */
const MAX_STATES = 30;

/** The states and edges of one machine, as far as they were needed. */
export class TransitionTable {
  readonly #machine: OperationMachine;
  readonly #states = new Map<string, MachineState>();
  readonly #bits = new Map<string, number>();
  /** Where every operation begins, and what to do there. */
  readonly start: Edge;

  /** Asks XState for the initial state. */
  constructor(machine: OperationMachine) {
    this.#machine = machine;
    const { snapshot, actions } = firstStep(machine);
    this.start = {
      to: this.#intern(snapshot),
      effects: actions as readonly Effect[],
      isHandled: true,
    };
  }

  /** The edge that an event takes from a state. */
  edge(from: MachineState, type: string): Edge {
    if (from.lastType === type) return from.lastEdge!;
    const edge = from.edges.get(type) ?? this.#ask(from, type);
    from.lastType = type;
    from.lastEdge = edge;
    return edge;
  }

  /**
   * The state with a given value, e.g. one out of a token.
   *
   * @throws {TypeError} If the machine has no such state, or it is not an innermost one.
   */
  state(value: unknown): MachineState {
    const key = JSON.stringify(value);
    const known = this.#states.get(key);
    if (known) return known;
    for (const path of leafPaths(this.#machine)) {
      const own = toValue(path);
      if (JSON.stringify(own) !== key) continue;
      return this.#intern(snapshotOf(this.#machine, own));
    }
    throw new TypeError(`${this.#machine.id} has no state ${key}`);
  }

  /**
   * The bits of all states that a name stands for: a top-level word, a step, or
   * a path with dots.
   *
   * @throws {TypeError} If no state has that name.
   */
  bitsOf(name: string): number {
    let bits = this.#bits.get(name) ?? 0;
    if (bits !== 0) return bits;
    for (const path of leafPaths(this.#machine)) {
      if (`.${path.join(".")}.`.includes(`.${name}.`)) {
        bits |= this.state(toValue(path)).bit;
      }
    }
    if (bits !== 0) {
      this.#bits.set(name, bits);
      return bits;
    }
    const names = new Set(leafPaths(this.#machine).flat());
    throw new TypeError(
      `${this.#machine.id} has no state "${name}": expected one of ${[...names].join(", ")}`,
    );
  }

  #ask(from: MachineState, type: string): Edge {
    const { snapshot, actions } = from.isFinal
      ? { snapshot: from.snapshot, actions: [] }
      : nextStep(this.#machine, from.snapshot, type);
    const edge: Edge = {
      to: this.#intern(snapshot),
      effects: actions as readonly Effect[],
      isHandled: !from.isFinal && from.snapshot.can({ type }),
    };
    from.edges.set(type, edge);
    return edge;
  }

  #newBit(): number {
    const { size } = this.#states;
    if (size < MAX_STATES) return 1 << size;
    throw new RangeError(
      `Cannot run ${this.#machine.id}: it has more than ${MAX_STATES} innermost states`,
    );
  }

  #intern(snapshot: MachineSnapshot): MachineState {
    const key = JSON.stringify(snapshot.value);
    let state = this.#states.get(key);
    if (!state) {
      const { value } = snapshot;
      const top = typeof value === "string" ? value : Object.keys(value)[0]!;
      state = {
        value,
        top: top as LifecycleState,
        isFinal: snapshot.status === "done",
        bit: this.#newBit(),
        entry: innermostEntry(this.#machine, value) as Effect[],
        edges: new Map(),
        lastType: undefined,
        lastEdge: undefined,
        snapshot,
      };
      this.#states.set(key, state);
    }
    return state;
  }
}

const tables = new WeakMap<OperationMachine, TransitionTable>();

/** The one table of a machine. */
export function transitionTable(machine: OperationMachine): TransitionTable {
  let table = tables.get(machine);
  if (!table) tables.set(machine, table = new TransitionTable(machine));
  return table;
}

/** `["polling", "waiting"]` as XState writes it: `{ polling: "waiting" }`. */
export function toValue(path: readonly string[]): StateValue {
  const [first = "", ...rest] = path;
  return rest.length === 0 ? first : { [first]: toValue(rest) };
}

function innermostEntry(machine: OperationMachine, value: StateValue): NamedAction[] {
  const path: string[] = [];
  let rest: StateValue | undefined = value;
  while (rest !== undefined) {
    const name: string = typeof rest === "string" ? rest : Object.keys(rest)[0]!;
    path.push(name);
    rest = typeof rest === "string" ? undefined : rest[name];
  }
  return actionsOf(stateAt(machine, path).entry);
}
