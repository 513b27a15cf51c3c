/** A provider of your own: a statechart, pure functions, and the promises that every provider keeps. */
import { createLifecycle, createOperation, defineKind, fixed, verdict } from "@lro/machines";
import { type Operation, type Protocol, requesting, waiting } from "@lro/machines";
import { conformanceClaims } from "@lro/machines/testing";

const ACME = "https://api.acme.example"; // it makes reports: order one, ask until it is there

type Report = { readonly id: string; readonly state: "queued" | "done" | "broken" };
type Input = { readonly title: string };
type Memory = { readonly id?: string };

const machine = createLifecycle({
  id: "acme.report",
  initial: {
    initial: "ordering",
    states: { ordering: { ...requesting("order"), on: { accepted: "#polling" } } },
  },
  polling: {
    initial: "waiting",
    states: {
      waiting: { ...waiting(), on: { due: "asking" } },
      asking: { ...requesting("ask"), on: { pending: "waiting", succeeded: "#succeeded" } },
    },
  },
});

const protocol: Protocol<Input, Memory> = {
  steps: { order: { repeat: "unsent" }, ask: { repeat: "always", poll: true } },
  begin: () => ({}),
  origin: () => ACME,
  call: (step, { input, memory }) =>
    step === "order"
      ? { method: "POST", url: `${ACME}/reports`, body: { title: input.title } }
      : { method: "GET", url: `${ACME}/reports/${memory.id}` },
  read(step, reply) {
    const { status } = reply;
    const seen = verdict.describeReply(reply);
    const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 429;
    if (step === "order" && isRefusal) return verdict.rejected(`Cannot order: ${seen}`);
    // It may have been ordered all the same, or runs on: this error has a token to go on with.
    if (status !== 200) return verdict.refused(`Cannot ${step} report`, reply);
    const report = reply.body as Partial<Report> | null | undefined;
    if (typeof report?.id !== "string") return verdict.nonsense(seen);
    if (step === "order") return { type: "accepted", memory: { id: report.id } };
    if (report.state === "broken") return verdict.failed("Cannot make the report: it broke");
    return report.state === "done" ? verdict.succeeded(report) : { type: "pending" };
  },
  partialResult: ({ memory }) => memory.id,
};

/** Of the factory's argument, and of what a token brings. */
function check(input: unknown): Input {
  const { title } = Object(input);
  if (typeof title === "string") return { title };
  throw new TypeError(`Cannot order report: title must be a text, got ${typeof title}`);
}

const kind = defineKind({ name: "acme.report", machine, protocol, check, schedule: fixed(2_000) });

/** Orders a report and waits for it. */
export const report = (input: Input): Operation<Report> => createOperation(kind, input);

// That was the provider. What README promises is now promised of reports too:
const answer = (state: Report["state"]) => ({ status: 200, json: { id: "7", state } });
const claims = conformanceClaims({
  operation: () => report({ title: "Sales" }),
  replies: [answer("queued"), answer("queued"), answer("done")],
  value: answer("done").json,
  failingReplies: [answer("queued"), answer("broken")],
  unrepeatable: [0], // ordered twice is paid twice
  partialResult: "7", // in every error after the order
});
for (const { name, run } of claims) {
  await run();
  console.log("kept:", name);
}
