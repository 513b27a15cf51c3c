/**
 * What Azure operations are made of, and the check of it.
 *
 * @module
 */
import {
  checkCall,
  checkHeaders,
  checkMs,
  checkRecord,
  checkText,
  checkUrl,
  describe,
  refuse,
} from "../../check_input.ts";
import type { Call, Given } from "../../operation.ts";

/** A way to learn how an operation goes. */
export type Algorithm =
  | "operation-location"
  | "azure-async-operation"
  | "location"
  | "body"
  | "status";

/** Where the result is, as `x-ms-long-running-operation-options` of the API's description has it. */
export type FinalStateVia =
  | "azure-async-operation"
  | "operation-location"
  | "location"
  | "original-uri";

/** The answer to the first request, when somebody else has sent it. */
export interface InitialReply {
  /** HTTP status. */
  readonly status: number;
  /** Response headers, names in any case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON body. */
  readonly body?: unknown | undefined;
}

/** What `azure.operation` takes. */
export interface AzureOptions {
  /** The request that starts the operation; sent by us, unless `initialReply` is given. */
  readonly request: Call;
  /** The answer to `request`, when somebody else, e.g. an SDK, has sent it. */
  readonly initialReply?: InitialReply | undefined;
  /** Where the result is. By the rules of ARM where it is not given. */
  readonly finalStateVia?: FinalStateVia | undefined;
  /**
   * The ways to be tried, in order; the first that the first reply allows is taken.
   *
   * @default {["operation-location", "azure-async-operation", "location", "body", "status"]}
   */
  readonly algorithms?: readonly Algorithm[] | undefined;
  /** Values for `{name}` in polling URLs, put in as they are. */
  readonly pathFormatArguments?: Readonly<Record<string, string>> | undefined;
  /**
   * Pause between polls, in milliseconds; `Retry-After` is a lower bound.
   *
   * @default {30000}
   */
  readonly pollIntervalMs?: number | undefined;
  /**
   * How long after acceptance a 404 means "not yet", in milliseconds: ARM is
   * eventually consistent.
   *
   * @default {10000}
   */
  readonly notFoundGraceMs?: number | undefined;
  /** Query parameters of the first URL that polling URLs get where they lack them, e.g. `["api-version"]`. */
  readonly repeatQuery?: readonly string[] | undefined;
  /** Origins, besides that of `request`, on which polling URLs may be. They get no credentials of `headers`. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Request headers for every call to the origin of `request`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The input of `azure.operation`, complete. */
export type AzureInput =
  & AzureOptions
  & Given<AzureOptions, "algorithms" | "pollIntervalMs" | "notFoundGraceMs">;

/** The response headers that name a monitor, by algorithm. */
export const MONITOR_HEADERS = {
  "operation-location": "operation-location",
  "azure-async-operation": "azure-asyncoperation",
} as const;

const ALGORITHMS: readonly Algorithm[] = [
  "operation-location",
  "azure-async-operation",
  "location",
  "body",
  "status",
];

const FINAL_STATES: readonly FinalStateVia[] = [
  "azure-async-operation",
  "operation-location",
  "location",
  "original-uri",
];

const FIELDS = [
  "request",
  "initialReply",
  "finalStateVia",
  "algorithms",
  "pathFormatArguments",
  "pollIntervalMs",
  "notFoundGraceMs",
  "repeatQuery",
  "allowedOrigins",
  "headers",
];

/**
 * Checks the input of `azure.operation`.
 *
 * @throws {TypeError} Naming the field.
 * @throws {RangeError} If a number is out of bounds.
 */
export function checkAzureInput(value: unknown): AzureInput {
  const doing = "make azure.operation";
  const input = checkRecord(value, doing, "input", FIELDS) as Partial<AzureOptions>;
  const { initialReply, finalStateVia, algorithms, pathFormatArguments } = input;
  const { repeatQuery, allowedOrigins, headers } = input;
  return {
    request: checkCall(input.request, doing, "request"),
    ...(initialReply !== undefined && { initialReply: checkReply(initialReply, doing) }),
    ...(finalStateVia !== undefined && {
      finalStateVia: oneOf(finalStateVia, FINAL_STATES, doing, "finalStateVia"),
    }),
    algorithms: checkAlgorithms(algorithms ?? ALGORITHMS, doing),
    ...(pathFormatArguments !== undefined && {
      pathFormatArguments: checkTexts(pathFormatArguments, doing, "pathFormatArguments"),
    }),
    pollIntervalMs: checkInterval(input.pollIntervalMs ?? 30_000, doing),
    notFoundGraceMs: checkMs(input.notFoundGraceMs ?? 10_000, doing, "notFoundGraceMs"),
    ...(repeatQuery !== undefined && {
      repeatQuery: listOf(repeatQuery, doing, "repeatQuery").map((name) =>
        checkText(name, doing, "repeatQuery")
      ),
    }),
    ...(allowedOrigins !== undefined && {
      allowedOrigins: listOf(allowedOrigins, doing, "allowedOrigins").map((origin) =>
        new URL(checkUrl(origin, doing, "allowedOrigins")).origin
      ),
    }),
    ...(headers !== undefined && { headers: checkHeaders(headers, doing) }),
  };
}

function checkAlgorithms(value: unknown, doing: string): readonly Algorithm[] {
  const names = listOf(value, doing, "algorithms");
  if (names.length === 0) {
    throw new RangeError(`Cannot ${doing}: algorithms must name at least one`);
  }
  return names.map((name) => oneOf(name, ALGORITHMS, doing, "algorithms"));
}

function checkReply(value: unknown, doing: string): InitialReply {
  const reply = checkRecord(value, doing, "initialReply", ["status", "headers", "body"]);
  const { status, headers = {}, body } = reply;
  if (!Number.isInteger(status) || Number(status) < 100 || Number(status) > 599) {
    refuse(doing, "initialReply.status", "an HTTP status", status);
  }
  const lowerCase = Object.entries(checkHeaders(headers, doing, "initialReply.headers"))
    .map(([name, text]) => [name.toLowerCase(), text]);
  return { status: Number(status), headers: Object.fromEntries(lowerCase), body };
}

function checkTexts(
  value: unknown,
  doing: string,
  field: string,
): Readonly<Record<string, string>> {
  const texts = checkRecord(value, doing, field);
  for (const [name, text] of Object.entries(texts)) checkText(text, doing, `${field}.${name}`);
  return texts as Readonly<Record<string, string>>;
}

function checkInterval(value: unknown, doing: string): number {
  const ms = checkMs(value, doing, "pollIntervalMs");
  if (ms > 0) return ms;
  throw new RangeError(`Cannot ${doing}: pollIntervalMs must be more than 0`);
}

function listOf(value: unknown, doing: string, field: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(doing, field, "a list", value);
}

function oneOf<T extends string>(
  value: unknown,
  known: readonly T[],
  doing: string,
  field: string,
): T {
  const found = known.find((name) => name === value);
  if (found !== undefined) return found;
  throw new TypeError(
    `Cannot ${doing}: ${field} must be ${known.join(", ")}, got ${
      typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : describe(value)
    }`,
  );
}
