/**
 * LXD's operations as the server shows them, and what they mean.
 *
 * Sources: LXD and Incus, "doc/rest-api.md", "Status codes"; a live LXD 5.0.2.
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import type { Progress, Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { failed, nonsense, succeeded } from "../../model/verdicts.ts";

/** An operation, as LXD and Incus give it. */
export interface LxdOperation {
  /** Its UUID. */
  readonly id: string;
  /** `task`, `websocket` or `token`. */
  readonly class?: string;
  /** What it does, in words. */
  readonly description?: string;
  /** Its status in words. */
  readonly status: string;
  /** 100 to 113: it goes on; 200 succeeded, 400 failed, 401 canceled. */
  readonly status_code: number;
  /** What it is about, by kind; may name what does not exist. */
  readonly resources?: Readonly<Record<string, readonly string[]>> | null;
  /** Whatever it tells of itself, e.g. `return` of an exec, `fingerprint` of an image. */
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  /** Whether it can be canceled; that can change. */
  readonly may_cancel?: boolean;
  /** Why it failed; empty where it did not. */
  readonly err?: string;
  /** The cluster member on which it runs. */
  readonly location?: string;
  /** Whatever else the server tells. */
  readonly [field: string]: unknown;
}

/** What became of a cancel of ours, which says how a failure is to be taken. */
export type CancelState = "accepted" | "over";

const RUNNING = { least: 100, most: 113 };
const SUCCESS = 200;
const FAILURE = 400;
const CANCELED = 401;

/** Whether a value is an operation. */
export function isOperation(value: unknown): value is LxdOperation {
  return isRecord(value) && typeof value["id"] === "string" &&
    Number.isInteger(value["status_code"]);
}

/** The operation in a reply or in an event, if there is one: `metadata` of the envelope. */
export function operationOf({ body }: Reply): LxdOperation | undefined {
  const operation = isRecord(body) ? body["metadata"] : undefined;
  return isOperation(operation) ? operation : undefined;
}

/**
 * What the state of an operation means.
 *
 * @param pending What to say while it has not ended.
 * @param cancel What became of our cancel.
 */
export function judge(operation: LxdOperation, pending: Verdict, cancel?: CancelState): Verdict {
  const { id, status_code: code, err } = operation;
  if (code >= RUNNING.least && code <= RUNNING.most) {
    return { ...pending, ...progressOf(operation) };
  }
  switch (code) {
    case SUCCESS:
      return succeeded(operation);
    case CANCELED:
      return canceled(operation);
    case FAILURE:
      // LXD turns Cancelled into Failure milliseconds later: what we canceled stays canceled.
      if (cancel === "accepted" || (cancel === "over" && /cancell?ed/i.test(err ?? ""))) {
        return canceled(operation);
      }
      return failed(`Operation ${id} failed${err ? `: ${err}` : ""}`, accountOf(operation));
    default:
      return nonsense(
        `Cannot read operation ${id}: its status code is ${code}`,
        accountOf(operation),
      );
  }
}

function canceled(operation: LxdOperation): Verdict {
  const message = `Operation ${operation.id} was canceled`;
  return {
    type: "canceled",
    failure: { code: "operation-canceled", message, ...accountOf(operation) },
  };
}

function accountOf(operation: LxdOperation) {
  const { status_code: code, err } = operation;
  return {
    providerCode: String(code),
    ...(typeof err === "string" && err !== "" && { providerMessage: err }),
    details: operation,
  };
}

/**
 * `progress: { stage: "unpack", percent: "34" }` says which of several
 * `download_progress: "rootfs: 34% (906kB/s)"` and their like is the present one:
 * those of earlier stages may stay beside it. Older servers have the texts only.
 *
 * Source: canonical/lxd#5467.
 */
function progressOf({ status, metadata }: LxdOperation): { progress: Progress } {
  const fields = isRecord(metadata) ? metadata : {};
  const { stage, percent: exact } = isRecord(fields["progress"]) ? fields["progress"] : {};
  const present = typeof stage === "string" ? fields[`${stage}_progress`] ?? stage : undefined;
  const text = typeof present === "string" ? present : textOf(fields);
  const [percent] = [String(exact ?? ""), /(\d+(?:\.\d+)?)%/.exec(text ?? "")?.[1] ?? ""]
    .filter((digits) => /^\d+(?:\.\d+)?$/.test(digits));
  return {
    progress: {
      ...(percent !== undefined && { percent: Math.min(100, Number(percent)) }),
      text: text ?? String(status),
    },
  };
}

function textOf(fields: Readonly<Record<string, unknown>>): string | undefined {
  const entry = Object.entries(fields).find(([name, value]) =>
    name.endsWith("_progress") && typeof value === "string"
  );
  return entry?.[1] as string | undefined;
}
