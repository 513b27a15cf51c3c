/**
 * Exchanges recorded from Oracle's Python SDK 2.182.1, and how each ends.
 *
 * Times, requests and ends are those of that client, with chance fixed at its
 * middle. A row with `differs` is decided otherwise, and says why.
 *
 * @module
 */
import type { Operation } from "@lro/machines";
import { actAndWaitForState, actAndWaitForWorkRequest, waitUntil } from "@lro/machines/oci";
import type { ScriptedResponse } from "@lro/machines/testing";

/** One recorded wait. */
export interface OciVector {
  /** Its name in the recording, and what it is about. */
  readonly name: string;
  /** Makes the operation. */
  readonly operation: (onWait?: (timesChecked: number) => void) => Operation;
  /** When each request is sent, in milliseconds, what it asks for, and the answer. */
  readonly exchanges: readonly (readonly [number, string, ScriptedResponse])[];
  /** When it ends, in milliseconds. */
  readonly endMs: number;
  /** The value. */
  readonly value?: unknown;
  /** Whether the outcome says `notFound`. */
  readonly notFound?: true;
  /** The error's `code` and `providerCode`. */
  readonly error?: readonly [string, string?];
  /** The error's `partialResult`. */
  readonly partialResult?: unknown;
  /** Refreshes of credentials; there are none to be had where this is absent. */
  readonly refreshes?: number;
  /** How this differs from the recording, and why. */
  readonly differs?: string;
}

/** Where Oracle Cloud is. */
export const OCI = "https://iaas.us-ashburn-1.oraclecloud.com";

const INSTANCES = "/20160918/instances";
const INSTANCE = `GET ${INSTANCES}/ocid1.instance.1`;
const WORK_REQUEST = "GET /20160918/workRequests/ocid1.wr.1";
const VCN = "/20160918/vcns/ocid1.vcn.1";

const instance = (lifecycleState: string) => ({ id: "ocid1.instance.1", lifecycleState });
const vcn = (lifecycleState: string) => ({ id: "ocid1.vcn.1", lifecycleState });
const ok = (json: NonNullable<ScriptedResponse["json"]>): ScriptedResponse => ({
  status: 200,
  json,
});
const error = (status: number, code: string): ScriptedResponse => ({
  status,
  json: { code, message: "m" },
});

const PROVISIONING = ok(instance("PROVISIONING"));
const RUNNING = ok(instance("RUNNING"));
const NOT_FOUND = error(404, "NotAuthorizedOrNotFound");

interface Waiting {
  readonly state?: string | readonly string[];
  readonly maxWaitMs?: number;
  readonly succeedOnNotFound?: boolean;
}

const waitFor =
  ({ state = "RUNNING", ...options }: Waiting = {}) =>
  (onWait?: (timesChecked: number) => void): Operation =>
    waitUntil({
      get: { method: "GET", url: `${OCI}${INSTANCES}/ocid1.instance.1` },
      property: "lifecycleState",
      state,
      ...options,
      ...(onWait && { onWait }),
    });

const launch = {
  method: "POST",
  url: `${OCI}${INSTANCES}`,
  body: { availabilityDomain: "ad", compartmentId: "c", shape: "s" },
};
const launchAndFollow = (): Operation => actAndWaitForWorkRequest({ action: launch, baseUrl: OCI });
const launchAndWait = (): Operation =>
  actAndWaitForState({ action: launch, get: `${OCI}${INSTANCES}/{id}`, states: ["running"] });
const deleteVcn = (): Operation =>
  actAndWaitForState({
    action: { method: "DELETE", url: OCI + VCN },
    get: OCI + VCN,
    states: ["TERMINATED"],
  });

const POST = `POST ${INSTANCES}`;
const launched: ScriptedResponse = {
  status: 200,
  headers: { "opc-work-request-id": "ocid1.wr.1" },
  json: instance("PROVISIONING"),
};
const workRequest = (status: string, percentComplete: number) => ({
  id: "ocid1.wr.1",
  operationType: "LaunchInstance",
  status,
  percentComplete,
});

