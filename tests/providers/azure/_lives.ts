/** One life of each way to poll, for tests that cut them into pieces. */
import type { AzureOptions } from "@lro/machines/azure";
import type { ScriptedResponse } from "@lro/machines/testing";
import { accepted, ARM, monitored, ok, RESOURCE, resource, RUNNING } from "./_play.ts";

/** An operation, and every reply that it gets. */
export interface Life {
  readonly options: AzureOptions;
  readonly replies: readonly ScriptedResponse[];
}

const secrets = { authorization: "Bearer s3cr3t", "set-cookie": "c=s3cr3t" };
const request = (method: string) => ({
  method,
  url: RESOURCE,
  headers: { authorization: secrets.authorization, "x-ms-client-request-id": "id" },
  body: { adminPassword: "s3cr3t" },
});
const failed = { status: "Failed", error: { code: "Quota", message: "none left" } };

/** By name. */
export const lives: Readonly<Record<string, Life>> = {
  "a monitor that moves, with a final GET": {
    options: { request: request("PUT"), repeatQuery: ["api-version"] },
    replies: [
      {
        status: 201,
        headers: { "azure-asyncoperation": `${ARM}/operations/1`, "retry-after": "3", ...secrets },
        json: resource("Creating"),
      },
      { ...RUNNING, headers: { "azure-asyncoperation": "/operations/2" } },
      { ...RUNNING, headers: { "retry-after": "99" } },
      ok({ status: "Succeeded" }),
      ok(resource("Succeeded")),
    ],
  },
  "a monitor whose result is at the Location": {
    options: { request: request("POST"), headers: { "x-custom": "1" } },
    replies: [monitored({ location: "/results/1" }), RUNNING, ok({ status: "Succeeded" }), ok(1)],
  },
  "a monitor whose result is in itself": {
    options: { request: request("DELETE"), pollIntervalMs: 5_000 },
    replies: [monitored(), RUNNING, RUNNING, ok({ status: "Succeeded" })],
  },
  "a monitor that names the resource": {
    options: { request: request("POST"), pathFormatArguments: { id: "7" } },
    replies: [
      accepted({ "operation-location": "/operations/{id}" }),
      RUNNING,
      ok({ status: "Succeeded", resourceLocation: "/made/{id}" }),
      ok({ id: "7" }),
    ],
  },
  "a monitor that is unknown at first": {
    options: { request: request("DELETE") },
    replies: [monitored(), { status: 404 }, { status: 404 }, ok({ status: "Succeeded" })],
  },
  "a monitor that is over at once": {
    options: { request: request("PUT") },
    replies: [
      { ...monitored(), json: { status: "Succeeded" } },
      ok(resource("Succeeded")),
    ],
  },
  "a monitor on another origin": {
    options: { request: request("DELETE"), allowedOrigins: ["https://other.example"] },
    replies: [
      accepted({ "operation-location": "https://other.example/o/1" }),
      RUNNING,
      ok({ status: "Succeeded" }),
    ],
  },
  "a Location that moves": {
    options: { request: request("POST") },
    replies: [
      accepted({ location: "/results/1", "retry-after": "10" }),
      accepted({ location: "/results/2" }),
      accepted({}),
      ok({ value: 2 }),
    ],
  },
  "a resource": {
    options: { request: request("PATCH") },
    replies: [
      { status: 200, json: resource("Updating") },
      { status: 200, json: resource("Running") },
      { status: 202 },
      ok(resource("Succeeded")),
    ],
  },
  "a monitor that fails": {
    options: { request: request("PUT") },
    replies: [monitored(), RUNNING, ok(failed)],
  },
  "a resource that is canceled": {
    options: { request: request("PUT") },
    replies: [{ status: 201 }, ok(resource("Canceling")), ok(resource("Canceled"))],
  },
  "a monitor that vanishes": {
    options: { request: request("PUT") },
    replies: [
      monitored(),
      RUNNING,
      { status: 404 },
      { status: 410 },
      ok(resource("Updating")),
      ok(resource("Succeeded")),
    ],
  },
  "a monitor whose result is not there yet": {
    options: { request: request("PUT") },
    replies: [
      monitored(),
      ok({ status: "Succeeded" }),
      { status: 202, headers: { location: "/results/2" } },
      ok(resource("Succeeded")),
    ],
  },
  "a Location that tells the state": {
    options: { request: request("POST") },
    replies: [
      accepted({ location: "/states/1", "x-ms-operation-id": "1" }),
      ok({ status: "Running" }),
      { ...ok({ status: "Succeeded" }), headers: { location: "/states/1/result" } },
      ok({ rows: 3 }),
    ],
  },
  "a Location that makes no sense": {
    options: { request: request("POST") },
    replies: [accepted({ location: "/results/1" }), { status: 206 }],
  },
};

/** Lives that are joined by a URL: nothing is sent to begin them. */
export const watchedLives: Readonly<Record<string, Life>> = {
  "a monitor that is joined": {
    options: { request: request("PUT"), monitor: `${ARM}/operations/1` },
    replies: [RUNNING, { status: 202 }, ok({ status: "Succeeded" }), ok(resource("Succeeded"))],
  },
  "a resource that is joined": {
    options: { request: request("GET") },
    replies: [ok(resource("Creating")), ok(resource("Updating")), ok(resource("Succeeded"))],
  },
  "a Location that is joined": {
    options: { request: request("GET"), statusWords: { running: ["Baking"] } },
    replies: [accepted({}), ok({ status: "Baking" }), ok({ rows: 3 })],
  },
};

/** The same lives, begun by somebody else. */
export const joinedLives: Readonly<Record<string, Life>> = Object.fromEntries(
  Object.entries(lives).map(([name, { options, replies: [first, ...replies] }]) => {
    const { status = 0, headers = {}, json } = first!;
    const initialReply = { status, headers, body: json };
    return [`${name}, begun elsewhere`, { options: { ...options, initialReply }, replies }];
  }),
);
