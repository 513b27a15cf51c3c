/**
 * The statecharts of Linode: remember what happened so far, let the trigger be
 * pulled, and wait for the event that it causes.
 *
 * @module
 */
import {
  createLifecycle,
  type OperationMachine,
  requesting,
  type StepState,
  waiting,
} from "../../model/machine.ts";

/** Asking at once, and again whenever it is due. */
function polling(step: string, on: Required<StepState>["on"]): StepState {
  return {
    initial: "requesting",
    states: {
      requesting: { ...requesting(step), on: { ...on, pending: "waiting" } },
      waiting: { ...waiting(), on: { due: "requesting" } },
    },
  };
}

/** `linode.event`. */
export const eventMachine: OperationMachine = createLifecycle({
  id: "linode.event",
  description: "Waits for the event that a trigger causes",
  initial: {
    initial: "baselining",
    states: {
      baselining: {
        description: "remembering the events from before the trigger",
        ...requesting("baseline"),
        on: {
          more: { target: "baselining", reenter: true },
          armed: "armed",
          ready: "triggering",
        },
      },
      armed: {
        description: "ready: the caller may pull the trigger",
        on: { triggered: "#polling" },
      },
      triggering: {
        description: "sending the trigger",
        ...requesting("trigger"),
        on: { triggered: "#polling", busy: "waiting" },
      },
      waiting: {
        description: "the entity is busy: sleeping until the trigger is sent again",
        ...waiting(),
        on: { due: "triggering" },
      },
    },
  },
  polling: {
    initial: "awaitingEvent",
    states: {
      awaitingEvent: {
        description: "looking for a new event",
        ...polling("list", {
          more: { target: "requesting", reenter: true },
          appeared: "#polling.awaitingFinish",
          succeeded: "#succeeded",
        }),
      },
      awaitingFinish: {
        description: "looking at that event until it has ended",
        ...polling("event", { succeeded: "#succeeded" }),
      },
    },
  },
});

/** `linode.entityFree`. */
export const entityFreeMachine: OperationMachine = createLifecycle({
  id: "linode.entityFree",
  description: "Waits until nothing is going on with an entity",
  initial: {
    initial: "checking",
    states: {
      checking: {
        description: "looking for the first time",
        ...requesting("check"),
        on: {
          more: { target: "checking", reenter: true },
          pending: "#polling",
          succeeded: "#succeeded",
        },
      },
    },
  },
  polling: {
    initial: "waiting",
    states: {
      waiting: {
        description: "sleeping until the next poll is due",
        ...waiting(),
        on: { due: "requesting" },
      },
      requesting: {
        description: "looking for events that go on",
        ...requesting("check"),
        on: {
          more: { target: "requesting", reenter: true },
          pending: "waiting",
          succeeded: "#succeeded",
        },
      },
    },
  },
});
