/**
 * Schedules: when the next poll is due. Plain data, so that they can be written
 * into a token. A server's `Retry-After` is always a lower bound on top.
 *
 * @module
 */
import { checkRecord } from "./check_input.ts";

/** The same pause every time. */
export interface FixedSchedule {
  /** Which schedule this is. */
  readonly kind: "fixed";
  /** Pause between polls, in milliseconds. */
  readonly intervalMs: number;
}

/** Pauses that grow up to a cap. */
export interface ExponentialSchedule {
  /** Which schedule this is. */
  readonly kind: "exponential";
  /** The first pause, in milliseconds. */
  readonly initialMs: number;
  /** Each pause is this many times the one before. */
  readonly factor: number;
  /** The longest pause, in milliseconds. */
  readonly maxMs: number;
  /** The share of a pause, 0 to 1, that chance may take away; 0 for none. */
  readonly jitter: number;
}

/** Decides when the next poll is due. */
export type Schedule = FixedSchedule | ExponentialSchedule;

/**
 * Polls at a fixed interval.
 *
 * @param intervalMs Pause between polls, in milliseconds.
 * @throws {RangeError} If it is not a positive, finite number.
 */
export function fixed(intervalMs: number): FixedSchedule {
  if (lastFixed?.intervalMs !== intervalMs) lastFixed = make({ kind: "fixed", intervalMs });
  return lastFixed;
}

/** Options for {@linkcode exponential}. */
export interface ExponentialOptions {
  /**
   * The first pause, in milliseconds.
   *
   * @default {1000}
   */
  readonly initialMs?: number | undefined;
  /**
   * Each pause is this many times the one before.
   *
   * @default {2}
   */
  readonly factor?: number | undefined;
  /**
   * The longest pause, in milliseconds.
   *
   * @default {30000}
   */
  readonly maxMs?: number | undefined;
  /**
   * The share of a pause, 0 to 1, that chance may take away.
   *
   * @default {0}
   */
  readonly jitter?: number | undefined;
}

/**
 * Polls at growing intervals, up to a cap.
 *
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If a number makes no sense.
 */
export function exponential(options: ExponentialOptions = {}): ExponentialSchedule {
  checkRecord(options, "make schedule", "options", EXPONENTIAL_OPTIONS);
  const { initialMs = 1_000, factor = 2, maxMs = 30_000, jitter = 0 } = options;
  const last = lastExponential;
  const isSame = last?.initialMs === initialMs && last.factor === factor &&
    last.maxMs === maxMs && last.jitter === jitter;
  if (isSame) return last;
  return lastExponential = make({ kind: "exponential", initialMs, factor, maxMs, jitter });
}

/** A schedule may be taken for the options of another, so it may say its kind. */
const EXPONENTIAL_OPTIONS = ["initialMs", "factor", "maxMs", "jitter", "kind"];

// Kinds make a schedule for each operation, mostly the same as before; operations that have one
// in common share all that depends on it.
let lastFixed: FixedSchedule | undefined;
let lastExponential: ExponentialSchedule | undefined;

/** Schedules that were checked when they were made, and cannot be changed. */
const made = new WeakSet<Schedule>();

function make<Kind extends Schedule>(schedule: Kind): Kind {
  checkSchedule(schedule);
  Object.freeze(schedule);
  made.add(schedule);
  return schedule;
}

/**
 * The pause before a poll.
 *
 * @param schedule When to poll.
 * @param index How many pauses there were already.
 * @param random A number in `[0, 1)`, asked for only if the schedule has jitter.
 * @returns Milliseconds.
 */
export function pauseMs(
  schedule: Schedule,
  index: number,
  random: () => number,
): number {
  if (schedule.kind === "fixed") return schedule.intervalMs;
  const { initialMs, factor, maxMs, jitter } = schedule;
  const pause = Math.min(maxMs, initialMs * factor ** index);
  return jitter === 0 ? pause : pause * (1 - jitter * random());
}

/** Options for {@linkcode plan}. */
export interface PlanOptions {
  /** Stop at this time, in milliseconds from the start. */
  readonly deadlineMs: number;
  /**
   * When the first poll is due, in milliseconds from the start; one pause where it is not given.
   */
  readonly firstPollMs?: number | undefined;
  /**
   * A number in `[0, 1)` for jitter.
   *
   * @default {() => 0}
   */
  readonly random?: (() => number) | undefined;
}

/**
 * The times at which an operation that never ends would be polled, without
 * running anything.
 *
 * @example Usage
 * ```ts
 * import { exponential, plan } from "@lro/machines";
 * import { assertEquals } from "@std/assert";
 *
 * const schedule = exponential({ initialMs: 1_000, factor: 2, maxMs: 4_000 });
 * assertEquals(plan(schedule, { deadlineMs: 12_000 }), [1_000, 3_000, 7_000, 11_000]);
 * ```
 *
 * @returns Milliseconds from the start, ascending, all before the deadline.
 * @throws {RangeError} If the deadline is not a positive, finite number, or the plan has more than a million polls.
 */
export function plan(schedule: Schedule, options: PlanOptions): number[] {
  const { deadlineMs, firstPollMs, random = () => 0 } = options;
  checkSchedule(schedule);
  if (!(deadlineMs > 0 && deadlineMs < Infinity)) {
    throw new RangeError(
      `Cannot plan polls: deadlineMs must be positive and finite, got ${deadlineMs}`,
    );
  }
  const times: number[] = [];
  let pauses = 0;
  let timeMs = firstPollMs ?? pauseMs(schedule, pauses++, random);
  while (timeMs < deadlineMs) {
    times.push(timeMs);
    if (times.length > 1_000_000) {
      throw new RangeError("Cannot plan polls: more than a million before the deadline");
    }
    timeMs += pauseMs(schedule, pauses++, random);
  }
  return times;
}

/**
 * Checks a schedule that comes from a caller or a token.
 *
 * @throws {TypeError} If it is not a schedule.
 * @throws {RangeError} If a number in it makes no sense.
 */
export function checkSchedule(schedule: unknown): Schedule {
  if (made.has(schedule as Schedule)) return schedule as Schedule;
  const { kind, ...numbers } = (schedule ?? {}) as Schedule;
  const rules: Record<string, (value: number) => boolean> | undefined = kind === "fixed"
    ? { intervalMs: isPause }
    : kind === "exponential"
    ? {
      initialMs: isPause,
      factor: (value) => value >= 1 && value < Infinity,
      maxMs: isPause,
      jitter: (value) => value >= 0 && value <= 1,
    }
    : undefined;
  if (rules === undefined) {
    throw new TypeError(
      `Cannot read schedule: expected fixed(...) or exponential(...), got ${
        JSON.stringify(schedule)
      }`,
    );
  }
  for (const [name, isValid] of Object.entries(rules)) {
    const value = (numbers as Record<string, unknown>)[name];
    if (typeof value !== "number" || !isValid(value)) {
      throw new RangeError(`Cannot read schedule: ${name} is out of range: ${String(value)}`);
    }
  }
  return schedule as Schedule;
}

function isPause(value: number): boolean {
  return value > 0 && value < Infinity;
}
