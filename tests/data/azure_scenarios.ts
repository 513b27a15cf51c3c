/**
 * The long-running operations of the Autorest test server that end well, by
 * their first request, and what each yields.
 *
 * The ends are those of `@azure/core-lro` and of `azure-mgmt-core`, where those
 * two agree. A row with `differs` is decided otherwise, and says why.
 *
 * @module
 */
import type { JsonValue, LroErrorCode } from "@lro/machines";
import type { AzureOptions } from "@lro/machines/azure";

/** How one operation should end. */
export interface AzureScenario {
  /** What `azure.operation` is given besides the request. */
  readonly options?: Omit<AzureOptions, "request">;
  /** Headers of the request, which the server wants to see in every later one. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What it yields, with `{base}` for the server's address; nothing where this is absent. */
  readonly value?: JsonValue;
  /** The `code` of the error that it ends with; it succeeds where this is absent. */
  readonly error?: LroErrorCode;
  /** The error's `providerCode`. */
  readonly providerCode?: string;
  /** The error's `providerMessage`. */
  readonly providerMessage?: string;
  /**
   * Polls that were answered.
   *
   * @default {0}
   */
  readonly polls?: number;
  /**
   * Requests for the result after the last poll.
   *
   * @default {0}
   */
  readonly finalGets?: number;
  /**
   * Requests that the server fails with 500, and that are sent again.
   *
   * @default {0}
   */
  readonly retries?: number;
  /** From which reference this end differs, and why. */
  readonly differs?: string;
}

/** Scenarios by method and path of their first request. */
export type AzureScenarios = Readonly<Record<string, AzureScenario>>;

const PRODUCT = { id: "100", name: "foo" };
const SUBRESOURCE = { id: "100", subresource: "sub1" };
const SKU = { id: "100", name: "sku" };

const product = (provisioningState: string): JsonValue => ({
  properties: { provisioningState },
  ...PRODUCT,
});
const created = product("Succeeded");
const subresource = { properties: { provisioningState: "Succeeded" }, ...SUBRESOURCE };

/** The first reply says all, or the resource does. */
const byResource: AzureScenarios = {
  "PUT /lro/put/200/succeeded": { value: created },
  "PUT /lro/put/201/succeeded": { value: created },
  "PUT /lro/put/200/succeeded/nostate": { value: PRODUCT },
  "PUT /lro/put/201/creating/succeeded/200": { value: created, polls: 1 },
  "PUT /lro/put/200/updating/succeeded/200": { value: created, polls: 1 },
  "PUT /customization/lro/raw": { value: { provisioningState: "Succeeded", received: "raw" } },
  "PUT /customization/lro/model": { value: { provisioningState: "Succeeded", received: "model" } },
  "PUT /multiapi/lro": { value: { id: "100" } },
  "POST /multiapi/lroAndPaging": { value: { values: [{ id: "100" }] } },
  "DELETE /lro/delete/204/succeeded": {},
  "DELETE /lro/error/delete/204/nolocation": {},
};

/** `Location` is polled until it answers something else than 202. */
const byLocation: AzureScenarios = {
  "PUT /lro/put/202/retry/200": { value: PRODUCT, polls: 1 },
  "PUT /lro/put/noheader/202/200": { value: created, polls: 2 },
  "PUT /lro/putnonresource/202/200": { value: SKU, polls: 2 },
  "PUT /lro/putsubresource/202/200": { value: subresource, polls: 2 },
  "DELETE /lro/delete/202/retry/200": { polls: 1 },
  "DELETE /lro/delete/202/noretry/204": { polls: 1 },
  "DELETE /lro/delete/noheader": { polls: 2 },
  "DELETE /lro/delete/provisioning/202/accepted/200/succeeded": { value: created, polls: 1 },
  "DELETE /lro/delete/provisioning/202/deleting/200/failed": {
    error: "operation-failed",
    polls: 1,
    differs: "both clients read no state at a Location, and tell a failed deletion as a success",
  },
  "DELETE /lro/delete/provisioning/202/deleting/200/canceled": {
    error: "operation-canceled",
    polls: 1,
    differs: "both clients read no state at a Location, and tell a canceled deletion as a success",
  },
  "POST /lro/post/payload/200": { value: { id: "1", name: "product" }, polls: 1 },
  "POST /lro/post/202/retry/200": { value: created, polls: 2 },
  "POST /lro/post/202/noretry/204": { polls: 2 },
  // Relative URLs.
  "POST /lroParameterizedEndpoints": { value: "success", polls: 1 },
  "POST /lroConstantParameterizedEndpoints/iAmConstant": { value: "success", polls: 1 },
};

