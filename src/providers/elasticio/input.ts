/**
 * What elastic.io operations are made of, and the check of it.
 *
 * @module
 */
import { checkJson } from "../../model/check_json.ts";
import {
  checkBaseUrl,
  checkHeaders,
  checkRecord,
  checkText,
  describe,
  isRecord,
} from "../../model/check_input.ts";

/** A component execution, in elastic.io's own field names. */
export interface Execution {
  /** What to execute. */
  readonly execution_type: "get_meta_model" | "select_model" | "verify_credentials";
  /** The component's id. */
  readonly component: string;
  /** The trigger's or action's name; not for `verify_credentials`. */
  readonly action_or_trigger?: string | undefined;
  /** The account's id; not for `verify_credentials`. */
  readonly account_id?: string | undefined;
  /** The credentials to verify; for `verify_credentials` only. Never written into a token. */
  readonly account_data?: object | undefined;
  /** The method of the model; for `select_model` only. */
  readonly model_method?: string | undefined;
  /** The component's configuration. */
  readonly cfg?: object | undefined;
}

/** What every elastic.io operation takes. */
export interface ElasticioCommonInput {
  /**
   * The API's address.
   *
   * @default {"https://api.elastic.io"}
   */
  readonly baseUrl?: string | undefined;
  /** Request headers, sent to the API's own origin only. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The input of `elasticio.execution`, complete. */
export interface ExecutionInput extends ElasticioCommonInput {
  /** The API's address. */
  readonly baseUrl: string;
  /** What to schedule. */
  readonly execution: Execution;
  /**
   * Only in tokens: `account_data` was left out, because it is secret. The
   * execution cannot be scheduled without it.
   */
  readonly accountDataLeftOut?: true;
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

const COMMON = ["baseUrl", "headers"];

/** Fields that hold objects; all others hold texts. */
const OBJECTS = ["account_data", "cfg"];

/**
 * Checks the input of `elasticio.execution`.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkExecutionInput(input: unknown): ExecutionInput {
  const doing = "make elasticio.execution";
  const { execution, ...common } = checkRecord(input, doing, "input", ["execution", ...COMMON]);
  const fields = checkRecord(execution, doing, "execution", KNOWN);
  const type = fields["execution_type"];
  if (typeof type !== "string" || !Object.hasOwn(NEEDED, type)) {
    throw new TypeError(
      `Cannot ${doing}: execution.execution_type must be ${Object.keys(NEEDED).join(", ")}, got ${
        typeof type === "string" ? JSON.stringify(type.slice(0, 40)) : describe(type)
      }`,
    );
  }
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (OBJECTS.includes(name)) {
      checkRecord(value, doing, `execution.${name}`);
      checkJson(value, doing, `execution.${name}`);
    } else checkText(value, doing, `execution.${name}`);
  }
  for (const name of NEEDED[type as Execution["execution_type"]]) {
    if (fields[name] === undefined) {
      throw new TypeError(`Cannot ${doing}: ${type} needs execution.${name}`);
    }
  }
  return { ...checkCommon(common, doing), execution: fields as unknown as Execution };
}

/**
 * Checks what a token holds of the input of `elasticio.execution`: the same, but
 * that `account_data` may have been left out.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkKeptExecutionInput(input: unknown): ExecutionInput {
  if (!isRecord(input) || input["accountDataLeftOut"] !== true) return checkExecutionInput(input);
  const { accountDataLeftOut, execution, ...rest } = input;
  const doing = "restore elasticio.execution";
  const fields = checkRecord(execution, doing, "execution", KNOWN);
  // Checked with something in its place, which goes no further.
  const whole = checkExecutionInput({ ...rest, execution: { ...fields, account_data: {} } });
  return { ...whole, execution: fields as unknown as Execution, accountDataLeftOut };
}

/**
 * Checks the input of `elasticio.poll`.
 *
 * @throws {TypeError} Naming the field.
 */
export function checkPollInput(input: unknown): PollInput {
  const doing = "make elasticio.poll";
  const { executionId, ...common } = checkRecord(input, doing, "input", ["executionId", ...COMMON]);
  return {
    ...checkCommon(common, doing),
    executionId: checkText(executionId, doing, "executionId"),
  };
}

function checkCommon(
  common: Readonly<Record<string, unknown>>,
  doing: string,
): ElasticioCommonInput & { baseUrl: string } {
  const { baseUrl = DEFAULT_BASE_URL, headers } = common;
  return {
    baseUrl: checkBaseUrl(baseUrl, doing),
    ...(headers !== undefined && { headers: checkHeaders(headers, doing) }),
  };
}
