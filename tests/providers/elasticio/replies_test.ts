/** Every row of the table: what a step is answered, and how that ends. */
import { assertEquals } from "@std/assert";
import type { LroErrorCode } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { createWorld, endOf, outcomeOf } from "../../runtime/_world.ts";
import { execution, ID, poll, READY, RESULT, SCHEDULED } from "./_operations.ts";

const message = (status: number, text: string): ScriptedResponse => ({
  status,
  json: { message: text },
});
const MALFORMED: ScriptedResponse = {
  status: 200,
  text: '{"data":',
  headers: { "content-type": "application/json" },
};

/** A status that no scripted response may have; no body. */
const odd = (status: number) => ({ status: 200, odd: status });
const CONFLICT: ScriptedResponse = {
  status: 409,
  json: { errors: [{ status: 409, title: "Conflict", detail: "not ready" }] },
};

type Row = [
  seen: string,
  responses: ScriptedResponse[],
  end: LroErrorCode | "succeeded",
  fields?: Record<string, unknown>,
];

/** Every row of the table: what a step is answered, and how that ends. */
const schedules: Row[] = [
  ["202 without Location", [{ status: 202 }], "protocol"],
  [
    "202 with a Location that is no URL",
    [{ status: 202, headers: { location: "http://" } }],
    "protocol",
  ],
  ["202 with a Location without encryption", [{
    status: 202,
    headers: { location: `http://api.elastic.io/v1/exec/poll/${ID}` },
  }], "protocol"],
  ["201", [{ status: 201 }], "protocol"],
  ["204", [{ status: 204 }], "protocol"],
  ["302", [{ status: 302, headers: { location: "/" } }], "protocol"],
  ["400", [message(400, "Field component is required.")], "request-rejected", {
    status: 400,
    providerMessage: "Field component is required.",
  }],
  ["404 of plain text", [{ status: 404, text: "no such thing" }], "request-rejected", {
    providerMessage: "no such thing",
  }],
  ["408", [message(408, "slow")], "transport", { providerMessage: "slow" }],
  ["429 for ever", Array(5).fill(message(429, "slow down")), "transport", { attempts: 5 }],
  ...[0, 101, 200, 203, 205, 206, 226, 300, 304].map((status): Row => [
    `${status || "an opaque reply"}`,
    [odd(status)],
    "protocol",
  ]),
  ...[500, 501, 504, 505, 520, 524, 599].map((status): Row => [
    `${status}`,
    [odd(status)],
    "transport",
  ]),
  ["202 with a Location that holds a password", [{
    status: 202,
    headers: { location: `https://me:pw@api.elastic.io/v1/exec/poll/${ID}` },
  }], "protocol"],
  ["202 with Location and half a JSON", [
    { ...MALFORMED, status: 202, headers: { ...MALFORMED.headers, ...SCHEDULED.headers } },
    READY,
    RESULT,
  ], "succeeded"],
  [
    "403 as JSON:API has it",
    [{
      status: 403,
      json: {
        errors: [{ status: 403, code: "forbidden", title: "Unauthorized", detail: "No way." }],
      },
    }],
    "request-rejected",
    {
      providerCode: "forbidden",
      providerMessage: "Unauthorized: No way.",
    },
  ],
  ["502", [message(502, "bad gateway")], "transport"],
  ["503 without Retry-After", [message(503, "busy")], "transport"],
  ["a dropped connection", [{ drop: true }], "transport"],
  ["half a JSON", [{ ...MALFORMED, status: 202 }], "protocol"],
  ["no connection, then 202", [{ refuse: true }, SCHEDULED, READY, RESULT], "succeeded"],
  ["429, then 202", [{ status: 429 }, SCHEDULED, READY, RESULT], "succeeded"],
  ["503 with Retry-After, then 202", [
    { status: 503, headers: { "retry-after": "3" } },
    SCHEDULED,
    READY,
    RESULT,
  ], "succeeded"],
];

const polls: Row[] = [
  ["Expired.", [message(404, "Expired.")], "operation-expired"],
  ["Expired without a full stop", [message(404, "expired")], "operation-expired"],
  ["Result does not exist.", [message(404, "Result does not exist.")], "operation-expired", {
    providerMessage: "Result does not exist.",
  }],
  ["404 without a body", [{ status: 404 }], "operation-expired"],
  ["404 with a page", [{ status: 404, text: "<html>" }], "operation-expired"],
  ["410", [message(410, "Gone")], "operation-expired", { providerMessage: "Gone" }],
  ["400", [message(400, "Bad Request")], "transport", { providerMessage: "Bad Request" }],
  ["a page instead of JSON", [{ status: 200, text: "<html>" }], "protocol"],
  ["half a JSON sent as text", [
    { status: 200, text: '{"message":', headers: { "content-type": "text/plain" } },
  ], "protocol"],
  ["303 to itself", [{
    status: 303,
    headers: { location: `/v1/exec/poll/${ID}/` },
  }], "protocol"],
  ["303 with a Location that holds a password", [{
    status: 303,
    headers: { location: `https://me:pw@api.elastic.io/v1/exec/result/${ID}` },
  }], "protocol"],
  ["303 with Location and half a JSON", [
    { ...MALFORMED, status: 303, headers: { ...MALFORMED.headers, ...READY.headers } },
    RESULT,
  ], "succeeded"],
  [
    "303 with a Location that is no URL",
    [{ status: 303, headers: { location: "mailto:a@b" } }],
    "protocol",
  ],
  ["202", [{ status: 202 }], "protocol"],
  ["301", [{ status: 301, headers: { location: "/" } }], "protocol"],
  ["500 for ever", Array(5).fill(message(500, "x")), "transport", { attempts: 5 }],
  ["500 four times, then 303", [...Array(4).fill(message(500, "x")), READY, RESULT], "succeeded"],
  ["401", [{ status: 401 }], "transport"],
  ["403", [{ status: 403 }], "transport"],
];

