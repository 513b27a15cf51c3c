/** Rows that cannot be right are refused at once, and claims that are not kept say what to do. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  createLifecycle,
  createOperation,
  defineKind,
  elasticio,
  fixed,
  requesting,
  verdict,
  waiting,
} from "@lro/machines";
import { conformanceClaims, type ConformanceRow } from "@lro/machines/testing";

const ROW: ConformanceRow = {
  operation: () => elasticio.poll({ executionId: "1" }),
  replies: [
    { status: 200, json: { message: "Result is not ready yet." } },
    { status: 303, headers: { location: "/v1/exec/result/1" } },
    { status: 200, json: { data: 42 } },
  ],
  value: 42,
  failingReplies: [
    { status: 303, headers: { location: "/v1/exec/result/1" } },
    { status: 400, json: { message: "Rejected." } },
  ],
  unrepeatable: [2],
  anyJson: [2],
};

const wrong: [row: unknown, message: string][] = [
  [undefined, "row must be an object, got nothing"],
  [{ ...ROW, operation: elasticio.poll({ executionId: "1" }) }, "row.operation must be a function"],
  [{ ...ROW, replies: undefined }, "row.replies must be a list of responses, got nothing"],
  [{ ...ROW, replies: [] }, "row.replies must hold a response, got an empty list"],
  [{ ...ROW, replies: [200] }, "row.replies[0] must be a response, got 200"],
  [{ ...ROW, failingReplies: {} }, "row.failingReplies must be a list of responses, got an object"],
  [{ ...ROW, unrepeatable: undefined }, "row.unrepeatable must be a list of places in row.replies"],
  [{ ...ROW, unrepeatable: 0 }, "row.unrepeatable must be a list of places in row.replies"],
  [{ ...ROW, unrepeatable: [3] }, "row.unrepeatable must name places in row.replies, from 0 to 2"],
  [{ ...ROW, unrepeatable: [-1] }, "got -1"],
  [{ ...ROW, start: 3 }, "row.start must name places in row.replies, from 0 to 2, got 3"],
  [{ ...ROW, anyJson: "yes" }, "row.anyJson must be a list of places in row.replies"],
  [{ ...ROW, cancelReplies: {} }, "row.cancelReplies must be a list of responses, got an object"],
  [
    Object.fromEntries(Object.entries(ROW).filter(([name]) => name !== "value")),
    "row.value must be what the operation yields, undefined too, got nothing",
  ],
];

for (const [row, message] of wrong) {
  Deno.test(`conformanceClaims() refuses a row: ${message}`, () => {
    const error = assertThrows(() => conformanceClaims(row as ConformanceRow), TypeError, message);
    assert(error.message.startsWith("Cannot make conformance claims: "), error.message);
  });
}

Deno.test("conformanceClaims() takes a row that starts nothing, or says so, and one whose value is undefined", () => {
  const { length } = conformanceClaims({ ...ROW, start: null });
  assertEquals(conformanceClaims({ ...ROW, value: undefined }).length, length);
  assertEquals(conformanceClaims({ ...ROW, partialResult: {} }).length, length + 1);
});

Deno.test("a claim on garbage that is not kept says where any JSON may be the result", async () => {
  const { anyJson: _, ...row } = ROW;
  const claim = conformanceClaims(row).find(({ name }) => name.startsWith("no garbage"))!;
  await assertRejects(() => claim.run(), Error, "the row says so in `anyJson`");
});

Deno.test("a claim on what was started is not kept by a kind that does not say it", async () => {
  const claim = conformanceClaims({ ...ROW, partialResult: { id: 1 } })
    .find(({ name }) => name.includes("what was started"))!;
  await assertRejects(() => claim.run(), Error, "a row with `partialResult` starts something");
});

/** Its provider can be asked to cancel, and answers that it will. */
const stoppable = defineKind({
  name: "test.stoppable",
  machine: createLifecycle({
    id: "test.stoppable",
    initial: {
      initial: "starting",
      states: { starting: { ...requesting("start"), on: { pending: "#polling" } } },
    },
    polling: {
      initial: "waiting",
      on: { cancel: "#polling.canceling" },
      states: {
        waiting: { ...waiting(), on: { due: "asking" } },
        asking: { ...requesting("ask"), on: { pending: "waiting", succeeded: "#succeeded" } },
        canceling: { ...requesting("cancel"), on: { pending: "waiting" } },
      },
    },
  }),
  protocol: {
    steps: {
      start: { repeat: "unsent" },
      ask: { repeat: "always", poll: true },
      cancel: { repeat: "always" },
    },
    begin: () => ({}),
    origin: () => "https://test.example",
    call: (step) => ({ method: step === "ask" ? "GET" : "POST", url: "https://test.example/" }),
    read(_step, reply) {
      if (reply.status !== 200) return verdict.nonsense(verdict.describeReply(reply));
      const { state } = Object(reply.body);
      if (state === "done") return verdict.succeeded(1);
      if (state !== "stopped") return { type: "pending" };
      return { type: "canceled", failure: { code: "operation-canceled", message: "Stopped" } };
    },
  },
  check: () => ({}),
  schedule: fixed(1_000),
});

const canceling: ConformanceRow = {
  operation: () => createOperation(stoppable, {}),
  replies: [{ json: {} }, { json: {} }, { json: { state: "done" } }],
  value: 1,
  failingReplies: [{ json: {} }],
  unrepeatable: [0],
};
const claimOnCancel = (row: ConformanceRow) =>
  conformanceClaims(row).find(({ name }) => name.startsWith("cancel ends"))!;

Deno.test("the claim on cancel says what a row gives whose provider is asked to cancel", async () => {
  const error = await assertRejects(() => claimOnCancel(canceling).run(), Error);
  assert(/gives `cancelReplies` in its row: what is answered/.test(error.message), error.message);
});

Deno.test("the claim on cancel plays cancelReplies to a provider that is asked to cancel", async () => {
  const cancelReplies = [{ json: {} }, { json: { state: "stopped" } }];
  await claimOnCancel({ ...canceling, cancelReplies }).run();
});
