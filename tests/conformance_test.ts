/** The same claims for every kind of operation. A new kind adds a row. */
import { assertEquals } from "@std/assert";
import { azure, elasticio, linode, listKinds, lxd, oci } from "@lro/machines";
import { conformanceClaims, type ConformanceRow } from "@lro/machines/testing";

const location = (path: string) => ({
  location: `https://api.elastic.io${path}`,
});

const elasticioLife = [
  { status: 200, json: { message: "Result is not ready yet." } },
  {
    status: 200,
    headers: { "retry-after": "7" },
    json: { message: "Result is not ready yet." },
  },
  {
    status: 303,
    headers: location("/v1/exec/result/1"),
    json: { message: "Ready." },
  },
  { status: 200, json: { data: { fields: ["name"] } } },
];

const arm = "https://management.azure.com";
const put = { method: "PUT", url: `${arm}/r?api-version=1`, body: { location: "westeurope" } };
const resource = (state: string) => ({ id: "/r", properties: { provisioningState: state } });

const iaas = "https://iaas.us-ashburn-1.oraclecloud.com";
const oke = "https://containerengine.us-ashburn-1.oci.oraclecloud.com";
const instance = (lifecycleState: string) => ({ id: "ocid1.instance.1", lifecycleState });
const workRequest = (status: string) => ({ id: "ocid1.wr.1", status, percentComplete: 40 });
const launch = { method: "POST", url: `${iaas}/20160918/instances`, body: { shape: "s" } };
const launched = {
  status: 200,
  headers: { "opc-work-request-id": "ocid1.wr.1" },
  json: instance("PROVISIONING"),
};
const explained = [
  { status: 200, json: workRequest("FAILED") },
  { status: 200, json: [{ code: "LimitExceeded", message: "no more of that shape" }] },
  { status: 200, json: [] },
];

const linodeEvent = (status: string) => ({
  id: 123,
  action: "linode_boot",
  status,
  message: status === "failed" ? "oh no!" : null,
  percent_complete: 40,
});
const linodeEvents = (...statuses: string[]) => ({
  status: 200,
  json: { data: statuses.map(linodeEvent), page: 1, pages: 1, results: statuses.length },
});

const linodeDisk = (id: number, status: string, diskId: number) => ({
  id,
  action: "disk_create",
  status,
  message: null,
  entity: { type: "linode", id: 1 },
  secondary_entity: { type: "disk", id: diskId },
});
const linodeDisks = (...facts: readonly (readonly [number, string, number])[]) => ({
  status: 200,
  json: {
    data: facts.map(([id, status, diskId]) => linodeDisk(id, status, diskId)),
    page: 1,
    pages: 1,
    results: facts.length,
  },
});

const lxdId = "b8d84888-1dc2-44fd-b386-7f679e171ba5";
const lxdOperation = (status: string, code: number, err = "") => ({
  id: lxdId,
  class: "task",
  status,
  status_code: code,
  resources: null,
  metadata: { download_progress: "34% (906kB/s)" },
  may_cancel: true,
  err,
});
const lxdReply = (status: string, code: number, err?: string) => ({
  status: 200,
  json: {
    type: "sync",
    status: "Success",
    status_code: 200,
    metadata: lxdOperation(status, code, err),
  },
});
const lxdStarted = {
  status: 202,
  json: {
    type: "async",
    operation: `/1.0/operations/${lxdId}?project=default`,
    metadata: lxdOperation("Running", 103),
  },
};

