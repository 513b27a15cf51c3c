/**
 * A short life of every kind that ends well, and how its provider's own words
 * say that something has ended well.
 *
 * @module
 */
import { azure, elasticio, linode, lxd, oci, type Operation } from "@lro/machines";

/** One answer of a service. */
export interface PlainReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Instead of `json`; its type is in `headers`. */
  readonly text?: string;
}

/** One life. */
export interface Life {
  readonly operation: () => Operation;
  /** In order; the last is repeated to whoever goes on asking. */
  readonly replies: readonly PlainReply[];
  readonly value: unknown;
  /** The value, or what it is made of, is whatever JSON the service likes. */
  readonly isAnyJson?: boolean;
  /** A service has nothing to say there. */
  readonly mayBeEmpty?: boolean;
  /** Whether a value says of itself that what it tells of has ended well. */
  readonly isGood: (value: Record<string, unknown>) => boolean;
}

const arm = "https://management.azure.com";
const put = { method: "PUT", url: `${arm}/r?api-version=1`, body: { location: "westeurope" } };
const resource = (provisioningState: string) => ({ id: "/r", properties: { provisioningState } });
/** ARM: a resource without a state is ready. */
const isReady = ({ properties }: Record<string, unknown>) => {
  const state = (properties as Record<string, unknown> | null | undefined)?.provisioningState;
  return state === undefined || state === null || state === "Succeeded";
};

const elastic = (path: string) => ({ location: `https://api.elastic.io/v1/exec/${path}/1` });
const notReady = { status: 200, json: { message: "Result is not ready yet." } };

const iaas = "https://iaas.us-ashburn-1.oraclecloud.com";
const instance = (lifecycleState: string) => ({ id: "ocid1.instance.1", lifecycleState });
/** In any case, as Oracle's own clients compare states. */
const isRunning = ({ lifecycleState }: Record<string, unknown>) =>
  String(lifecycleState).toUpperCase() === "RUNNING";
const work = (status: string) => ({ id: "ocid1.wr.1", status, percentComplete: 40 });
const launch = { method: "POST", url: `${iaas}/20160918/instances`, body: { shape: "s" } };
const launched = {
  status: 200,
  headers: { "opc-work-request-id": "ocid1.wr.1" },
  json: instance("PROVISIONING"),
};

const event = (status: string) => ({
  id: 123,
  action: "linode_boot",
  entity: { id: 1, type: "linode", label: "one", url: "/v4/linode/instances/1" },
  status,
  percent_complete: 40,
});
const events = (...statuses: string[]) => ({
  status: 200,
  json: { data: statuses.map(event), page: 1, pages: 1, results: statuses.length },
});

const lxdId = "b8d84888-1dc2-44fd-b386-7f679e171ba5";
const lxdOperation = (status: string, statusCode: number) => ({
  id: lxdId,
  class: "task",
  status,
  status_code: statusCode,
  metadata: null,
  may_cancel: true,
  err: "",
});
const sync = (status: string, code: number) => ({
  status: 200,
  json: {
    type: "sync",
    status: "Success",
    status_code: 200,
    metadata: lxdOperation(status, code),
  },
});

