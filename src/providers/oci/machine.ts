/**
 * The statecharts of Oracle Cloud: read until a resource is as wanted, follow a
 * work request, act and do either.
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

const waitingState: StepState = {
  description: "sleeping until the next check is due",
  ...waiting(),
  on: { due: "requesting" },
};

const resourceStates: Readonly<Record<string, StepState>> = {
  waiting: waitingState,
  requesting: {
    description: "looking at the resource again",
    ...requesting("poll"),
    on: { pending: "waiting", succeeded: "#succeeded" },
  },
};

/** A work request that ended badly is asked why; the answers cannot change its end. */
const workRequestStates: Readonly<Record<string, StepState>> = {
  waiting: waitingState,
  requesting: {
    description: "asking how the work request goes",
    ...requesting("poll"),
    on: { pending: "waiting", explain: "explaining", succeeded: "#succeeded" },
  },
  explaining: {
    description: "the work request failed or was canceled: asking why",
    initial: "readingErrors",
    states: {
      readingErrors: {
        description: "reading its error entries, page by page",
        ...requesting("readErrors"),
        on: { more: { target: "readingErrors", reenter: true }, complete: "readingLogs" },
      },
      readingLogs: {
        description: "reading its log lines, page by page",
        ...requesting("readLogs"),
        on: { more: { target: "readingLogs", reenter: true } },
      },
    },
  },
};

/** `oci.waitUntil`. */
export const waitUntilMachine: OperationMachine = createLifecycle({
  id: "oci.waitUntil",
  description: "Reads a resource until it is as wanted",
  initial: {
    initial: "reading",
    states: {
      reading: {
        description: "looking for the first time; an error here is final",
        ...requesting("read"),
        on: { pending: "#polling", succeeded: "#succeeded" },
      },
    },
  },
  polling: { initial: "waiting", states: resourceStates },
});

/** `oci.workRequest`. */
export const workRequestMachine: OperationMachine = createLifecycle({
  id: "oci.workRequest",
  description: "Follows a work request to its end",
  initial: {
    initial: "reading",
    states: {
      reading: {
        description: "asking for the first time how the work request goes",
        ...requesting("read"),
        on: { pending: "#polling", explain: "#polling.explaining", succeeded: "#succeeded" },
      },
    },
  },
  polling: { initial: "waiting", states: workRequestStates },
});

/** `oci.actAndWaitForWorkRequest`. */
export const actAndWaitForWorkRequestMachine: OperationMachine = createLifecycle({
  id: "oci.actAndWaitForWorkRequest",
  description: "Sends an action and follows the work request that it starts",
  initial: {
    initial: "acting",
    states: {
      acting: {
        description: "sending the action",
        ...requesting("act"),
        on: { accepted: "#polling", succeeded: "#succeeded" },
      },
    },
  },
  polling: {
    initial: "reading",
    states: {
      reading: {
        description: "asking for the first time how the work request goes",
        ...requesting("read"),
        on: { pending: "waiting", explain: "explaining", succeeded: "#succeeded" },
      },
      ...workRequestStates,
    },
  },
});

/** `oci.actAndWaitForState`. */
export const actAndWaitForStateMachine: OperationMachine = createLifecycle({
  id: "oci.actAndWaitForState",
  description: "Sends an action and waits for a state of its resource",
  initial: {
    initial: "checking",
    states: {
      checking: {
        description: "looking at what is to be deleted; nothing for other actions",
        ...requesting("check"),
        on: { checked: "acting" },
      },
      acting: {
        description: "sending the action",
        ...requesting("act"),
        on: {
          accepted: "#polling",
          deleting: "#polling.waiting",
          succeeded: "#succeeded",
        },
      },
    },
  },
  polling: {
    initial: "reading",
    states: {
      reading: {
        description: "looking at the resource for the first time after the action",
        ...requesting("read"),
        on: { pending: "waiting", succeeded: "#succeeded" },
      },
      ...resourceStates,
    },
  },
});
