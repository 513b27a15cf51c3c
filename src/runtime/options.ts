/**
 * What a runtime, a start and a restore take, and the check of it.
 *
 * @module
 */
import { SIGNAL } from "./handle/result_options.ts";
import type { Clock } from "../services.ts";
import { checkHeaders } from "../model/check_input.ts";
import {
  checkOptions,
  DURATION,
  FUNCTION,
  having,
  oneOf,
  type OptionRule,
  type OptionRules,
  POSITIVE_INTEGER,
} from "../model/check_options.ts";
import { checkRetryPolicy } from "./http/retry.ts";
import type { RetryPolicy } from "../model/retry.ts";
import type { Schedule } from "../model/schedule.ts";
import type { InspectionObserver } from "../xstate/mod.ts";
import type { OperationStore } from "../model/store.ts";
import type { RefreshableFetch } from "../model/fetch.ts";

/** Options for {@linkcode createRuntime}. */
export interface RuntimeOptions {
  /**
   * Sends one HTTP request; authentication and signing are wrappers around it.
   *
   * @default {globalThis.fetch}
   */
  readonly fetch?: RefreshableFetch | undefined;
  /** Time: an XState `Clock` plus `now()`. The machine's own where it is not given. */
  readonly clock?: Clock | undefined;
  /**
   * A number in `[0, 1)`, for jitter.
   *
   * @default {Math.random}
   */
  readonly random?: (() => number) | undefined;
  /** How to retry after a transient fault, on top of the provider's own defaults; `false` for one attempt. */
  readonly retry?: RetryPolicy | false | undefined;
  /**
   * Requests under way at once.
   *
   * @default {128}
   */
  readonly maxConcurrentRequests?: number | undefined;
  /**
   * Requests under way at once to one origin.
   *
   * @default {32}
   */
  readonly maxConcurrentRequestsPerOrigin?: number | undefined;
  /**
   * Longest time for one attempt, headers and body, in milliseconds.
   *
   * @default {30000}
   */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * Largest reply body, decoded, in bytes.
   *
   * @default {16777216}
   */
  readonly maxReplyBytes?: number | undefined;
  /** XState's own `inspect`: every operation also runs as a real XState actor, and this sees it. */
  readonly inspect?: InspectionObserver | undefined;
  /**
   * Run every operation as a real XState actor too, although nobody inspects it.
   *
   * @default {false}
   */
  readonly actor?: boolean | undefined;
  /** Durable waiting: every operation's token is kept here. */
  readonly store?: OperationStore | undefined;
  /**
   * Longest time for one write to the store, in milliseconds; `Infinity` for
   * none. A write that takes longer is reported: a start is not sent then, and an
   * end is told all the same. Neither a deadline nor `dispose` waits so long.
   *
   * @default {10000}
   */
  readonly storeTimeoutMs?: number | undefined;
  /**
   * Whether the store forgets an operation as soon as its end was told. What can
   * be taken up again stays, and so does what nobody was told of. Where it is
   * `false`, ended tokens stay until you call `store.remove(id)`.
   *
   * @default {false}
   */
  readonly removeEnded?: boolean | undefined;
  /**
   * Told of errors that belong to no operation, such as those that a subscriber
   * throws.
   *
   * @default {console.error}
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Options for {@linkcode Runtime.start}. */
export interface StartOptions {
  /** The operation's id; one is made up where it is not given. */
  readonly id?: string | undefined;
  /** Longest wait in all, in milliseconds; `Infinity` for none. The kind's own where it is not given. */
  readonly deadlineMs?: number | undefined;
  /**
   * When the wait ends at the latest, in milliseconds since the epoch, instead of
   * `deadlineMs`: for one deadline over several steps. A time that has passed
   * times out at once, with nothing sent.
   */
  readonly deadlineAt?: number | undefined;
  /** Stops the waiting when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether the provider is asked to cancel when the deadline passes.
   *
   * @default {"leave"}
   */
  readonly onDeadline?: "leave" | "cancel" | undefined;
  /**
   * Whether the provider is asked to cancel when a signal stops the waiting.
   *
   * @default {"leave"}
   */
  readonly onAbort?: "leave" | "cancel" | undefined;
  /** When to poll. The kind's own where it is not given. */
  readonly schedule?: Schedule | undefined;
}

/** Options for {@linkcode Runtime.restore}. */
export interface RestoreOptions extends Omit<StartOptions, "id"> {
  /** Request headers, e.g. those that the token left out because they may be secret. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Origins to which requests of this operation may go, redirects too, e.g.
   * `["https://management.azure.com"]`; any where it is not given. Give them
   * wherever a token may come from somebody else: it says where requests go, with
   * the credentials of this process. `headers` go nowhere else either.
   */
  readonly allowedOrigins?: readonly string[] | undefined;
}

const POSITIVE_DURATION: OptionRule = {
  isValid: (value) => typeof value === "number" && value > 0,
  expected: "milliseconds, more than 0",
  isNumber: true,
};

const BOOLEAN: OptionRule = {
  isValid: (value) => typeof value === "boolean",
  expected: "true or false",
};

const RUNTIME_RULES: OptionRules = {
  fetch: FUNCTION,
  clock: having("now", "setTimeout", "clearTimeout"),
  random: FUNCTION,
  retry: { isValid: () => true, expected: "an object or false" }, // checked on its own
  maxConcurrentRequests: POSITIVE_INTEGER,
  maxConcurrentRequestsPerOrigin: POSITIVE_INTEGER,
  requestTimeoutMs: POSITIVE_DURATION,
  maxReplyBytes: POSITIVE_INTEGER,
  inspect: {
    isValid: (value) => typeof value === "function" || having("next").isValid(value),
    expected: "an observer",
  },
  actor: BOOLEAN,
  store: having("save", "load", "list", "remove"),
  storeTimeoutMs: POSITIVE_DURATION,
  removeEnded: BOOLEAN,
  onError: FUNCTION,
};

const RESTORE_RULES: OptionRules = {
  deadlineMs: DURATION,
  deadlineAt: {
    isValid: (value) => typeof value === "number" && !Number.isNaN(value),
    expected: "a time in milliseconds since the epoch",
    isNumber: true,
  },
  signal: SIGNAL,
  onDeadline: oneOf("leave", "cancel"),
  onAbort: oneOf("leave", "cancel"),
  schedule: {
    // Its fields are checked on their own.
    isValid: (value) => typeof value === "object" && value !== null,
    expected: "fixed(...) or exponential(...)",
  },
  headers: {
    isValid: (value) =>
      typeof value === "object" && value !== null &&
      Object.values(value).every((text) => typeof text === "string"),
    expected: "an object of header names and values",
  },
  allowedOrigins: {
    isValid: (value) => Array.isArray(value) && value.length > 0 && value.every(isOrigin),
    expected: 'a list of origins such as "https://api.example.com", without a wildcard',
  },
};

function isOrigin(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value) && !value.includes("*") &&
    /^https?:$/.test(new URL(value).protocol) &&
    new URL(value).href === `${new URL(value).origin}/`;
}

