/**
 * An operation inside the LXD emulator: where it stands at a certain time.
 *
 * @module
 */
import type { JsonValue } from "../../../model/message.ts";

/** What becomes of an operation. */
export interface LxdBehaviour {
  /**
   * How long it runs, in milliseconds.
   *
   * @default {0}
   */
  readonly durationMs?: number | undefined;
  /**
   * How it ends.
   *
   * @default {"succeeds"}
   */
  readonly end?: "succeeds" | "fails" | undefined;
  /**
   * Why it fails.
   *
   * @default {"It failed"}
   */
  readonly err?: string | undefined;
  /**
   * `task`, `websocket` or `token`.
   *
   * @default {"task"}
   */
  readonly class?: "task" | "websocket" | "token" | undefined;
  /** What it tells of itself once it has ended. */
  readonly metadata?: Readonly<Record<string, JsonValue>> | undefined;
  /** What it tells its progress by, e.g. `"download_progress"`. */
  readonly progress?: string | undefined;
  /**
   * Whether it can be canceled.
   *
   * @default {true}
   */
  readonly mayCancel?: boolean | undefined;
  /**
   * How long it is Cancelling, in milliseconds.
   *
   * @default {0}
   */
  readonly cancelMs?: number | undefined;
  /**
   * How long it is Cancelled before it turns into a Failure, in milliseconds, as
   * LXD 5.0 has it.
   *
   * @default {Infinity}
   */
  readonly staysCanceledMs?: number | undefined;
  /**
   * The cluster member on which it runs.
   *
   * @default {"none"}
   */
  readonly location?: string | undefined;
  /**
   * Answered at once, without an operation.
   *
   * @default {false}
   */
  readonly sync?: boolean | undefined;
  /** Refused with this error and HTTP status. */
  readonly refusal?: { readonly status: number; readonly error: string } | undefined;
}

/** An operation as the API shows it. */
export interface LxdOperationState {
  /** Its UUID. */
  readonly id: string;
  /** `task`, `websocket` or `token`. */
  readonly class: string;
  /** What it does. */
  readonly description: string;
  /** When it was created. */
  readonly created_at: string;
  /** When it changed last. */
  readonly updated_at: string;
  /** Its status in words. */
  readonly status: "Running" | "Cancelling" | "Success" | "Failure" | "Cancelled";
  /** Its status. */
  readonly status_code: number;
  /** Always null. */
  readonly resources: null;
  /** What it tells of itself. */
  readonly metadata: Readonly<Record<string, JsonValue>> | null;
  /** Whether it can be canceled now. */
  readonly may_cancel: boolean;
  /** Why it failed; empty where it did not. */
  readonly err: string;
  /** Where it runs. */
  readonly location: string;
}

const CODES = { Running: 103, Cancelling: 104, Success: 200, Failure: 400, Cancelled: 401 };

/** An operation that was started. */
export class LxdEmulatedOperation {
  readonly id: string;
  readonly behaviour: LxdBehaviour;
  /** The project that it was started in. */
  readonly project: string;
  readonly #description: string;
  readonly #createdAt: number;
  #canceledAt = Infinity;

  /** Started now. */
  constructor(
    id: string,
    description: string,
    behaviour: LxdBehaviour,
    nowMs: number,
    project = "default",
  ) {
    this.id = id;
    this.project = project;
    this.#description = description;
    this.behaviour = behaviour;
    this.#createdAt = nowMs;
  }

  /** Where it runs. */
  get location(): string {
    return this.behaviour.location ?? "none";
  }

  /** Whether it can be canceled. */
  get mayCancel(): boolean {
    return this.behaviour.mayCancel ?? true;
  }

  /** When it has ended. */
  get endsAt(): number {
    const { durationMs = 0, cancelMs = 0, class: kind } = this.behaviour;
    if (this.#canceledAt < Infinity) return this.#canceledAt + cancelMs;
    return kind === "token" ? Infinity : this.#createdAt + durationMs;
  }

  /** Cancels it. */
  cancel(nowMs: number): void {
    this.#canceledAt = nowMs;
  }

  /** When it changes next, be it by a tenth of its progress. */
  nextChangeAt(nowMs: number): number {
    const { durationMs = 0, staysCanceledMs = Infinity, progress } = this.behaviour;
    const tenth = durationMs / 10;
    const steps = progress === undefined || this.#canceledAt < Infinity || tenth <= 0
      ? Infinity
      : this.#createdAt + (Math.floor((nowMs - this.#createdAt) / tenth + 1e-9) + 1) * tenth;
    const turnsAt = this.#canceledAt < Infinity ? this.endsAt + staysCanceledMs : Infinity;
    const next = [steps, this.endsAt, turnsAt].filter((timeMs) => timeMs > nowMs);
    return Math.min(Infinity, ...next);
  }

  /** What the API shows. */
  stateAt(nowMs: number): LxdOperationState {
    const { metadata = null, end, err = "It failed" } = this.behaviour;
    const { status, why = "" } = this.#statusAt(nowMs);
    const isOver = status !== "Running" && status !== "Cancelling";
    return {
      id: this.id,
      class: this.behaviour.class ?? "task",
      description: this.#description,
      created_at: new Date(this.#createdAt).toISOString(),
      updated_at: new Date(Math.min(nowMs, Math.max(this.#createdAt, this.endsAt))).toISOString(),
      status,
      status_code: CODES[status],
      resources: null,
      metadata: isOver ? metadata : this.#progressAt(nowMs),
      may_cancel: !isOver && this.mayCancel,
      err: status === "Failure" && end === "fails" && why === "" ? err : why,
      location: this.location,
    };
  }

  #statusAt(nowMs: number): { status: LxdOperationState["status"]; why?: string } {
    const { end = "succeeds", staysCanceledMs = Infinity } = this.behaviour;
    if (this.#canceledAt < Infinity) {
      if (nowMs < this.endsAt) return { status: "Cancelling" };
      return nowMs < this.endsAt + staysCanceledMs
        ? { status: "Cancelled" }
        : { status: "Failure", why: "context canceled" };
    }
    if (nowMs < this.endsAt) return { status: "Running" };
    return { status: end === "fails" ? "Failure" : "Success" };
  }

  #progressAt(nowMs: number): Record<string, JsonValue> | null {
    const { progress, durationMs = 0 } = this.behaviour;
    if (progress === undefined) return null;
    const percent = Math.floor(100 * Math.min(1, (nowMs - this.#createdAt) / durationMs));
    return { [progress]: `${percent}% (1.00MB/s)` };
  }
}
