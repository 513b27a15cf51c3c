/** The lives in which faults are played: every row of the conformance tests, its good end and its bad one. */
import type { JsonValue, Operation } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { ROWS } from "../conformance_test.ts";
import { SECRET } from "./_faults.ts";

/** A life: what is started, and what is answered. */
export interface Life {
  readonly name: string;
  readonly operation: () => Operation;
  readonly replies: readonly ScriptedResponse[];
  /** What it yields; `undefined` where it ends badly. */
  readonly end: { readonly value: unknown } | undefined;
  /** The result in a JSON, where any JSON, or any of a certain form, may hold one. */
  readonly resultIn?: (json: JsonValue | undefined) => unknown;
  /** Whether what is gone is a good end. */
  readonly endsWhenGone: boolean;
}

/** Where the result is whatever JSON their provider answers, or holds there. */
const RESULT_IN: Readonly<Record<string, Life["resultIn"]>> = {
  // A resource without a state is one that is ready, and a result may be anything.
  "azure.operation by monitor": (json) => json,
  "azure.operation by body": (json) => json,
  "azure.operation by Location": (json) => json,
  "azure.operation by a state at its Location": (json) => json,
  "azure.operation whose monitor vanishes": (json) => json,
  "oci.actAndWaitForWorkRequest": (body) => ({ body }), // without a work request it is done at once
  "oci.actAndWaitForWorkRequest of another service": (body) => ({ body }),
  "elasticio.execution": dataIn,
  "elasticio.poll": dataIn,
};

function dataIn(json: JsonValue | undefined): unknown {
  return Object(json).data;
}
/** What they wait for is that something is gone. */
const GONE = ["oci.actAndWaitForState of a DELETE"];

/** Every life. */
export const LIVES: readonly Life[] = Object.entries(ROWS).flatMap(([name, row]) => {
  const common = {
    operation: () => authorised(row.operation()),
    ...(RESULT_IN[name] && { resultIn: RESULT_IN[name] }),
    endsWhenGone: GONE.includes(name),
  };
  return [
    { ...common, name, replies: row.replies.map(complete), end: { value: row.value } },
    {
      ...common,
      name: `${name}, badly`,
      replies: row.failingReplies.map(complete),
      end: undefined,
    },
  ];
});

function complete(reply: ScriptedResponse): ScriptedResponse {
  return reply.status === undefined ? { ...reply, status: 200 } : reply;
}

/** With a header that nothing may ever show. */
function authorised(operation: Operation): Operation {
  const input = operation.input as { readonly headers?: object };
  const headers = { ...input.headers, authorization: `Bearer ${SECRET}` };
  return { ...operation, input: { ...input, headers } };
}
