/** The same claims for every kind of operation. A new kind adds a row. */
import { assertEquals } from "@std/assert";
import { elasticio, listKinds } from "@lro/machines";
import { conformanceClaims, type ConformanceRow } from "@lro/machines/testing";

const location = (path: string) => ({
  location: `https://api.elastic.io${path}`,
});

const elasticioLife = [
  { status: 200, json: { message: "Result is not ready yet." } },
  {
    status: 200,
    headers: { "retry-after": "7" },
    json: { message: "Result is not ready yet." },
  },
  {
    status: 303,
    headers: location("/v1/exec/result/1"),
    json: { message: "Ready." },
  },
  { status: 200, json: { data: { fields: ["name"] } } },
];

const ROWS: Record<string, ConformanceRow> = {
  "elasticio.execution": {
    operation: () =>
      elasticio.execution({
        execution: {
          execution_type: "get_meta_model",
          component: "mapper",
          action_or_trigger: "put",
          account_id: "540492e623773659c5000001",
        },
      }),
    replies: [
      {
        status: 202,
        headers: location("/v1/exec/poll/1"),
        json: { message: "ok" },
      },
      ...elasticioLife,
    ],
    value: { fields: ["name"] },
    failingReplies: [
      { status: 202, headers: location("/v1/exec/poll/1") },
      { status: 303, headers: location("/v1/exec/result/1") },
      {
        status: 400,
        json: { message: "Rejected.", reason: { why: "no such field" } },
      },
    ],
    unrepeatable: [0, 4],
  },
  "elasticio.poll": {
    operation: () => elasticio.poll({ executionId: "1" }),
    replies: elasticioLife,
    value: { fields: ["name"] },
    failingReplies: [{
      status: 404,
      json: { message: "Result does not exist." },
    }],
    unrepeatable: [3],
  },
};

Deno.test("every kind has a row of conformance claims", () => {
  assertEquals(listKinds().map(({ name }) => name), Object.keys(ROWS));
});

for (const [kind, row] of Object.entries(ROWS)) {
  for (const { name, run } of conformanceClaims(row)) {
    Deno.test(`${kind}: ${name}`, run);
  }
}
