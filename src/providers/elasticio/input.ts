/**
 * What elastic.io operations are made of, and the check of it.
 *
 * @module
 */
import type { JsonValue } from "../../operation.ts";

/** A component execution, in elastic.io's own field names. */
export interface Execution {
  /** What to execute. */
  readonly execution_type: "get_meta_model" | "select_model" | "verify_credentials";
  /** The component's id. */
  readonly component: string;
  /** The trigger's or action's name; not for `verify_credentials`. */
  readonly action_or_trigger?: string;
  /** The account's id; not for `verify_credentials`. */
  readonly account_id?: string;
  /** The credentials to verify; for `verify_credentials` only. Never written into a token. */
  readonly account_data?: { readonly [key: string]: JsonValue | undefined };
  /** The method of the model; for `select_model` only. */
  readonly model_method?: string;
  /** The component's configuration. */
  readonly cfg?: { readonly [key: string]: JsonValue | undefined };
}

/** What every elastic.io operation takes. */
export interface ElasticioCommonInput {
  /**
   * The API's address.
   *
   * @default {"https://api.elastic.io"}
   */
  readonly baseUrl?: string;
  /** Request headers, sent to the API's own origin only. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The input of `elasticio.execution`, complete. */
export interface ExecutionInput extends ElasticioCommonInput {
  /** The API's address. */
  readonly baseUrl: string;
  /** What to schedule. */
  readonly execution: Execution;
}

/** The input of `elasticio.poll`, complete. */
export interface PollInput extends ElasticioCommonInput {
  /** The API's address. */
  readonly baseUrl: string;
  /** Which execution to wait for. */
  readonly executionId: string;
}

/** Either input. */
export type ElasticioInput = ExecutionInput | PollInput;

const DEFAULT_BASE_URL = "https://api.elastic.io";

/** Fields that each type of execution cannot do without. */
const NEEDED: Readonly<Record<Execution["execution_type"], readonly string[]>> = {
  get_meta_model: ["component", "action_or_trigger", "account_id"],
  select_model: ["component", "action_or_trigger", "account_id", "model_method"],
  verify_credentials: ["component", "account_data"],
};

const KNOWN = [
  "execution_type",
  "component",
  "action_or_trigger",
  "account_id",
  "account_data",
  "model_method",
  "cfg",
];

/** Fields that hold objects; all others hold texts. */
const OBJECTS = ["account_data", "cfg"];

/**
 * Checks the input of `elasticio.execution`.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkExecutionInput(input: unknown): ExecutionInput {
  const doing = "make elasticio.execution";
  const { execution, ...common } = asRecord(input, doing, "its input");
  const fields = asRecord(execution, doing, "execution");
  const type = fields["execution_type"];
  if (typeof type !== "string" || !Object.hasOwn(NEEDED, type)) {
    throw new TypeError(
      `Cannot ${doing}: execution.execution_type must be ${
        Object.keys(NEEDED).join(", ")
      }, got ${show(type)}`,
    );
  }
  for (const [name, value] of Object.entries(fields)) {
    if (!KNOWN.includes(name)) {
      throw new TypeError(
        `Cannot ${doing}: unknown field execution.${name}, expected ${KNOWN.join(", ")}`,
      );
    }
    const isFit = value === undefined ||
      (OBJECTS.includes(name) ? isRecord(value) : typeof value === "string" && value !== "");
    if (!isFit) {
      throw new TypeError(
        `Cannot ${doing}: execution.${name} must be ${
          OBJECTS.includes(name) ? "an object" : "a text"
        }, got ${show(value)}`,
      );
    }
  }
  for (const name of NEEDED[type as Execution["execution_type"]]) {
    if (fields[name] === undefined) {
      throw new TypeError(`Cannot ${doing}: ${type} needs execution.${name}`);
    }
  }
  return { ...checkCommon(common, doing), execution: fields as unknown as Execution };
}

/**
 * Checks the input of `elasticio.poll`.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkPollInput(input: unknown): PollInput {
  const doing = "make elasticio.poll";
  const { executionId, ...common } = asRecord(input, doing, "its input");
  if (typeof executionId !== "string" || executionId === "") {
    throw new TypeError(`Cannot ${doing}: executionId must be a text, got ${show(executionId)}`);
  }
  return { ...checkCommon(common, doing), executionId };
}

function checkCommon(
  common: Readonly<Record<string, unknown>>,
  doing: string,
): ElasticioCommonInput & { baseUrl: string } {
  const { baseUrl = DEFAULT_BASE_URL, headers, ...unknown } = common;
  for (const name of Object.keys(unknown)) {
    throw new TypeError(`Cannot ${doing}: unknown field ${name}`);
  }
  return {
    baseUrl: checkBaseUrl(baseUrl, doing),
    ...(headers !== undefined && { headers: checkHeaders(headers, doing) }),
  };
}

function checkBaseUrl(baseUrl: unknown, doing: string): string {
  const url = typeof baseUrl === "string" && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`Cannot ${doing}: baseUrl must be an http URL, got ${show(baseUrl)}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(
      `Cannot ${doing}: baseUrl must not hold credentials; wrap fetch with basic() instead`,
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

function checkHeaders(headers: unknown, doing: string): Record<string, string> {
  const fields = asRecord(headers, doing, "headers");
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== "string") {
      throw new TypeError(`Cannot ${doing}: headers.${name} must be a text, got ${typeof value}`);
    }
  }
  return fields as Record<string, string>;
}

function asRecord(value: unknown, doing: string, what: string): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new TypeError(`Cannot ${doing}: ${what} must be an object, got ${show(value)}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}
