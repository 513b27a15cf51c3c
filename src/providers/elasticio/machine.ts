/**
 * The statecharts of elastic.io: schedule an execution, poll until it is ready,
 * read its result once.
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

/** Polling is the same, whoever scheduled the execution. */
const polling: Readonly<Record<string, StepState>> = {
  waiting: {
    description: "sleeping until the next poll is due",
    ...waiting(),
    on: { due: "requesting" },
  },
  requesting: {
    description: "asking whether the result is ready",
    ...requesting("poll"),
    on: { pending: "waiting", ready: "retrieving" },
  },
  retrieving: {
    description: "reading the result, which can be read only once",
    ...requesting("retrieve"),
    on: { pending: "waiting", succeeded: "#succeeded" },
  },
};

/** `elasticio.execution`: schedules an execution itself. */
export const executionMachine: OperationMachine = createLifecycle({
  id: "elasticio.execution",
  description: "Schedules a component execution and waits for its result",
  initial: {
    initial: "scheduling",
    states: {
      scheduling: {
        description: "asking for the execution",
        ...requesting("schedule"),
        on: { accepted: "#polling" },
      },
    },
  },
  polling: { initial: "waiting", states: polling },
});

/** `elasticio.poll`: joins an execution that somebody else scheduled. */
export const pollMachine: OperationMachine = createLifecycle({
  id: "elasticio.poll",
  description: "Waits for the result of an execution that is under way",
  initial: {
    initial: "joining",
    states: {
      joining: {
        description: "asking for the first time whether the result is ready",
        ...requesting("poll"),
        on: { pending: "#polling", ready: "#polling.retrieving" },
      },
    },
  },
  polling: { initial: "waiting", states: polling },
});
