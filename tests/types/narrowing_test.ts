/**
 * What the types tell after a check of `kind` or `code`. The compiler checks the
 * claims; the errors that run through them only show that each branch is there.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { assertType, type Has, type IsExact } from "@std/testing/types";
import {
  azure,
  createRuntime,
  type DeadlineExceededError,
  isLroError,
  type LroError,
  type OperationCanceledError,
  type OperationExpiredError,
  type OperationFailedError,
  type Outcome,
  type ProtocolError,
  type Reply,
  type RequestRejectedError,
  type ResumeToken,
  type TransportError,
} from "@lro/machines";
import { createScriptedFetch, createVirtualClock } from "@lro/machines/testing";

interface Thing {
  readonly name: string;
}

/** One claim for each row of the table of ends; returns what only that row has. */
function tell(outcome: Outcome<Thing>): unknown {
  switch (outcome.kind) {
    case "succeeded":
      assertType<IsExact<typeof outcome.value, Thing>>(true);
      return outcome.value.name;
    case "canceled":
      assertType<IsExact<typeof outcome.error, OperationCanceledError>>(true);
      assertType<IsExact<typeof outcome.error.confirmed, boolean>>(true);
      return outcome.error.confirmed;
    case "timedOut":
      assertType<IsExact<typeof outcome.error, DeadlineExceededError>>(true);
      assertType<IsExact<typeof outcome.error.deadlineMs, number>>(true);
      return outcome.error.deadlineMs;
    case "expired":
      assertType<IsExact<typeof outcome.error, OperationExpiredError>>(true);
      return outcome.error.code;
    case "failed":
      return tellFailure(outcome.error);
  }
}

function tellFailure(
  error: RequestRejectedError | OperationFailedError | TransportError | ProtocolError,
): unknown {
  switch (error.code) {
    case "request-rejected":
      assertType<IsExact<typeof error, RequestRejectedError>>(true);
      assertType<IsExact<typeof error.status, number>>(true);
      return error.status;
    case "operation-failed":
      assertType<IsExact<typeof error, OperationFailedError>>(true);
      return error.providerCode;
    case "transport":
      assertType<IsExact<typeof error, TransportError>>(true);
      assertType<IsExact<typeof error.attempts, number>>(true);
      return error.attempts;
    case "protocol":
      assertType<IsExact<typeof error, ProtocolError>>(true);
      return error.reply?.status;
  }
}

Deno.test("all errors have the provider's words, the reply and the token, unnarrowed too", () => {
  type Every = Outcome & { kind: "failed" | "canceled" | "timedOut" | "expired" };
  assertType<IsExact<Every["error"]["code"], LroError["code"]>>(true);
  assertType<IsExact<Every["error"]["token"], ResumeToken | undefined>>(true);
  assertType<IsExact<LroError["token"], ResumeToken | undefined>>(true);
  assertType<IsExact<LroError["reply"], Reply | undefined>>(true);
  assertType<IsExact<LroError["providerCode"], string | undefined>>(true);
  assertType<IsExact<LroError["providerMessage"], string | undefined>>(true);
  assertType<IsExact<LroError["details"], unknown>>(true);
  assertType<IsExact<LroError["partialResult"], unknown>>(true);
  assertType<Has<keyof LroError, "deadlineMs">>(false);
  assertType<Has<keyof RequestRejectedError, "status">>(true);
});

Deno.test("a caught error is narrowed by isLroError() and its code", () => {
  const read = (error: unknown) => {
    if (!isLroError(error)) return undefined;
    if (error.code === "deadline-exceeded") return error.deadlineMs;
    if (error.code === "request-rejected") return error.status;
    return error.code === "transport" ? error.attempts : error.providerCode;
  };
  assertType<IsExact<ReturnType<typeof read>, string | number | undefined>>(true);
  assertEquals(read(new Error("another")), undefined);
});

const url = "https://management.azure.com/r?api-version=1";
const operation = azure.operation<Thing>({ request: { method: "PUT", url, body: {} } });
const accepted = {
  response: { status: 201, headers: { "azure-asyncoperation": "/operations/1" } },
};
const poll = (status: string, more: object = {}) => ({
  response: { status: 200, json: { status, ...more } },
});

for (
  const [kind, script, told] of [
    ["succeeded", [{ response: { status: 200, json: { name: "a" } } }], "a"],
    ["failed", [{ response: { status: 400, json: {} } }], 400],
    ["failed", [accepted, poll("Failed", { error: { code: "Conflict" } })], "Conflict"],
    ["failed", [accepted, { response: { status: 200, text: "{" } }], 200],
    ["timedOut", [accepted, poll("Running")], 10_000],
    ["canceled", [accepted, poll("Canceled")], true],
  ] as const
) {
  Deno.test(`an outcome of kind ${kind} tells ${told}`, async () => {
    const clock = createVirtualClock();
    const fetch = createScriptedFetch(script, { clock });
    await using runtime = createRuntime({ clock, fetch });
    const handle = runtime.start(operation, { deadlineMs: 10_000 });
    const outcome = await clock.runUntil(handle.outcome());
    assertEquals([outcome.kind, tell(outcome)], [kind, told]);
  });
}
