/**
 * The plainest kind of operation, so that no provider's particulars are
 * measured: asks for a status until it is `Succeeded`.
 *
 * @module
 */
import {
  createLifecycle,
  createOperation,
  defineKind,
  fixed,
  type Operation,
  type OperationKind,
  type OperationMachine,
  type Protocol,
  requesting,
  waiting,
} from "../../mod.ts";
import { BASE_URL, type OperationStatus } from "./status_service.ts";

interface StatusInput {
  readonly baseUrl: string;
  readonly url: string;
}

/** Its statechart. */
export const statusMachine: OperationMachine = createLifecycle({
  id: "bench.status",
  initial: {
    initial: "asking",
    states: {
      asking: {
        ...requesting("poll"),
        on: { pending: "#polling", succeeded: "#succeeded" },
      },
    },
  },
  polling: {
    initial: "waiting",
    states: {
      waiting: { ...waiting(), on: { due: "requesting" } },
      requesting: {
        ...requesting("poll"),
        on: { pending: "waiting", succeeded: "#succeeded" },
      },
    },
  },
});

const protocol: Protocol<StatusInput, object> = {
  steps: { poll: { repeat: "always", poll: true } },
  begin: () => ({}),
  origin: ({ baseUrl }) => baseUrl,
  call: (_step, { input }) => ({ method: "GET", url: input.url }),
  read: (_step, { body }) => {
    const { status, value } = body as OperationStatus;
    return status === "Succeeded" ? { type: "succeeded", value } : { type: "pending" };
  },
};

const statusKind: OperationKind<StatusInput, object> = defineKind({
  name: "bench.status",
  machine: statusMachine,
  protocol,
  check: (input) => input as StatusInput,
  schedule: fixed(1_000),
});

/** The operation behind a status URL. */
export function statusOperation(url: string): Operation<number> {
  return createOperation(statusKind, { baseUrl: BASE_URL, url });
}
