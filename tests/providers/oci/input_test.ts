import { assertEquals, assertThrows } from "@std/assert";
import { oci } from "@lro/machines";
import { OCI } from "./_play.ts";

const get = { method: "GET", url: `${OCI}/r` };
const action = { method: "POST", url: `${OCI}/r` };
const test = { property: "lifecycleState", state: "RUNNING" };
const evaluate = () => true;
const baseUrl = OCI;

const MISUSE: readonly (readonly [keyof typeof FACTORIES, unknown, string])[] = [
  ["waitUntil", undefined, "input must be an object"],
  ["waitUntil", { ...test }, "expected get or fetchReply, got neither"],
  ["waitUntil", { get }, "expected either property or evaluate, got neither"],
  ["waitUntil", { get, ...test, evaluate }, "expected either property or evaluate, got both"],
  ["waitUntil", { get, evaluate, state: "A" }, "state belongs to property"],
  ["waitUntil", { get, evaluate: "nobody's" }, 'Cannot find predicate "nobody\'s"'],
  ["waitUntil", { get, evaluate: 1 }, "evaluate must be a function"],
  ["waitUntil", { get, property: "a" }, "state must be a text"],
  ["waitUntil", { get, property: "a", state: [] }, "state must be a value"],
  ["waitUntil", { get, property: "a", state: [{}] }, "state must be a text"],
  ["waitUntil", { get, property: "", state: "A" }, "property must be a text"],
  ["waitUntil", { get: action, ...test }, "get.method must be GET, got POST"],
  ["waitUntil", { get: { ...get, body: {} }, ...test }, "get.body must be absent"],
  ["waitUntil", { get: { ...get, url: "/r" }, ...test }, "get.url must be an absolute http URL"],
  ["waitUntil", { get, ...test, fetchReply: {} }, "fetchReply must be a function"],
  ["waitUntil", { get, ...test, onWait: "x" }, "onWait must be a function"],
  ["waitUntil", { get, ...test, succeedOnNotFound: 1 }, "succeedOnNotFound must be true or false"],
  ["waitUntil", { get, ...test, maxIntervalMs: 0 }, "maxIntervalMs must be more than 0"],
  ["waitUntil", { get, ...test, maxWaitMs: -1 }, "maxWaitMs must be 0 or more"],
  ["waitUntil", { get, ...test, maxWaitMs: "1" }, "maxWaitMs must be milliseconds"],
  ["waitUntil", { get, ...test, states: ["A"] }, "unknown field input.states"],
  ["workRequest", { baseUrl }, "workRequestId must be a text"],
  ["workRequest", { workRequestId: "1" }, "expected baseUrl or workRequestUrl, got neither"],
  ["workRequest", { workRequestId: "1", baseUrl: "/x" }, "baseUrl must be an absolute http URL"],
  ["workRequest", { workRequestId: "1", workRequestUrl: 1 }, "workRequestUrl must be a text"],
  [
    "workRequest",
    { workRequestId: "1", workRequestUrl: "/w/{workRequestId}" },
    "workRequestUrl must be an http URL",
  ],
  [
    "workRequest",
    { workRequestId: "1", workRequestUrl: `${OCI}/w/{id}` },
    "workRequestUrl has the placeholder {id}, known is {workRequestId}",
  ],
  [
    "workRequest",
    { workRequestId: "1", workRequestUrl: `${OCI}/w` },
    "workRequestUrl must have {workRequestId} in its path, got no placeholder",
  ],
  [
    "workRequest",
    { workRequestId: "1", workRequestUrl: `${OCI}/w?id={workRequestId}` },
    "workRequestUrl must have {workRequestId} in its path, got it elsewhere",
  ],
  [
    "workRequest",
    { workRequestId: "1", workRequestUrl: "https://{workRequestId}.example.com/" },
    "workRequestUrl must",
  ],
  [
    "workRequest",
    { workRequestId: "1", baseUrl, workRequestUrl: "https://x.example/{workRequestId}" },
    `baseUrl and workRequestUrl must be of one origin, got ${OCI} and https://x.example`,
  ],
  [
    "workRequest",
    { workRequestId: "1", baseUrl: "https://loganalytics.us-ashburn-1.oci.oraclecloud.com" },
    "within a namespace, which baseUrl does not tell: expected workRequestUrl",
  ],
  ["workRequest", { workRequestId: "1", baseUrl, notFoundGraceMs: 1 }, "unknown field"],
  [
    "actAndWaitForState",
    { action: { ...action, method: "PATCH" }, get: `${OCI}/r`, states: [], notFoundGraceMs: 1 },
    "notFoundGraceMs is for what a POST or PUT makes, but action.method is PATCH",
  ],
  ["actAndWaitForWorkRequest", { action, baseUrl, notFoundGraceMs: -1 }, "notFoundGraceMs must be"],
  [
    "actAndWaitForState",
    { action, get: `${OCI}/r`, states: [], notFoundGraceMs: "1" },
    "notFoundGraceMs must be",
  ],
  ["workRequest", { workRequestId: "1", baseUrl, states: [] }, "states must name a status"],
  ["workRequest", { workRequestId: "1", baseUrl, states: "A" }, "states must be a list"],
  ["actAndWaitForWorkRequest", { baseUrl }, "action must be an object"],
  ["actAndWaitForWorkRequest", { action: get, baseUrl }, "POST, PUT, PATCH, DELETE, got GET"],
  ["actAndWaitForState", { action, states: ["A"] }, "get must be an object"],
  ["actAndWaitForState", { action, get: action, states: ["A"] }, "get.method must be GET"],
  ["actAndWaitForState", { action, get: `${OCI}/r` }, "states must be a list"],
  ["actAndWaitForState", { action, get, states: [1] }, "states must be a text"],
  ["actAndWaitForState", { action, get, states: ["A"], failureStates: 1 }, "failureStates must be"],
  [
    "actAndWaitForState",
    { action: { ...action, method: "DELETE" }, get: `${OCI}/r/{id}`, states: ["A"] },
    "get.url must be whole for a DELETE, got one with {id}",
  ],
];

const FACTORIES = {
  waitUntil: oci.waitUntil,
  workRequest: oci.workRequest,
  actAndWaitForWorkRequest: oci.actAndWaitForWorkRequest,
  actAndWaitForState: oci.actAndWaitForState,
};

for (const [factory, input, message] of MISUSE) {
  Deno.test(`oci.${factory}() refuses at the call: ${message}`, () => {
    const error = assertThrows(() => FACTORIES[factory](input as never), Error, message);
    assertEquals(error instanceof TypeError || error instanceof RangeError, true);
    assertEquals(
      error.message.startsWith(`Cannot make oci.${factory}`) || /predicate/.test(message),
      true,
    );
  });
}

Deno.test("oci.registerPredicate() refuses what is no name and no function", () => {
  assertThrows(() => oci.registerPredicate("", evaluate), TypeError, "its name must be a text");
  assertThrows(() => oci.registerPredicate("a", 1 as never), TypeError, "expected a function");
});