/** A life of every kind; the fault matrix plays them too. */
export const ROWS: Record<string, ConformanceRow> = {
  "azure.operation by monitor": {
    anyJson: true,
    operation: () => azure.operation({ request: put }),
    replies: [
      {
        status: 201,
        headers: { "azure-asyncoperation": `${arm}/operations/1`, "retry-after": "3" },
        json: resource("Creating"),
      },
      { status: 200, json: { status: "InProgress", percentComplete: 40 } },
      { status: 200, headers: { "retry-after": "90" }, json: { status: "Updating" } },
      { status: 200, json: { status: "Succeeded" } },
      { status: 200, json: resource("Succeeded") },
    ],
    value: resource("Succeeded"),
    failingReplies: [
      { status: 202, headers: { "operation-location": "/operations/1" } },
      { status: 200, json: { status: "Failed", error: { code: "Conflict", message: "taken" } } },
    ],
    unrepeatable: [0],
  },
  "azure.operation by Location": {
    anyJson: true,
    operation: () => azure.operation({ request: { ...put, method: "POST" } }),
    replies: [
      { status: 202, headers: { location: `${arm}/results/1` } },
      { status: 202, headers: { location: `${arm}/results/2` } },
      { status: 200, json: { answer: 42 } },
    ],
    value: { answer: 42 },
    failingReplies: [
      { status: 202, headers: { location: "/results/1" } },
      { status: 409, json: { error: { code: "Conflict", message: "taken" } } },
    ],
    unrepeatable: [0],
  },
  "azure.operation by body": {
    anyJson: true,
    operation: () => azure.operation({ request: put }),
    replies: [
      { status: 201, json: resource("Creating") },
      { status: 200, json: resource("Running") },
      { status: 200, json: resource("Succeeded") },
    ],
    value: resource("Succeeded"),
    failingReplies: [{ status: 200, json: resource("Failed") }],
    unrepeatable: [0],
  },
  "azure.operation by a state at its Location": {
    anyJson: true,
    operation: () => azure.operation({ request: { ...put, method: "POST" } }),
    replies: [
      { status: 202, headers: { location: `${arm}/states/1`, "x-ms-operation-id": "1" } },
      {
        status: 200,
        headers: { location: `${arm}/states/1`, "retry-after": "20" },
        json: { status: "Running", percentComplete: 25 },
      },
      {
        status: 200,
        headers: { location: `${arm}/states/1/result` },
        json: { status: "Succeeded", percentComplete: 100 },
      },
      { status: 200, json: { type: "Notebook" } },
    ],
    value: { type: "Notebook" },
    failingReplies: [
      { status: 202, headers: { location: "/states/1" } },
      { status: 200, json: { status: "Failed", error: { errorCode: "Paused", message: "no" } } },
    ],
    unrepeatable: [0],
  },
  "azure.operation whose monitor vanishes": {
    anyJson: true,
    operation: () => azure.operation({ request: put }),
    replies: [
      { status: 201, headers: { "azure-asyncoperation": "/operations/1" } },
      { status: 200, json: { status: "InProgress", percentComplete: 40 } },
      { status: 404, json: { error: { code: "NotFound", message: "gone" } } },
      { status: 410, json: { error: { code: "Gone", message: "gone" } } },
      { status: 200, json: resource("Updating") },
      { status: 200, json: resource("Succeeded") },
    ],
    value: resource("Succeeded"),
    failingReplies: [
      { status: 201, headers: { "azure-asyncoperation": "/operations/1" } },
      { status: 410 },
      { status: 200, json: resource("Failed") },
    ],
    unrepeatable: [0],
  },
  "elasticio.execution": {
    anyJson: [4],
    partialResult: { pollUrl: "https://api.elastic.io/v1/exec/poll/1", executionId: "1" },
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
      {
        status: 202,
        headers: location("/v1/exec/poll/1"),
        json: { message: "ok" },
      },
      ...elasticioLife,
    ],
    value: { fields: ["name"] },
    failingReplies: [
      { status: 202, headers: location("/v1/exec/poll/1") },
      { status: 303, headers: location("/v1/exec/result/1") },
      {
        status: 400,
        json: { message: "Rejected.", reason: { why: "no such field" } },
      },
    ],
    unrepeatable: [0, 4],
  },
  "elasticio.poll": {
    anyJson: [3],
    operation: () => elasticio.poll({ executionId: "1" }),
    replies: elasticioLife,
    value: { fields: ["name"] },
    failingReplies: [
      { status: 303, headers: location("/v1/exec/result/1") },
      { status: 400, json: { message: "Rejected.", reason: { why: "no such field" } } },
    ],
    unrepeatable: [3],
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
    failingReplies: [
      { status: 200, json: instance("PROVISIONING") },
      { status: 404, json: { code: "NotAuthorizedOrNotFound", message: "not there" } },
    ],
    unrepeatable: [],
  },
  "oci.workRequest": {
    operation: () => oci.workRequest({ workRequestId: "ocid1.wr.1", baseUrl: iaas }),
    replies: [
      { status: 200, json: workRequest("ACCEPTED") },
      { status: 200, json: workRequest("IN_PROGRESS") },
      { status: 200, json: workRequest("SUCCEEDED") },
    ],
    value: workRequest("SUCCEEDED"),
    failingReplies: explained,
    unrepeatable: [],
  },
  "oci.actAndWaitForWorkRequest": {
    anyJson: [0],
    partialResult: instance("PROVISIONING"),
    operation: () => oci.actAndWaitForWorkRequest({ action: launch, baseUrl: iaas }),
    replies: [
      launched,
      { status: 200, json: workRequest("ACCEPTED") },
      { status: 200, json: workRequest("IN_PROGRESS") },
      { status: 200, json: workRequest("SUCCEEDED") },
    ],
    value: { body: instance("PROVISIONING"), workRequest: workRequest("SUCCEEDED") },
    failingReplies: [launched, ...explained],
    unrepeatable: [],
  },
  "oci.actAndWaitForWorkRequest of another service": {
    anyJson: [0],
    partialResult: instance("PROVISIONING"),
    operation: () =>
      oci.actAndWaitForWorkRequest({
        action: { ...launch, url: `${oke}/20180222/nodePools` },
        baseUrl: oke,
      }),
    replies: [
      launched,
      { status: 404, json: { code: "NotAuthorizedOrNotFound", message: "not yet" } },
      { status: 200, json: workRequest("NEEDS_ATTENTION") },
      { status: 200, json: workRequest("COMPLETED") },
    ],
    value: { body: instance("PROVISIONING"), workRequest: workRequest("COMPLETED") },
    failingReplies: [
      launched,
      { status: 200, json: { ...workRequest("FAILED"), compartmentId: "ocid1.compartment.1" } },
      { status: 200, json: [{ code: "C", message: "register timeout" }] },
      { status: 200, json: { items: [] } },
    ],
    unrepeatable: [],
  },
  "oci.actAndWaitForState of what is not seen at first": {
    partialResult: instance("PROVISIONING"),
    operation: () =>
      oci.actAndWaitForState({
        action: launch,
        get: `${iaas}/20160918/instances/{id}`,
        states: ["RUNNING"],
      }),
    replies: [
      launched,
      { status: 404, json: { code: "NotAuthorizedOrNotFound", message: "not yet" } },
      { status: 200, json: instance("STARTING") },
      { status: 200, json: instance("RUNNING") },
    ],
    value: instance("RUNNING"),
    failingReplies: [launched, { status: 200, json: instance("FAILED") }],
    unrepeatable: [],
  },
  "oci.actAndWaitForState": {
    partialResult: instance("PROVISIONING"),
    operation: () =>
      oci.actAndWaitForState({
        action: launch,
        get: `${iaas}/20160918/instances/{id}`,
        states: ["RUNNING"],
      }),
    replies: [
      launched,
      { status: 200, json: instance("PROVISIONING") },
      { status: 200, json: instance("STARTING") },
      { status: 200, json: instance("RUNNING") },
    ],
    value: instance("RUNNING"),
    failingReplies: [launched, { status: 200, json: instance("TERMINATED") }],
    unrepeatable: [],
  },
  "oci.actAndWaitForState of a DELETE": {
    operation: () =>
      oci.actAndWaitForState({
        action: { method: "DELETE", url: `${iaas}/20160918/instances/ocid1.instance.1` },
        get: `${iaas}/20160918/instances/ocid1.instance.1`,
        states: ["TERMINATED"],
      }),
    replies: [
      { status: 200, json: instance("RUNNING") },
      { status: 204 },
      { status: 200, json: instance("TERMINATING") },
      { status: 200, json: instance("TERMINATED") },
    ],
    value: instance("TERMINATED"),
    failingReplies: [
      { status: 200, json: instance("RUNNING") },
      { status: 204 },
      { status: 200, json: instance("FAILED") },
    ],
    unrepeatable: [],
  },
  "linode.event with a trigger": {
    operation: () =>
      linode.event({
        entityType: "linode",
        entityId: 1,
        action: "linode_boot",
        trigger: { method: "POST", url: "https://api.linode.com/v4/linode/instances/1/boot" },
      }),
    replies: [
      linodeEvents(),
      { status: 200, json: {} },
      linodeEvents(),
      linodeEvents("scheduled"),
      { status: 200, json: linodeEvent("started") },
      { status: 200, json: linodeEvent("finished") },
    ],
    value: linodeEvent("finished"),
    failingReplies: [
      linodeEvents(),
      { status: 200, json: {} },
      linodeEvents("started"),
      { status: 200, json: linodeEvent("failed") },
    ],
    unrepeatable: [1],
  },
  "linode.event of a database, which notifies first": {
    operation: () =>
      linode.event({
        entityType: "database",
        action: "database_create",
        trigger: { method: "POST", url: "https://api.linode.com/v4/databases/mysql/instances" },
      }),
    replies: [
      { status: 200, json: { id: 5, status: "provisioning" } },
      linodeEvents(),
      linodeEvents("notification"),
      { status: 200, json: linodeEvent("notification") },
      { status: 200, json: linodeEvent("finished") },
    ],
    value: linodeEvent("finished"),
    failingReplies: [
      { status: 200, json: { id: 5, status: "provisioning" } },
      linodeEvents("notification"),
      { status: 200, json: linodeEvent("failed") },
    ],
    unrepeatable: [0],
  },
  "linode.event of one disk among several": {
    operation: () =>
      linode.event({
        entityType: "linode",
        entityId: 1,
        action: "disk_create",
        secondaryEntityIdFrom: "id",
        trigger: { method: "POST", url: "https://api.linode.com/v4/linode/instances/1/disks" },
      }),
    replies: [
      linodeDisks(),
      { status: 200, json: { id: 72 } },
      linodeDisks([7, "finished", 71]),
      linodeDisks([7, "finished", 71], [8, "started", 72]),
      { status: 200, json: linodeDisk(8, "finished", 72) },
    ],
    value: linodeDisk(8, "finished", 72),
    failingReplies: [
      linodeDisks(),
      { status: 200, json: { id: 72 } },
      linodeDisks([7, "finished", 71], [8, "failed", 72]),
      { status: 200, json: linodeDisk(8, "failed", 72) },
    ],
    unrepeatable: [1],
  },
  "lxd.operation": {
    operation: () =>
      lxd.operation({ request: { method: "POST", url: "/1.0/images", body: { source: {} } } }),
    replies: [
      lxdStarted,
      lxdReply("Running", 103),
      lxdReply("Running", 103),
      lxdReply("Success", 200),
    ],
    value: lxdOperation("Success", 200),
    failingReplies: [lxdStarted, lxdReply("Failure", 400, "out of space")],
    unrepeatable: [0],
    partialResult: {
      operationUrl: `http://lxd/1.0/operations/${lxdId}?project=default`,
      operationId: lxdId,
    },
    cancelReplies: [
      { status: 200, json: { type: "sync", metadata: {} } },
      lxdReply("Cancelled", 401),
    ],
  },
  "lxd.operation whose long polls are cut": {
    operation: () => lxd.operation({ request: { method: "PUT", url: "/1.0/instances/c1/state" } }),
    replies: [
      lxdStarted,
      {
        status: 504,
        headers: { "content-type": "text/html" },
        text: "<h1>504</h1>",
        latencyMs: 20_000,
      },
      lxdReply("Running", 103),
      { drop: true, latencyMs: 10_000 },
      lxdReply("Success", 200),
    ],
    value: lxdOperation("Success", 200),
    failingReplies: [lxdStarted, lxdReply("Failure", 400, "out of space")],
    unrepeatable: [0],
  },
  "lxd.operation that somebody else started": {
    operation: () => lxd.operation({ operation: lxdId, baseUrl: "https://lxd.example:8443" }),
    replies: [lxdReply("Pending", 105), lxdReply("Running", 103), lxdReply("Success", 200)],
    value: lxdOperation("Success", 200),
    failingReplies: [lxdReply("Failure", 400, "out of space")],
    unrepeatable: [],
  },
  "linode.entityFree": {
    operation: () => linode.entityFree({ entityType: "linode", entityId: 1 }),
    replies: [linodeEvents("started"), linodeEvents("finished", "scheduled"), linodeEvents()],
    value: undefined,
    failingReplies: [{ status: 404, json: { errors: [{ reason: "Not found" }] } }],
    unrepeatable: [],
  },
};

Deno.test("every kind has a row of conformance claims", () => {
  const kinds = new Set(Object.values(ROWS).map(({ operation }) => operation().kind));
  assertEquals(kinds, new Set(listKinds().map(({ name }) => name)));
});

/** Whoever borrows the rows does not want these tests once more; elsewhere there is no main module. */
const areBorrowed = Deno.mainModule?.includes("/faults/") ?? false;

for (const [kind, row] of areBorrowed ? [] : Object.entries(ROWS)) {
  for (const { name, run } of conformanceClaims(row)) {
    Deno.test(`${kind}: ${name}`, run);
  }
}

Deno.test("a row may make its operation by a method that needs its row", async () => {
  const row: ConformanceRow & { readonly executionId: string } = {
    ...ROWS["elasticio.poll"]!,
    executionId: "1",
    operation() {
      return elasticio.poll({ executionId: this.executionId });
    },
  };
  for (const { run } of conformanceClaims(row)) await run();
});