/** `Azure-AsyncOperation` is polled; the result is somewhere else, or is its body. */
const byMonitor: AzureScenarios = {
  "PUT /lro/putasync/retry/succeeded": { value: created, polls: 2, finalGets: 1 },
  "PUT /lro/putasync/noretry/succeeded": { value: created, polls: 2, finalGets: 1 },
  "PUT /lro/putasync/noheader/201/200": { value: created, polls: 2, finalGets: 1 },
  "PUT /lro/putnonresourceasync/202/200": { value: SKU, polls: 2, finalGets: 1 },
  "PUT /lro/putsubresourceasync/202/200": { value: subresource, polls: 2, finalGets: 1 },
  "PATCH /lro/patch/201/retry/onlyAsyncHeader": {
    value: {
      properties: { provisioningState: "Succeeded" },
      id: "/lro/patch/201/retry/onlyAsyncHeader",
      name: "foo",
    },
    polls: 2,
    finalGets: 1,
  },
  "PATCH /lro/patch/202/retry/asyncAndLocationHeader": {
    value: {
      properties: { provisioningState: "Succeeded" },
      id: "/lro/patch/202/retry/asyncAndLocationHeader",
      name: "foo",
    },
    polls: 2,
    finalGets: 1,
    differs: "@azure/core-lro gets the Location; by ARM a PATCH ends with a GET on the resource",
  },
  "DELETE /lro/deleteasync/retry/succeeded": { value: { status: "Succeeded" }, polls: 2 },
  "DELETE /lro/deleteasync/noretry/succeeded": { value: { status: "Succeeded" }, polls: 2 },
  "DELETE /lro/deleteasync/noheader/202/204": { value: { status: "Succeeded" }, polls: 2 },
  "POST /lro/postasync/retry/succeeded": { value: created, polls: 2, finalGets: 1 },
  "POST /lro/postasync/noretry/succeeded": { value: created, polls: 2, finalGets: 1 },
  "POST /lro/list": { value: [PRODUCT], polls: 1, finalGets: 1 },
  "POST /paging/multiple/lro": {
    value: {
      values: [{ properties: { id: 1, name: "Product" } }],
      nextLink: "{base}/paging/multiple/page/2",
    },
    polls: 1,
    finalGets: 1,
  },
  "POST /lro/LROPostDoubleHeadersFinalLocationGet": {
    options: { finalStateVia: "location" },
    value: PRODUCT,
    polls: 1,
    finalGets: 1,
  },
  "POST /lro/LROPostDoubleHeadersFinalAzureHeaderGet": {
    options: { finalStateVia: "azure-async-operation" },
    value: { status: "succeeded", id: "100" },
    polls: 1,
  },
  "POST /lro/LROPostDoubleHeadersFinalAzureHeaderGetDefault": {
    value: PRODUCT,
    polls: 1,
    finalGets: 1,
  },
};

/** What is answered 500 first is asked again, the request that starts it too. */
const withRetries: AzureScenarios = {
  "PUT /lro/retryerror/put/201/creating/succeeded/200": { value: created, polls: 1, retries: 2 },
  "PUT /lro/retryerror/putasync/retry/succeeded": {
    value: created,
    polls: 1,
    finalGets: 1,
    retries: 3,
  },
  "DELETE /lro/retryerror/delete/provisioning/202/accepted/200/succeeded": {
    value: created,
    polls: 1,
    retries: 2,
  },
  "DELETE /lro/retryerror/delete/202/retry/200": { value: created, polls: 1, retries: 2 },
  "DELETE /lro/retryerror/deleteasync/retry/succeeded": {
    value: { status: "Succeeded" },
    polls: 1,
    retries: 2,
  },
  "POST /lro/retryerror/post/202/retry/200": { value: created, polls: 1, retries: 2 },
  "POST /lro/retryerror/postasync/retry/succeeded": {
    value: SKU,
    polls: 1,
    finalGets: 1,
    retries: 3,
  },
};

const headers = { "x-ms-client-request-id": "9C4D50EE-2D56-4CD3-8152-34347DC9F2B0" };

/** The caller's header is wanted in every request. */
const withHeaders: AzureScenarios = {
  "PUT /lro/customheader/put/201/creating/succeeded/200": { headers, value: created, polls: 1 },
  "PUT /lro/customheader/putasync/retry/succeeded": {
    headers,
    value: created,
    polls: 2,
    finalGets: 1,
  },
  "POST /lro/customheader/post/202/retry/200": { headers, polls: 2 },
  "POST /lro/customheader/postasync/retry/succeeded": {
    headers,
    value: { status: "Succeeded" },
    polls: 2,
  },
};

/** Those that end well. */
export const azureScenarios: AzureScenarios = {
  ...byResource,
  ...byLocation,
  ...byMonitor,
  ...withRetries,
  ...withHeaders,
};