/** By name. */
export const LIVES: Readonly<Record<string, Life>> = {
  "azure.operation by monitor": {
    operation: () => azure.operation({ request: put }),
    replies: [
      {
        status: 201,
        headers: { "azure-asyncoperation": `${arm}/operations/1`, "retry-after": "3" },
        json: resource("Creating"),
      },
      { status: 200, json: { status: "InProgress", percentComplete: 40 } },
      { status: 200, headers: { "retry-after": "9" }, json: { status: "Succeeded" } },
      { status: 200, json: resource("Succeeded") },
    ],
    value: resource("Succeeded"),
    isAnyJson: true,
    mayBeEmpty: true,
    isGood: () => true, // the monitor has said so
  },
  "azure.operation by Location": {
    operation: () => azure.operation({ request: { ...put, method: "POST" } }),
    replies: [
      { status: 202, headers: { location: `${arm}/results/1` } },
      { status: 202, headers: { location: `${arm}/results/2` } },
      { status: 200, json: { answer: 42, properties: { provisioningState: "Succeeded" } } },
    ],
    value: { answer: 42, properties: { provisioningState: "Succeeded" } },
    isAnyJson: true,
    mayBeEmpty: true,
    isGood: isReady,
  },
  "azure.operation by body": {
    operation: () => azure.operation({ request: put }),
    replies: [
      { status: 201, json: resource("Creating") },
      { status: 200, json: resource("Running") },
      { status: 200, json: resource("Succeeded") },
    ],
    value: resource("Succeeded"),
    mayBeEmpty: true, // ARM: 204 is a good end
    isGood: isReady,
  },
  "elasticio.execution": {
    operation: () =>
      elasticio.execution({
        execution: {
          execution_type: "get_meta_model",
          component: "mapper",
          action_or_trigger: "put",
          account_id: "540492e623773659c5000001",
        },
      }),
    replies: [
      { status: 202, headers: elastic("poll"), json: { message: "ok" } },
      notReady,
      { status: 303, headers: elastic("result"), json: { message: "Ready." } },
      { status: 200, json: { data: { fields: ["name"] } } },
    ],
    value: { fields: ["name"] },
    isAnyJson: true,
    mayBeEmpty: true, // 204, and 200 without a body: a component without a result
    isGood: () => true,
  },
  "elasticio.poll": {
    operation: () => elasticio.poll({ executionId: "1" }),
    replies: [
      notReady,
      { status: 303, headers: elastic("result"), json: { message: "Ready." } },
      { status: 200, json: { data: { fields: ["name"] } } },
    ],
    value: { fields: ["name"] },
    isAnyJson: true,
    mayBeEmpty: true, // 204, and 200 without a body: a component without a result
    isGood: () => true,
  },
  "oci.waitUntil": {
    operation: () =>
      oci.waitUntil({
        get: { method: "GET", url: `${iaas}/20160918/instances/ocid1.instance.1` },
        property: "lifecycleState",
        state: "RUNNING",
      }),
    replies: [
      { status: 200, json: instance("PROVISIONING") },
      { status: 200, headers: { "retry-after": "7" }, json: instance("STARTING") },
      { status: 200, json: instance("RUNNING") },
    ],
    value: instance("RUNNING"),
    isGood: isRunning,
  },
  "oci.workRequest": {
    operation: () => oci.workRequest({ workRequestId: "ocid1.wr.1", baseUrl: iaas }),
    replies: [
      { status: 200, json: work("ACCEPTED") },
      { status: 200, json: work("IN_PROGRESS") },
      { status: 200, json: work("SUCCEEDED") },
    ],
    value: work("SUCCEEDED"),
    isGood: ({ status }) => String(status).toUpperCase() === "SUCCEEDED",
  },
  "oci.actAndWaitForWorkRequest": {
    operation: () => oci.actAndWaitForWorkRequest({ action: launch, baseUrl: iaas }),
    replies: [
      launched,
      { status: 200, json: work("IN_PROGRESS") },
      { status: 200, json: work("SUCCEEDED") },
    ],
    value: { body: instance("PROVISIONING"), workRequest: work("SUCCEEDED") },
    mayBeEmpty: true,
    // An action without a work request has ended by its reply.
    isGood: ({ workRequest }) =>
      workRequest === undefined || (workRequest as { status?: unknown }).status === "SUCCEEDED",
  },
  "oci.actAndWaitForState": {
    operation: () =>
      oci.actAndWaitForState({
        action: launch,
        get: `${iaas}/20160918/instances/{id}`,
        states: ["RUNNING"],
      }),
    replies: [
      launched,
      { status: 200, json: instance("STARTING") },
      { status: 200, json: instance("RUNNING") },
    ],
    value: instance("RUNNING"),
    isGood: isRunning,
  },
  "linode.event": {
    operation: () =>
      linode.event({
        entityType: "linode",
        entityId: 1,
        action: "linode_boot",
        trigger: { method: "POST", url: "https://api.linode.com/v4/linode/instances/1/boot" },
      }),
    replies: [
      events(),
      { status: 200, json: {} },
      events("scheduled"),
      { status: 200, json: event("started") },
      { status: 200, json: event("finished") },
    ],
    value: event("finished"),
    isGood: ({ status }) => status === "finished" || status === "notification",
  },
  "linode.entityFree": {
    operation: () => linode.entityFree({ entityType: "linode", entityId: 1 }),
    replies: [events("started"), events("finished", "scheduled"), events()],
    value: undefined,
    isGood: () => false,
  },
  "lxd.operation": {
    operation: () =>
      lxd.operation({ request: { method: "POST", url: "/1.0/images", body: { source: {} } } }),
    replies: [
      {
        status: 202,
        json: {
          type: "async",
          operation: `/1.0/operations/${lxdId}?project=default`,
          metadata: lxdOperation("Running", 103),
        },
      },
      sync("Running", 103),
      sync("Success", 200),
    ],
    value: lxdOperation("Success", 200),
    isGood: ({ status_code: code }) => code === 200,
  },
};