const results: Row[] = [
  ["data", [READY, RESULT], "succeeded", { value: 42 }],
  ["an empty object", [READY, { status: 200, json: {} }], "protocol", { resultMayBeLost: true }],
  ["no data", [READY, message(200, "Ready.")], "protocol", { resultMayBeLost: true }],
  ["data that it inherits", [READY, { status: 200, text: '{"__proto__":{"data":1}}' }], "protocol"],
  ["202 with data", [READY, { status: 202, json: { data: 1 } }], "protocol", {
    resultMayBeLost: true,
  }],
  ["data that is null", [READY, { status: 200, json: { data: null } }], "succeeded", {
    value: null,
  }],
  ["nothing", [READY, { status: 200 }], "succeeded", { value: undefined }],
  ["204", [READY, { status: 204 }], "succeeded", { value: undefined }],
  ["blanks", [READY, { status: 200, text: " " }], "succeeded", { value: undefined }],
  ["an array", [READY, { status: 200, json: [] }], "protocol", { resultMayBeLost: true }],
  [
    "409, not ready yet",
    [READY, CONFLICT, message(200, "Result not ready yet."), READY, RESULT],
    "succeeded",
    {
      value: 42,
      polls: 3,
    },
  ],
  ["409 after a drop", [READY, { drop: true }, CONFLICT, READY, RESULT], "succeeded"],
  ["410", [READY, message(410, "Gone")], "operation-expired"],
  ["400 of a gateway", [READY, { status: 400, text: "<html>" }], "transport"],
  [
    "400 with a reason alone",
    [READY, { status: 400, json: { reason: "no" } }],
    "operation-failed",
    {
      details: "no",
    },
  ],
  ["401", [READY, message(401, "no")], "transport", { resultMayBeLost: undefined }],
  ["a drop, then 403", [READY, { drop: true }, message(403, "no")], "transport", {
    resultMayBeLost: true,
  }],
  ["501", [READY, odd(501)], "transport", { resultMayBeLost: true }],
  [
    "HTML",
    [READY, { status: 200, text: "<html>", headers: { "content-type": "text/html" } }],
    "protocol",
  ],
  [
    "Rejected.",
    [READY, { status: 400, json: { message: "Rejected.", reason: { a: 1 } } }],
    "operation-failed",
    {
      details: { a: 1 },
      providerMessage: "Rejected.",
    },
  ],
  ["400 without a reason", [READY, message(400, "Rejected.")], "operation-failed", {
    details: { message: "Rejected." },
  }],
  ["404", [READY, message(404, "Result does not exist.")], "operation-expired", {
    resultMayBeLost: undefined,
  }],
  ["a drop, then data", [READY, { drop: true }, RESULT], "succeeded"],
  [
    "a drop, then 404",
    [READY, { drop: true }, message(404, "Result does not exist.")],
    "operation-expired",
    {
      resultMayBeLost: true,
    },
  ],
  ["half a JSON, then 404", [READY, MALFORMED, message(404, "gone")], "operation-expired", {
    resultMayBeLost: true,
  }],
  ["half a JSON, then data", [READY, MALFORMED, RESULT], "succeeded"],
  ["500, then 404", [READY, message(500, "x"), message(404, "gone")], "operation-expired", {
    resultMayBeLost: true,
  }],
  ["two drops", [READY, { drop: true }, { drop: true }], "transport", { resultMayBeLost: true }],
  ["500 twice", [READY, message(500, "x"), message(500, "x")], "transport", {
    resultMayBeLost: true,
  }],
  ["a drop and 500", [READY, { drop: true }, message(500, "x")], "transport", {
    resultMayBeLost: true,
  }],
  [
    "no connection, three times, then data",
    [READY, ...Array(3).fill({ refuse: true }), RESULT],
    "succeeded",
  ],
  ["no connection for ever", [READY, ...Array(5).fill({ refuse: true })], "transport", {
    resultMayBeLost: undefined,
  }],
  ["403", [READY, { status: 403 }], "transport"],
  [
    "a redirect within the origin",
    [READY, { status: 302, headers: { location: "/x" } }, RESULT],
    "succeeded",
  ],
];

const steps = {
  schedule: [execution, schedules],
  poll: [poll, polls],
  retrieve: [poll, results],
} as const;

for (const [step, [operation, rows]] of Object.entries(steps)) {
  for (const [seen, responses, end, fields = {}] of rows) {
    Deno.test(`elastic.io ${step} answered with ${seen}: ${end}`, async () => {
      await using world = createWorld(responses, { around: withOddStatuses(responses) });
      const outcome = await outcomeOf(world, world.runtime.start(operation()));
      assertEquals(endOf(outcome), end);
      world.fetch.assertDone();
      const holder = outcome.kind === "succeeded" ? outcome : outcome.error;
      for (const [name, value] of Object.entries(fields)) {
        assertEquals(Reflect.get(holder, name), value, name);
      }
    });
  }
}

/** Gives the replies whose status `Response` refuses that status. */
function withOddStatuses(
  responses: readonly ScriptedResponse[],
): (fetch: typeof globalThis.fetch) => typeof globalThis.fetch {
  let index = 0;
  return (fetch) => async (input, init) => {
    const { odd: status } = { odd: undefined, ...responses[index++] };
    const response = await fetch(input, init);
    return status === undefined
      ? response
      : Object.defineProperty(response, "status", { value: status });
  };
}