const { headers: _headers, allowedOrigins: _origins, ...SHARED_RULES } = RESTORE_RULES;
const START_RULES: OptionRules = {
  id: { isValid: (value) => typeof value === "string" && value !== "", expected: "a text" },
  ...SHARED_RULES,
};

/** Names of the options that belong to a runtime; all others belong to a start. */
export function isRuntimeOption(name: string): boolean {
  return Object.hasOwn(RUNTIME_RULES, name);
}

/**
 * Checks the options of a runtime.
 *
 * @throws {TypeError} If one is unknown or of the wrong type.
 * @throws {RangeError} If a number is out of bounds.
 */
export function checkRuntimeOptions(options: RuntimeOptions): void {
  checkOptions(options, RUNTIME_RULES, "create runtime");
  checkRetryPolicy(options.retry);
}

/**
 * Checks the options of a start.
 *
 * @throws {TypeError} If one is unknown or of the wrong type.
 * @throws {RangeError} If a number is out of bounds.
 */
export function checkStartOptions(options: StartOptions): void {
  checkOptions(options, START_RULES, "start operation");
  checkDeadline(options, "start operation");
}

function checkDeadline({ deadlineMs, deadlineAt }: RestoreOptions, doing: string): void {
  if (deadlineMs === undefined || deadlineAt === undefined) return;
  throw new TypeError(`Cannot ${doing}: expected deadlineMs or deadlineAt, got both`);
}

/**
 * Checks the options of a restore.
 *
 * @throws {TypeError} If one is unknown or of the wrong type.
 * @throws {RangeError} If a number is out of bounds.
 */
export function checkRestoreOptions(options: RestoreOptions): void {
  checkOptions(options, RESTORE_RULES, "restore operation");
  checkDeadline(options, "restore operation");
  if (options.headers) checkHeaders(options.headers, "restore operation");
}
