/**
 * Exchanges recorded from `azure-core` 1.26.3 with `azure-mgmt-core`, polling
 * every 30 s, and how each ends.
 *
 * Times, requests and ends are those of that client. A row with `differs` is
 * decided otherwise, and says why.
 *
 * @module
 */
import type { AzureOptions } from "@lro/machines/azure";
import type { ScriptedResponse } from "@lro/machines/testing";

/** One recorded operation. */
export interface AzureVector {
  /** Its name in the recording, and what it is about. */
  readonly name: string;
  /** Method of the first request, to `/r`. */
  readonly method: "PUT" | "PATCH" | "POST" | "DELETE";
  /** Options of `azure.operation`. */
  readonly options?: Partial<AzureOptions>;
  /** Whether answers that say "not now" are final. */
  readonly isRetryOff?: boolean;
  /** When each request is sent, in milliseconds, what it asks for, and the answer. */
  readonly exchanges: readonly (readonly [number, string, ScriptedResponse])[];
  /** The value. */
  readonly value?: unknown;
  /** The error's `code`, `providerCode` and `providerMessage`. */
  readonly error?: readonly [string, string?, string?];
  /** How this differs from the recording, and why. */
  readonly differs?: string;
}

const VERSION = "?api-version=1";
const at = (path: string) => `https://management.azure.com${path}${VERSION}`;
const resource = (provisioningState: string) => ({
  id: "/r",
  name: "r",
  properties: { provisioningState },
});
const ok = (json: NonNullable<ScriptedResponse["json"]>) => ({
  status: 200,
  json,
});

const R = `/r${VERSION}`;
const OPERATION = `GET /operations/1${VERSION}`;
const monitor = { "azure-asyncoperation": at("/operations/1") };
const location = { location: at("/operationresults/1") };
const created = {
  status: 201,
  headers: monitor,
  json: resource("Creating"),
};
const done = [ok({ status: "Succeeded" }), ok(resource("Succeeded"))] as const;

export const azureVectors: readonly AzureVector[] = [
  {
    name: "aao-01: a PUT with a monitor ends with a GET on the resource",
    method: "PUT",
    exchanges: [
      [0, `PUT ${R}`, created],
      [0, OPERATION, ok({ status: "InProgress" })],
      [30_000, OPERATION, ok({ status: "InProgress" })],
      [60_000, OPERATION, done[0]],
      [60_000, `GET ${R}`, done[1]],
    ],
    value: resource("Succeeded"),
  },
  {
    name: "aao-03: Retry-After of 0 leaves the schedule as it is",
    method: "PUT",
    exchanges: [
      [0, `PUT ${R}`, created],
      [0, OPERATION, {
        ...ok({ status: "InProgress" }),
        headers: { "retry-after": "0" },
      }],
      [30_000, OPERATION, done[0]],
      [30_000, `GET ${R}`, done[1]],
    ],
    value: resource("Succeeded"),
  },
  {
    name: "aao-05: canceled, with the reason",
    method: "PUT",
    exchanges: [
      [0, `PUT ${R}`, created],
      [
        0,
        OPERATION,
        ok({
          status: "Canceled",
          error: { code: "OperationPreempted", message: "preempted" },
        }),
      ],
    ],
    error: ["operation-canceled", "OperationPreempted", "preempted"],
  },
  {
    name: "aao-07: a POST by azure-async-operation has no final GET",
    method: "POST",
    options: { finalStateVia: "azure-async-operation" },
    exchanges: [
      [0, `POST ${R}`, { status: 202, headers: { ...monitor, ...location } }],
      [0, OPERATION, ok({ status: "Succeeded", properties: { x: 1 } })],
    ],
    value: { status: "Succeeded", properties: { x: 1 } },
  },
  {
    name: "aao-09: a DELETE with a monitor has no final GET",
    method: "DELETE",
    exchanges: [
      [0, `DELETE ${R}`, { status: 202, headers: monitor }],
      [0, OPERATION, ok({ status: "InProgress" })],
      [30_000, OPERATION, done[0]],
    ],
    value: { status: "Succeeded" },
  },
  {
    name: "aao-11: an empty answer of a monitor is an error",
    method: "PUT",
    exchanges: [
      [0, `PUT ${R}`, created],
      [0, OPERATION, { status: 200 }],
    ],
    error: ["protocol"],
  },
  {
    name: "aao-13: an unknown status word keeps polling",
    method: "PUT",
    exchanges: [
      [0, `PUT ${R}`, created],
      [0, OPERATION, ok({ status: "Updating" })],
      [30_000, OPERATION, done[0]],
      [30_000, `GET ${R}`, done[1]],
    ],
    value: resource("Succeeded"),
  },
  {
    name: "aao-15: 404 on the operation's URL ends the wait",
    method: "PUT",
    options: { notFoundGraceMs: 0 },
    exchanges: [
      [0, `PUT ${R}`, created],
      [0, OPERATION, {
        status: 404,
        json: { error: { code: "NotFound", message: "gone" } },
      }],
      [2_000, OPERATION, { status: 404 }],
      [2_000, `GET ${R}`, {
        status: 404,
        json: { error: { code: "NotFound", message: "gone" } },
      }],
    ],
    error: ["operation-expired", "NotFound", "gone"],
    differs: "one 404 never tells, for ARM is eventually consistent; then the resource is asked",
  },
  {
    name: "aao-17: a first reply that says Succeeded needs no poll",
    method: "PUT",
    exchanges: [
      [0, `PUT ${R}`, { ...created, json: { status: "Succeeded" } }],
      [0, `GET ${R}`, done[1]],
    ],
    value: resource("Succeeded"),
    differs: "the recorded version polls once; newer ones do not",
  },
  {
    name: "loc-02: Location moves on a 202",
    method: "POST",
    exchanges: [
      [0, `POST ${R}`, { status: 202, headers: location }],
      [0, `GET /operationresults/1${VERSION}`, {
        status: 202,
        headers: { location: at("/operationresults/2") },
      }],
      [30_000, `GET /operationresults/2${VERSION}`, ok({ value: 2 })],
    ],
    value: { value: 2 },
  },
  {
    name: "loc-04: Location answers 500, and nothing is retried",
    method: "POST",
    isRetryOff: true,
    exchanges: [
      [0, `POST ${R}`, { status: 202, headers: location }],
      [0, `GET /operationresults/1${VERSION}`, {
        status: 500,
        json: { error: { code: "E", message: "boom" } },
      }],
    ],
    error: ["transport", "E", "boom"],
  },
  {
    name: "body-02: a PUT that is done at once",
    method: "PUT",
    exchanges: [[0, `PUT ${R}`, ok({ id: "/r" })]],
    value: { id: "/r" },
  },
  {
    name: "body-04: a PATCH polls its resource",
    method: "PATCH",
    exchanges: [
      [0, `PATCH ${R}`, ok(resource("Updating"))],
      [0, `GET ${R}`, ok(resource("Succeeded"))],
    ],
    value: resource("Succeeded"),
  },
  {
    name: "none-02: a DELETE that answers 202 and no way to poll it",
    method: "DELETE",
    exchanges: [[0, `DELETE ${R}`, { status: 202 }]],
    error: ["protocol"],
    differs: "the recorded client calls it a success",
  },
];
