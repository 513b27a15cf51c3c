/**
 * The statechart of Azure's long-running operations: send, poll, and where the
 * result is elsewhere, get it.
 *
 * @module
 */
import {
  createLifecycle,
  type OperationMachine,
  requesting,
  waiting,
} from "../../model/machine.ts";

/** `azure.operation`. */
export const operationMachine: OperationMachine = createLifecycle({
  id: "azure.operation",
  description: "Starts an Azure operation and polls it by whichever way its first reply offers",
  initial: {
    initial: "sending",
    states: {
      sending: {
        description: "sending the request, or reading the reply that somebody else got",
        ...requesting("send"),
        on: {
          accepted: "#polling",
          ready: "#polling.finalizing",
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
        description: "asking how it goes: the monitor, the Location or the resource",
        ...requesting("poll"),
        on: {
          pending: "waiting",
          ready: "finalizing",
          untold: "verifying",
          succeeded: "#succeeded",
        },
      },
      verifying: {
        description: "asking the resource, for the operation's own URL does not tell",
        ...requesting("verify"),
        on: { pending: "waiting", succeeded: "#succeeded" },
      },
      finalizing: {
        description: "getting the result from where it is",
        ...requesting("finalize"),
        on: { pending: "waiting", succeeded: "#succeeded" },
      },
    },
  },
});
