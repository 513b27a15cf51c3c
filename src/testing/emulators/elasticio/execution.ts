/**
 * One execution inside the elastic.io emulator: what becomes of it, and when.
 *
 * @module
 */
import type { JsonValue } from "../../../model/message.ts";
import type { InjectedFault } from "../kit/injected_fault.ts";

/** What one scheduled execution does. */
export interface ElasticioBehaviour {
  /**
   * How long it takes, in milliseconds.
   *
   * @default {0}
   */
  readonly durationMs?: number | undefined;
  /**
   * How it ends: with `result`, with a refusal for `reason`, or so that it
   * answers "Expired." from then on.
   *
   * @default {"succeeds"}
   */
  readonly end?: "succeeds" | "rejected" | "expires" | undefined;
  /**
   * What it yields.
   *
   * @default {undefined} An answer without a body.
   */
  readonly result?: JsonValue | undefined;
  /**
   * Whether the result is answered as an object without `data`, which is no
   * result at all.
   *
   * @default {false}
   */
  readonly omitsData?: boolean;
  /**
   * How many requests for the result are answered 409, "not ready yet", although
   * a poll has said that it is ready.
   *
   * @default {0}
   */
  readonly conflicts?: number;
  /**
   * Why it is rejected.
   *
   * @default {{}}
   */
  readonly reason?: JsonValue | undefined;
  /**
   * How long a result that nobody has read is kept, in milliseconds.
   *
   * @default {Infinity}
   */
  readonly retentionMs?: number | undefined;
  /**
   * Whether the result is gone once it was read, as with the real service.
   *
   * @default {true}
   */
  readonly readOnce?: boolean | undefined;
  /**
   * The `Retry-After` of its polls, in seconds.
   *
   * @default {undefined} None.
   */
  readonly retryAfterSeconds?: number | undefined;
  /** What goes wrong with its own polls and reads, counted from its first. */
  readonly faults?: readonly InjectedFault<"poll" | "result">[] | undefined;
}

/** Where an execution stands. */
export interface ElasticioExecutionState {
  /** Its id. */
  readonly id: string;
  /** What it was scheduled with. */
  readonly request: Readonly<Record<string, JsonValue>>;
  /** When it was scheduled, in milliseconds since the epoch. */
  readonly scheduledAt: number;
  /** `read`: its result was read, and is gone. */
  readonly state: "running" | "ready" | "read" | "expired";
  /** How many polls have arrived. */
  readonly polls: number;
  /** How many requests for the result have arrived. */
  readonly reads: number;
}

/** An execution, as the emulator keeps it. */
export interface ElasticioExecution {
  /** Its id. */
  readonly id: string;
  /** What it was scheduled with. */
  readonly request: Readonly<Record<string, JsonValue>>;
  /** When it was scheduled, in milliseconds since the epoch. */
  readonly scheduledAt: number;
  /** What it does. */
  readonly behaviour: ElasticioBehaviour;
  /** How many polls have arrived. */
  polls: number;
  /** How many requests for the result have arrived. */
  reads: number;
  /** Whether its result is gone because it was read. */
  isRead: boolean;
}

const EXECUTION_TYPES = [
  "get_meta_model",
  "select_model",
  "verify_credentials",
];

/** What is wrong with the body of a schedule request, if anything. */
export function checkScheduleBody(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return "Request body must be a JSON object.";
  }
  const fields = body as Readonly<Record<string, unknown>>;
  const type = fields["execution_type"];
  if (!EXECUTION_TYPES.includes(type as string)) {
    return `Field execution_type must be one of ${EXECUTION_TYPES.join(", ")}.`;
  }
  const required = ["component"];
  if (type === "verify_credentials") required.push("account_data");
  else required.push("action_or_trigger", "account_id");
  if (type === "select_model") required.push("model_method");
  const missing = required.find((name) => fields[name] === undefined);
  return missing && `Field ${missing} is required.`;
}

/** Where an execution stands at `now`. */
export function stateAt(
  execution: ElasticioExecution,
  now: number,
): ElasticioExecutionState["state"] {
  const { behaviour, scheduledAt, isRead } = execution;
  const { durationMs = 0, retentionMs = Infinity, end } = behaviour;
  const endsAt = scheduledAt + durationMs;
  if (isRead) return "read";
  if (now < endsAt) return "running";
  if (end === "expires" || now >= endsAt + retentionMs) return "expired";
  return "ready";
}

/** The answer to a poll at `now`; `resultUrl` is where a result can be read. */
export function answerPoll(
  execution: ElasticioExecution,
  now: number,
  resultUrl: string,
): Response {
  const { retryAfterSeconds } = execution.behaviour;
  const headers: Record<string, string> = retryAfterSeconds === undefined
    ? {}
    : { "retry-after": String(retryAfterSeconds) };
  const state = stateAt(execution, now);
  switch (state) {
    case "running":
      return Response.json({ message: "Result is not ready yet." }, {
        headers,
      });
    case "ready":
      return Response.json({ message: "Ready." }, {
        status: 303,
        headers: { location: resultUrl },
      });
    case "read":
    case "expired":
      return gone(state);
  }
}

/** The answer to a request for the result at `now`, which may use it up. */
export function answerResult(
  execution: ElasticioExecution,
  now: number,
): Response {
  const state = stateAt(execution, now);
  if (state !== "ready") return gone(state);
  const { end, result, reason = {}, readOnce = true, omitsData, conflicts = 0 } =
    execution.behaviour;
  if (execution.reads <= conflicts) return conflict();
  execution.isRead = readOnce;
  if (end === "rejected") return Response.json({ message: "Rejected.", reason }, { status: 400 });
  if (omitsData) return Response.json({ message: "ok" });
  return result === undefined
    ? new Response(null, { status: 204 })
    : Response.json({ data: result });
}

/** The answer where the result is asked for too early, as version 2 of the API has it. */
function conflict(): Response {
  const error = { status: 409, code: 409, title: "Conflict", detail: "Result is not ready yet." };
  return Response.json({ errors: [error] }, { status: 409 });
}

/** The answer where there is no result, or no such execution. */
export function gone(state?: ElasticioExecutionState["state"]): Response {
  const message = state === "expired" ? "Expired." : "Result does not exist.";
  return Response.json({ message }, { status: 404 });
}
