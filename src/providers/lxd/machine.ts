/**
 * The statechart of LXD: start, then wait for the end on the event stream or in
 * long polls, and cancel where that is asked for.
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

/**
 * Waiting for the end: the same whether it is being canceled or not.
 *
 * @param cancel Where a cancel leads to; nowhere where that has been asked for already.
 */
function following(cancel?: string): Record<"listening" | "waiting" | "refreshing", StepState> {
  return {
    listening: {
      description: "waiting for the end, on the event stream or in a long poll",
      ...requesting("wait"),
      on: {
        news: "listening",
        again: { target: "listening", reenter: true },
        pending: "waiting",
        unclear: "refreshing",
        missed: "refreshing",
        due: "refreshing",
        succeeded: "#succeeded",
        cancel: cancel ?? "listening",
      },
    },
    waiting: {
      description: "sleeping a little, where the server does not wait for us",
      ...waiting(),
      on: { due: "refreshing", cancel: cancel ?? "waiting" },
    },
    refreshing: {
      description: "asking where it stands",
      ...requesting("get"),
      on: {
        again: "listening",
        pending: "waiting",
        succeeded: "#succeeded",
        cancel: cancel ?? "refreshing",
      },
    },
  };
}

/** `lxd.operation`. */
export const operationMachine: OperationMachine = createLifecycle({
  id: "lxd.operation",
  description: "Starts an operation of LXD or Incus and waits for its end",
  initial: {
    initial: "starting",
    states: {
      starting: {
        description: "sending the request that starts it",
        ...requesting("start"),
        on: { accepted: "#polling", joined: "joining", succeeded: "#succeeded" },
      },
      joining: {
        description: "asking for the first time where one stands that somebody else started",
        ...requesting("get"),
        on: { again: "#polling", succeeded: "#succeeded", cancel: "#polling.canceling" },
      },
    },
  },
  polling: {
    initial: "listening",
    states: {
      ...following("#polling.canceling"),
      canceling: {
        initial: "asking",
        states: {
          asking: {
            description: "asking the server to cancel it",
            ...requesting("cancel"),
            on: {
              accepted: "listening",
              over: "refreshing",
              refused: "#polling.listening",
              cancel: "asking",
            },
          },
          ...following(),
        },
      },
    },
  },
});
