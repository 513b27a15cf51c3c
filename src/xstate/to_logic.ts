/**
 * Actor logic that both XStates can call. XState 6 asks for `initialTransition`,
 * and wants a list of effects beside each snapshot; XState 5 wants the snapshot
 * alone. Which one calls is seen by its actors: only those of 6 can `trigger`.
 *
 * @module
 */

/** An actor, as its logic sees it. */
export interface LogicSelf {
  /** It receives an event. */
  send(event: { readonly type: string }): void;
}

/** The parts of an actor's logic, in a form of their own. */
export interface LogicParts<State, Event> {
  /** The first snapshot, for what the actor is given. */
  begin(input: unknown): State;
  /** The actor is started, or goes on after it was restored. */
  start(state: State, self: LogicSelf): void;
  /** An event has come. */
  receive(state: State, event: Event, self: LogicSelf): State;
  /** The actor is stopped by the one who started it. */
  stop(state: State, self: LogicSelf): State;
  /** The snapshot as it is written down. */
  persist(state: State): State;
}

interface Scope {
  readonly self: LogicSelf;
}

const STOPS: readonly string[] = ["xstate.stop", "@xstate.stop"];

/** Makes logic of its parts. The caller gives it the type that XState has for it. */
export function toLogic<State, Event extends { readonly type: string }>(
  parts: LogicParts<State, Event>,
): object {
  return {
    getInitialSnapshot: (_scope: Scope, input: unknown) => parts.begin(input),
    initialTransition: (input: unknown) => [parts.begin(input), []],
    start: (state: State, { self }: Scope) => parts.start(state, self),
    transition: (state: State, event: Event, { self }: Scope) => {
      const next = STOPS.includes(event.type)
        ? parts.stop(state, self)
        : parts.receive(state, event, self);
      return "trigger" in self ? [next, []] : next;
    },
    getPersistedSnapshot: parts.persist,
    restoreSnapshot: (snapshot: State) => snapshot,
  };
}
