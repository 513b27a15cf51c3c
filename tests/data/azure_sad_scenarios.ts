/**
 * The long-running operations of the Autorest test server that end badly, by
 * their first request, and with which error each ends.
 *
 * @module
 */
import type { AzureScenarios } from "./azure_scenarios.ts";

/** The operation itself fails or is canceled. */
const byProvider: AzureScenarios = {
  "PUT /lro/put/201/created/failed/200": { error: "operation-failed", polls: 1 },
  "PUT /lro/put/200/accepted/canceled/200": { error: "operation-canceled", polls: 1 },
  "PUT /lro/putasync/retry/failed": { error: "operation-failed", polls: 2 },
  "PUT /lro/putasync/noretry/canceled": { error: "operation-canceled", polls: 2 },
  "DELETE /lro/deleteasync/retry/failed": { error: "operation-failed", polls: 2 },
  "DELETE /lro/deleteasync/retry/canceled": { error: "operation-canceled", polls: 2 },
  "POST /lro/postasync/retry/failed": {
    error: "operation-failed",
    providerCode: "500", // a number in the reply
    providerMessage: "Internal Server Error",
    polls: 2,
  },
  "POST /lro/postasync/retry/canceled": { error: "operation-canceled", polls: 2 },
};

const expected = { providerMessage: "Expected bad request message" };

/** A request is refused. */
const byRefusal: AzureScenarios = {
  "PUT /lro/nonretryerror/put/400": { error: "request-rejected", ...expected },
  "DELETE /lro/nonretryerror/delete/400": { error: "request-rejected", ...expected },
  "POST /lro/nonretryerror/post/400": { error: "request-rejected", ...expected },
  "PUT /lro/nonretryerror/put/201/creating/400": {
    error: "transport",
    providerMessage: "Error from the server",
    polls: 1,
  },
  "PUT /lro/nonretryerror/put/201/creating/400/invalidjson": {
    error: "transport",
    polls: 1,
  },
  "PUT /lro/nonretryerror/putasync/retry/400": { error: "transport", polls: 1 },
  "DELETE /lro/nonretryerror/delete/202/retry/400": {
    error: "transport",
    ...expected,
    polls: 1,
  },
  "DELETE /lro/nonretryerror/deleteasync/retry/400": {
    error: "transport",
    ...expected,
    polls: 1,
  },
  "POST /lro/nonretryerror/post/202/retry/400": {
    error: "transport",
    ...expected,
    polls: 1,
  },
  "POST /lro/nonretryerror/postasync/retry/400": {
    error: "transport",
    ...expected,
    polls: 1,
  },
};

const noStatus = "@azure/core-lro takes a monitor without a status for a success";

/** A reply makes no sense. */
const byNonsense: AzureScenarios = {
  "PUT /lro/error/put/200/invalidjson": { error: "protocol" },
  "PUT /lro/error/put/201/noprovisioningstatepayload": {
    error: "protocol",
    polls: 1,
    differs: "@azure/core-lro takes an empty 201 for the end; it says that the resource is " +
      "being made, and the empty 200 of the poll says nothing",
  },
  "PUT /lro/error/putasync/retry/nostatus": { error: "protocol", polls: 1, differs: noStatus },
  "PUT /lro/error/putasync/retry/nostatuspayload": {
    error: "protocol",
    polls: 1,
    differs: noStatus,
  },
  "PUT /lro/error/putasync/retry/invalidjsonpolling": { error: "protocol", polls: 1 },
  "DELETE /lro/error/deleteasync/retry/nostatus": {
    error: "protocol",
    polls: 1,
    differs: noStatus,
  },
  "DELETE /lro/error/deleteasync/retry/invalidjsonpolling": { error: "protocol", polls: 1 },
  "POST /lro/error/post/202/nolocation": {
    error: "protocol",
    differs: "both clients take a 202 that cannot be polled for a success; " +
      "the server itself calls it an error",
  },
  "POST /lro/error/postasync/retry/nopayload": { error: "protocol", polls: 1, differs: noStatus },
  "POST /lro/error/postasync/retry/invalidjsonpolling": { error: "protocol", polls: 1 },
  "PATCH /lro/patch/200/succeeded/ignoreheaders": {
    error: "protocol",
    differs: "its monitor is on another origin, http://localhost, and is refused; " +
      "the server's optional row would have the header ignored, as ARM does not",
  },
};

const relative = {
  error: "operation-expired",
  polls: 2,
  differs:
    "azure-mgmt-core cannot follow the relative /foo; it is resolved, and answers 404, twice",
} as const;
/** The resource is asked instead; its 404 is a page, which proves nothing. */
const verified = { ...relative, finalGets: 1 } as const;

/** URLs that lead nowhere. */
const byUrl: AzureScenarios = {
  "PUT /lro/error/putasync/retry/invalidheader": verified,
  "DELETE /lro/error/delete/202/retry/invalidheader": verified,
  "DELETE /lro/error/deleteasync/retry/invalidheader": verified,
  "POST /lro/error/post/202/retry/invalidheader": relative,
  "POST /lro/error/postasync/retry/invalidheader": relative,
};

/** Those that end badly. */
export const azureSadScenarios: AzureScenarios = {
  ...byProvider,
  ...byRefusal,
  ...byNonsense,
  ...byUrl,
};
