/**
 * A consumer in TypeScript: what the types promise, and what they refuse. It is
 * compiled, never run.
 *
 * @module
 */
import {
  azure,
  createRuntime,
  elasticio,
  isLroError,
  linode,
  oci,
  type Operation,
  type OperationHandle,
  type Outcome,
  wait,
} from "@lro/machines";
import { basic, bearer, ociSignature } from "@lro/machines/auth";
import { main } from "@lro/machines/cli";
import { createLifecycle, type OperationMachine, requesting, waiting } from "@lro/machines/core";
import { createFileStore } from "@lro/machines/store/files";
import { createMemoryStore } from "@lro/machines/store/memory";
import { createSqliteStore } from "@lro/machines/store/sqlite";
import { conformanceClaims, createVirtualClock } from "@lro/machines/testing";

const operation: Operation<{ readonly name: string }> = azure.operation<{ readonly name: string }>({
  request: { method: "PUT", url: "https://management.azure.com/r?api-version=1", body: {} },
});
export const name: Promise<string> = wait(operation).then((value) => value.name);

const runtime = createRuntime({
  clock: createVirtualClock(),
  fetch: bearer("t", { origins: "https://management.azure.com" }),
  store: createMemoryStore(),
});
const handle: OperationHandle<{ readonly name: string }> = runtime.start(operation);
export const end: Promise<string> = handle.outcome().then((outcome: Outcome<{ name: string }>) =>
  outcome.kind === "succeeded" ? outcome.value.name : outcome.error.code
);

// @ts-expect-error An operation says what it yields.
export const wrong: Promise<number> = wait(operation);
// @ts-expect-error It needs a request.
azure.operation({});
// @ts-expect-error There is no such end.
export const isLost = (outcome: Outcome): boolean => outcome.kind === "lost";

export const machine: OperationMachine = createLifecycle({
  id: "acme.job",
  initial: {
    initial: "starting",
    states: { starting: { ...requesting("start"), on: { accepted: "#polling" } } },
  },
  polling: { initial: "waiting", states: { waiting: { ...waiting(), on: { due: "#succeeded" } } } },
});
export const others = [
  basic,
  conformanceClaims,
  createFileStore,
  createSqliteStore,
  elasticio.poll,
  isLroError,
  linode.event,
  main,
  oci.waitUntil,
  ociSignature,
];