export const ociVectors: readonly OciVector[] = [
  {
    name: "wait-01: already in the state",
    operation: waitFor(),
    exchanges: [[0, INSTANCE, RUNNING]],
    endMs: 0,
    value: instance("RUNNING"),
  },
  {
    name: "wait-03: pauses of 1, 2, 4, 8, 16, 30, 30 s",
    operation: waitFor(),
    exchanges: [
      ...[0, 1_000, 3_000, 7_000, 15_000, 31_000, 61_000].map((atMs) =>
        [atMs, INSTANCE, PROVISIONING] as const
      ),
      [91_000, INSTANCE, RUNNING],
    ],
    endMs: 91_000,
    value: instance("RUNNING"),
  },
  {
    name: "wait-05: case matters",
    operation: waitFor({ maxWaitMs: 3_000 }),
    exchanges: [[0, INSTANCE, PROVISIONING], [1_000, INSTANCE, ok(instance("running"))]],
    endMs: 3_000,
    error: ["deadline-exceeded"],
    differs: "the SDK looks once more at the very end",
  },
  {
    name: "wait-07: the state at 15 s of a limit of 10 s",
    operation: waitFor({ maxWaitMs: 10_000 }),
    exchanges: [0, 1_000, 3_000, 7_000].map((atMs) => [atMs, INSTANCE, PROVISIONING]),
    endMs: 10_000,
    error: ["deadline-exceeded"],
    differs: "the SDK sleeps past the limit, and then takes a success",
  },
  {
    name: "wait-09: 404 is what was waited for",
    operation: waitFor({ state: "TERMINATED", succeedOnNotFound: true }),
    exchanges: [[0, INSTANCE, PROVISIONING], [1_000, INSTANCE, NOT_FOUND]],
    endMs: 1_000,
    notFound: true,
  },
  {
    name: "wait-11: 500 is asked again after 1.5 s",
    operation: waitFor(),
    exchanges: [
      [0, INSTANCE, PROVISIONING],
      [1_000, INSTANCE, error(500, "InternalError")],
      [2_500, INSTANCE, RUNNING],
    ],
    endMs: 2_500,
    value: instance("RUNNING"),
  },
  {
    name: "wait-13: so is 409 IncorrectState",
    operation: waitFor(),
    exchanges: [
      [0, INSTANCE, PROVISIONING],
      [1_000, INSTANCE, error(409, "IncorrectState")],
      [2_500, INSTANCE, RUNNING],
    ],
    endMs: 2_500,
    value: instance("RUNNING"),
  },
  {
    name: "wait-15: 501 is final",
    operation: waitFor(),
    exchanges: [[0, INSTANCE, PROVISIONING], [1_000, INSTANCE, error(501, "NotImplemented")]],
    endMs: 1_000,
    error: ["transport", "NotImplemented"],
  },
  {
    name: "wait-17: the third 401 in a row is final",
    operation: waitFor(),
    exchanges: [
      [0, INSTANCE, PROVISIONING],
      [1_000, INSTANCE, error(401, "NotAuthenticated")],
      [1_000, INSTANCE, error(401, "NotAuthenticated")],
      [1_000, INSTANCE, error(401, "NotAuthenticated")],
    ],
    endMs: 1_000,
    error: ["transport", "NotAuthenticated"],
    refreshes: 2,
    differs: "the SDK waits for the next check with its new credentials",
  },
  {
    name: "wait-19: 401 is final where there is nothing to refresh",
    operation: waitFor(),
    exchanges: [[0, INSTANCE, PROVISIONING], [1_000, INSTANCE, error(401, "NotAuthenticated")]],
    endMs: 1_000,
    error: ["transport", "NotAuthenticated"],
  },
  {
    name: "comp-01: a work request that succeeds",
    operation: launchAndFollow,
    exchanges: [
      [0, POST, launched],
      [0, WORK_REQUEST, ok(workRequest("ACCEPTED", 0))],
      [1_000, WORK_REQUEST, ok(workRequest("IN_PROGRESS", 40))],
      [3_000, WORK_REQUEST, ok(workRequest("SUCCEEDED", 100))],
    ],
    endMs: 3_000,
    value: { body: instance("PROVISIONING"), workRequest: workRequest("SUCCEEDED", 100) },
  },
  {
    name: "comp-03: a work request that is canceled",
    operation: launchAndFollow,
    exchanges: [
      [0, POST, launched],
      [0, WORK_REQUEST, ok(workRequest("CANCELING", 10))],
      [1_000, WORK_REQUEST, ok(workRequest("CANCELED", 10))],
      [1_000, `${WORK_REQUEST}/errors`, ok([])],
      [1_000, `${WORK_REQUEST}/logs`, ok([])],
    ],
    endMs: 1_000,
    error: ["operation-canceled"],
    partialResult: instance("PROVISIONING"),
    differs: "the SDK returns it as if it were a success, and does not ask why",
  },
  {
    name: "comp-05: a work request that is not there",
    operation: launchAndFollow,
    exchanges: [
      [0, POST, launched],
      [0, WORK_REQUEST, ok(workRequest("ACCEPTED", 0))],
      [1_000, WORK_REQUEST, NOT_FOUND],
    ],
    endMs: 1_000,
    error: ["operation-expired", "NotAuthorizedOrNotFound"],
    partialResult: instance("PROVISIONING"),
  },
  {
    name: "comp-07: a state, in any case",
    operation: launchAndWait,
    exchanges: [[0, POST, launched], [0, INSTANCE, PROVISIONING], [1_000, INSTANCE, RUNNING]],
    endMs: 1_000,
    value: instance("RUNNING"),
  },
  {
    name: "comp-09: the action itself is refused",
    operation: launchAndWait,
    exchanges: [[0, POST, error(400, "InvalidParameter")]],
    endMs: 0,
    error: ["request-rejected", "InvalidParameter"],
  },
  {
    name: "comp-11: GET, DELETE, and GET until 404",
    operation: deleteVcn,
    exchanges: [
      [0, `GET ${VCN}`, ok(vcn("AVAILABLE"))],
      [0, `DELETE ${VCN}`, { status: 204 }],
      [1_000, `GET ${VCN}`, ok(vcn("TERMINATING"))],
      [3_000, `GET ${VCN}`, NOT_FOUND],
    ],
    endMs: 3_000,
    notFound: true,
  },
  {
    name: "comp-13: what is to be deleted is not there",
    operation: deleteVcn,
    exchanges: [[0, `GET ${VCN}`, NOT_FOUND]],
    endMs: 0,
    error: ["request-rejected", "NotAuthorizedOrNotFound"],
  },
  {
    name: "comp-15: the DELETE is refused",
    operation: deleteVcn,
    exchanges: [
      [0, `GET ${VCN}`, ok(vcn("AVAILABLE"))],
      [0, `DELETE ${VCN}`, error(409, "Conflict")],
    ],
    endMs: 0,
    error: ["request-rejected", "Conflict"],
  },
];
