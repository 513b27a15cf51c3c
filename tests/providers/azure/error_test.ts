import { assertEquals } from "@std/assert";
import {
  OperationCanceledError,
  OperationFailedError,
  parseLroError,
  RequestRejectedError,
  TransportError,
} from "@lro/machines";
import type { JsonValue } from "@lro/machines";
import { errorOf, monitored, ok, play } from "./_play.ts";

const failing = (
  body: Record<string, JsonValue>,
) => [monitored(), ok({ status: "Failed", ...body })];

/** What an error tells of the provider's account. */
async function account(body: Record<string, JsonValue>): Promise<unknown[]> {
  const error = errorOf(await play({}, failing(body)));
  return [error.providerCode, error.providerMessage, error.innermostCode];
}

/** An error as ARM's validation gives it: details, and errors within errors. */
const odata = {
  code: "InvalidTemplateDeployment",
  message: "The template deployment failed.",
  target: "deployment",
  details: [
    { code: "QuotaExceeded", message: "4 of 4 cores are in use.", target: "cores" },
    { code: "BadRequest", message: "Which region?" },
  ],
  innererror: {
    code: "PreflightFailed",
    minlength: 6,
    innererror: { code: "SkuNotAvailable", trace: ["a", "b"] },
  },
  additionalInfo: [{ type: "PolicyViolation", info: { policy: "p" } }],
};

Deno.test("an OData error gives its outermost and its deepest code, and is kept whole", async () => {
  const error = errorOf(await play({}, failing({ error: odata })));
  assertEquals(error.providerCode, "InvalidTemplateDeployment");
  assertEquals(error.providerMessage, "The template deployment failed.");
  assertEquals(error.innermostCode, "SkuNotAvailable");
  assertEquals(error.details, odata);
  assertEquals(
    error.message,
    "Operation failed: (InvalidTemplateDeployment) The template deployment failed.",
  );
});

Deno.test("innermostCode is there only where it says more", async () => {
  const flat = { code: "A", message: "m" };
  assertEquals(await account({ error: flat }), ["A", "m", undefined]);
  assertEquals(await account({ error: { ...flat, innererror: {} } }), ["A", "m", undefined]);
  assertEquals(await account({ error: { ...flat, innererror: { code: "A" } } }), [
    "A",
    "m",
    undefined,
  ]);
  assertEquals(
    await account({ error: { ...flat, innerError: { innerError: { code: "C" } } } }),
    ["A", "m", "C"],
  );
  assertEquals(await account({ error: { innererror: { code: "B" } } }), [
    undefined,
    undefined,
    "B",
  ]);
});

Deno.test("an error that nests without end does no harm", async () => {
  let error: JsonValue = { code: "deepest" };
  for (let depth = 0; depth < 1_000; depth++) error = { code: `c${depth}`, innererror: error };
  assertEquals((await account({ error }))[0], "c999");
});

Deno.test("codes may be numbers, and may be at the top or in properties", async () => {
  assertEquals(await account({ error: { code: 500, message: "m" } }), ["500", "m", undefined]);
  assertEquals(await account({ code: "Top", message: "m" }), ["Top", "m", undefined]);
  assertEquals(await account({ message: "m" }), [undefined, "m", undefined]);
  assertEquals(
    await account({ properties: { error: { code: "Inner", message: "m" } } }),
    ["Inner", "m", undefined],
  );
});

Deno.test("an error of another shape leaves code and message open, and is in details", async () => {
  for (const error of ["broken", 7, null, ["a"], { code: null, message: {} }, {}]) {
    assertEquals(await account({ error }), [undefined, undefined, undefined]);
    const { details } = errorOf(await play({}, failing({ error })));
    const isObject = typeof error === "object" && error !== null && !Array.isArray(error);
    assertEquals(details, isObject ? error : { status: "Failed", error });
  }
});

Deno.test("a resource's own error is read where its state is Failed", async () => {
  const failed = (error: Record<string, JsonValue>) => ok({ id: "/r", ...error });
  const bodies = [
    { properties: { provisioningState: "Failed", error: { code: "Quota", message: "m" } } },
    { properties: { provisioningState: "Failed" }, error: { code: "Quota", message: "m" } },
  ];
  for (const body of bodies) {
    const error = errorOf(await play({}, [{ status: 201 }, failed(body)]));
    assertEquals([error.code, error.providerCode], ["operation-failed", "Quota"]);
    assertEquals(error.partialResult, { id: "/r", ...body });
  }
});

Deno.test("a canceled operation keeps its reason and what was achieved", async () => {
  const body = {
    status: "Canceled",
    error: { code: "OperationPreempted", message: "preempted", innererror: { code: "Spot" } },
    properties: { done: 3 },
  };
  const { outcome } = await play({}, [monitored(), ok(body)]);
  if (outcome.kind !== "canceled") throw new Error(outcome.kind);
  assertEquals(outcome.error instanceof OperationCanceledError, true);
  const error = outcome.error as OperationCanceledError;
  assertEquals(error.confirmed, true);
  assertEquals([error.providerCode, error.innermostCode], ["OperationPreempted", "Spot"]);
  assertEquals(error.details, body.error);
  assertEquals(error.partialResult, { done: 3 });
  assertEquals(error.reply?.body, body);
});

Deno.test("a failed monitor keeps what was achieved", async () => {
  const error = errorOf(await play({}, failing({ properties: { done: [1, 2] } })));
  assertEquals(error.partialResult, { done: [1, 2] });
});

Deno.test("errors survive JSON, with every field", async () => {
  const json = { error: odata };
  const ends = [
    [RequestRejectedError, await play({}, [{ status: 409, json }])],
    [OperationFailedError, await play({}, failing(json))],
    [TransportError, await play({}, [monitored(), { status: 400, json }])],
    [OperationCanceledError, await play({}, [monitored(), ok({ status: "Canceled", ...json })])],
  ] as const;
  for (const [type, played] of ends) {
    const written = errorOf(played);
    const again = parseLroError(JSON.stringify(written));
    assertEquals(again instanceof type, true);
    assertEquals(JSON.parse(JSON.stringify(again)), JSON.parse(JSON.stringify(written)));
    assertEquals(written.innermostCode, "SkuNotAvailable");
  }
});

Deno.test("an error shows no credential that a reply holds", async () => {
  const secret = "s3cr3t-s3cr3t";
  const text =
    `see https://x.blob.core.windows.net/log?sv=1&sig=${secret} or send Bearer ${secret}`;
  const headers = { "set-cookie": `session=${secret}`, "x-ms-request-id": "id-1" };
  const json = { status: "Failed", error: { code: "E", message: text, target: text } };
  const { outcome } = await play({}, [monitored(), { status: 200, headers, json }]);
  if (outcome.kind === "succeeded") throw new Error("It succeeded");
  const shown = [JSON.stringify(outcome.error), outcome.error.message, Deno.inspect(outcome.error)];
  assertEquals(shown.filter((text) => text.includes(secret)), []);
  assertEquals(outcome.error.lastReply?.headers["x-ms-request-id"], "id-1");
});
