/**
 * A provider of our own, as plain as can be, so that tests of the runtime depend
 * on nobody's protocol: a request starts a job, polls follow it.
 *
 * ```text
 * initial.sending -> polling.{waiting, asking} -> succeeded
 * ```
 */
import {
  type Call,
  createLifecycle,
  createOperation,
  defineKind,
  type JsonValue,
  type Operation,
  type Protocol,
  type Reply,
  requesting,
  type StepPolicy,
  type Verdict,
  waiting,
} from "@lro/machines";

export const JOB_URL = "https://jobs.example/jobs/1";

/** What a job is started with. */
export interface JobInput {
  readonly call?: Call;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Memory {
  readonly pollUrl?: string;
}

function jobMachine(id: string) {
  return createLifecycle({
    id,
    initial: {
      initial: "sending",
      states: {
        sending: {
          ...requesting("send"),
          on: { accepted: "#polling", succeeded: "#succeeded" },
        },
      },
    },
    polling: {
      initial: "waiting",
      states: {
        waiting: { ...waiting(), on: { due: "asking" } },
        asking: {
          ...requesting("ask"),
          on: { pending: "waiting", succeeded: "#succeeded" },
        },
      },
    },
  });
}

function readSend(reply: Reply): Verdict {
  const { status, headers, body } = reply;
  if (status === 202) {
    return {
      type: "accepted",
      memory: { pollUrl: headers["location"] ?? JOB_URL },
    };
  }
  if (status === 200) return { type: "succeeded", value: body };
  return {
    type: "failed",
    failure: {
      code: "request-rejected",
      message: `Cannot send: HTTP ${status}`,
    },
  };
}

function readAsk({ status, body }: Reply): Verdict {
  if (status !== 200) {
    return {
      type: "failed",
      failure: {
        code: "operation-failed",
        message: `Job failed: HTTP ${status}`,
      },
    };
  }
  const { done, ...news } = body as {
    done?: JsonValue;
    progress?: { percent: number };
    waitMs?: number;
  };
  return done === undefined ? { type: "pending", ...news } : { type: "succeeded", value: done };
}

/** Defines a kind whose first request has a certain policy. */
export function defineJob(
  pattern: string,
  send: StepPolicy,
  overrides: Partial<Protocol<JobInput, Memory>> = {},
): (input?: JobInput) => Operation<unknown> {
  const kind = defineKind<JobInput, Memory>({
    name: `job.${pattern}`,
    machine: jobMachine(`job.${pattern}`),
    check: (input) => input as JobInput,
    schedule: { kind: "fixed", intervalMs: 1_000 },
    protocol: {
      steps: {
        send,
        ask: { repeat: "always", poll: true },
        cancel: { repeat: "unsent" },
      },
      begin: () => ({}),
      origin: ({ call }) => new URL(call?.url ?? JOB_URL).origin,
      call: (step, { input, memory }) =>
        step === "send"
          ? input.call ??
            { method: "POST", url: "https://jobs.example/jobs", body: {} }
          : {
            method: step === "ask" ? "GET" : "DELETE",
            url: memory.pollUrl ?? JOB_URL,
          },
      read: (step, reply) => step === "send" ? readSend(reply) : readAsk(reply),
      ...overrides,
    },
  });
  return (input = {}) => createOperation(kind, input);
}

/** Jobs by what may be done with their first request. */
export const jobs = {
  always: defineJob("always", { repeat: "always" }),
  unsent: defineJob("unsent", { repeat: "unsent" }),
  answered: defineJob("answered", { repeat: "answered" }),
  once: defineJob("once", { repeat: "once" }),
};
