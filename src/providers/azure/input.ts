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
  isRecord,
  refuse,
} from "../../model/check_input.ts";
import type { Call, Given } from "../../model/message.ts";
import { pollingUrl } from "./polling_url.ts";
import { checkStatusWords, type StatusWords } from "./status_words.ts";

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
  /**
   * The request that starts the operation: PUT, PATCH, POST or DELETE. Sent by us,
   * unless `initialReply` or `monitor` is given. A GET starts nothing: it asks how
   * an operation goes that runs already, at its monitor, its `Location` or its
   * resource, and goes on from there.
   */
  readonly request: Call;
  /** The answer to `request`, when somebody else, e.g. an SDK, has sent it. */
  readonly initialReply?: InitialReply | undefined;
  /**
   * The URL of the monitor of an operation that runs already. Then `request` is
   * not sent: it only tells where the result is, and whose origin is home.
   */
  readonly monitor?: string | undefined;
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
   * How long a 404 means "not yet", in milliseconds from the first poll that was
   * answered: ARM is eventually consistent. The first 404 is always asked again.
   *
   * @default {10000}
   */
  readonly notFoundGraceMs?: number | undefined;
  /**
   * Query parameters of the first URL that polling URLs get where they lack them:
   * ARM refuses every URL without a version. A URL that is signed is left as it is.
   *
   * @default {["api-version"]}
   */
  readonly repeatQuery?: readonly string[] | undefined;
  /** Status words of the service's own, in any case, besides those that are known anyway or instead of them. */
  readonly statusWords?: StatusWords | undefined;
  /**
   * Whether every URL that a reply names is asked at the origin of `request`, with
   * its own path and query: behind an API gateway, or a proxy that adds TLS.
   * Contradicts `allowedOrigins`, for then no other origin is asked.
   *
   * @default {false}
   */
  readonly pollAtRequestOrigin?: boolean | undefined;
  /**
   * What results are. With `json` a text, such as the page of a gateway, is never a
   * result; with `text` it is one as it came.
   *
   * @default {"json"}
   */
  readonly resultType?: "json" | "text" | undefined;
  /** Origins, besides that of `request`, on which polling URLs may be. They get no credentials of `headers`. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Request headers for every call to the origin of `request`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What `azure.operation` takes to join an operation whose start nobody knows any more. */
export interface AzureMonitorOptions extends Omit<AzureOptions, "request" | "initialReply"> {
  /** The URL of the operation's monitor. */
  readonly monitor: string;
  /** The request that started it, where it is known: a PUT or PATCH ends with a GET on its URL. */
  readonly request?: Call | undefined;
}

/** The input of `azure.operation`, complete. */
export type AzureInput =
  & AzureOptions
  & Given<AzureOptions, "algorithms" | "pollIntervalMs" | "notFoundGraceMs" | "repeatQuery">;

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

const METHODS = ["PUT", "PATCH", "POST", "DELETE", "GET"] as const;

const RESULT_TYPES = ["json", "text"] as const;

const FIELDS = [
  "request",
  "initialReply",
  "monitor",
  "finalStateVia",
  "algorithms",
  "pathFormatArguments",
  "pollIntervalMs",
  "notFoundGraceMs",
  "repeatQuery",
  "statusWords",
  "pollAtRequestOrigin",
  "resultType",
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
  const { monitor, initialReply, finalStateVia, algorithms, pathFormatArguments } = input;
  const { repeatQuery, statusWords, allowedOrigins, pollAtRequestOrigin, headers } = input;
  if (monitor !== undefined && initialReply !== undefined) {
    contradict(doing, "monitor joins what runs", "initialReply is how it began");
  }
  if (pollAtRequestOrigin && allowedOrigins !== undefined) {
    contradict(doing, "pollAtRequestOrigin asks one origin", "allowedOrigins permits others");
  }
  const checked: AzureInput = {
    request: checkRequest(input, doing),
    ...(monitor !== undefined && { monitor: checkUrl(monitor, doing, "monitor") }),
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
    repeatQuery: listOf(repeatQuery ?? ["api-version"], doing, "repeatQuery").map((name) =>
      checkText(name, doing, "repeatQuery")
    ),
    ...(statusWords !== undefined && { statusWords: checkStatusWords(statusWords, doing) }),
    ...(pollAtRequestOrigin !== undefined && {
      pollAtRequestOrigin: typeof pollAtRequestOrigin === "boolean"
        ? pollAtRequestOrigin
        : refuse(doing, "pollAtRequestOrigin", "true or false", pollAtRequestOrigin),
    }),
    ...(input.resultType !== undefined && {
      resultType: oneOf(input.resultType, RESULT_TYPES, doing, "resultType"),
    }),
    ...(allowedOrigins !== undefined && {
      allowedOrigins: listOf(allowedOrigins, doing, "allowedOrigins").map((origin) =>
        new URL(checkUrl(origin, doing, "allowedOrigins")).origin
      ),
    }),
    ...(headers !== undefined && { headers: checkHeaders(headers, doing) }),
  };
  return checked.monitor === undefined ? checked : placeMonitor(checked, checked.monitor, doing);
}

/** The request, or what stands for it where only the monitor is known. */
function checkRequest({ request, monitor }: Partial<AzureOptions>, doing: string): Call {
  if (request === undefined && monitor !== undefined) {
    return { method: "GET", url: checkUrl(monitor, doing, "monitor") };
  }
  const method = isRecord(request) ? request["method"] : undefined;
  if (typeof method === "string") oneOf(method.toUpperCase(), METHODS, doing, "request.method");
  return checkCall(request, doing, "request");
}

/** Where the monitor is asked; what a reply may not name, the caller may not either. */
function placeMonitor(input: AzureInput, monitor: string, doing: string): AzureInput {
  const { repeatQuery: _, ...rest } = input;
  const found = pollingUrl(monitor, { ...rest, repeatQuery: [] }); // it is taken as it is given
  if ("url" in found) return { ...input, monitor: found.url };
  throw new TypeError(`Cannot ${doing}: monitor cannot be asked: ${found.problem}`);
}

function contradict(doing: string, one: string, other: string): never {
  throw new TypeError(`Cannot ${doing}: ${one} and ${other}, expected one of them`);
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
