/**
 * elastic.io on the command line.
 *
 * @module
 */
import { basic } from "../../auth/mod.ts";
import type { Operation } from "../../model/message.ts";
import { type Execution, execution, poll } from "../../providers/elasticio/mod.ts";
import type { CliBuilding, CliProvider, CliValues } from "../provider.ts";
import { UsageError } from "../usage_error.ts";

/** Options that stand for one field of the execution each. */
const FIELDS = {
  type: "execution_type",
  component: "component",
  actionOrTrigger: "action_or_trigger",
  accountId: "account_id",
  modelMethod: "model_method",
  cfg: "cfg",
  accountData: "account_data",
} as const;

/** elastic.io on the command line. */
export const elasticioProvider: CliProvider = {
  name: "elasticio",
  origins: ["https://api.elastic.io"],
  credentialsHelp:
    "ELASTICIO_USER (your email) and ELASTICIO_PASSWORD or ELASTICIO_API_KEY in the " +
    'environment, or --credentials FILE with {"user": "...", "password": "..."}',
  operations: [{
    summary: "a component execution of elastic.io",
    example: "elasticio --type get_meta_model --component 5405bdf4c5bd0f4e5d5d5d5d " +
      "--action-or-trigger put --account-id 540492e623773659c5000002",
    options: [
      {
        flags: "--base-url <url>",
        description: "the API's address (default https://api.elastic.io)",
      },
      {
        flags: "--type <type>",
        description: "get_meta_model, select_model or verify_credentials",
      },
      { flags: "--component <id>", description: "the component's id" },
      {
        flags: "--action-or-trigger <name>",
        description: "the action's or trigger's name",
      },
      { flags: "--account-id <id>", description: "the account's id" },
      {
        flags: "--model-method <name>",
        description: "the model's method (select_model)",
      },
      {
        flags: "--cfg <json>",
        description: "the component's configuration: JSON, @file or -",
      },
      {
        flags: "--account-data <json>",
        description: "credentials to verify (verify_credentials): @file or -",
      },
      {
        flags: "--execution <json>",
        description: "all of these at once: JSON, @file or -",
      },
      {
        flags: "--execution-id <id>",
        description: "wait for an execution that is already scheduled",
      },
    ],
    build,
  }],
  authorize(credentials, options) {
    const user = credentials.find("user", "ELASTICIO_USER");
    const password = credentials.find("password", "ELASTICIO_PASSWORD") ??
      credentials.find("apiKey", "ELASTICIO_API_KEY");
    if (user === undefined && password === undefined) return undefined;
    if (user === undefined || password === undefined) {
      const missing = user === undefined ? "user" : "password or API key";
      throw new UsageError(
        `Cannot log in to elastic.io: the ${missing} is missing; expected ${elasticioProvider.credentialsHelp}`,
      );
    }
    return basic(user, password, options);
  },
};

async function build(
  values: CliValues,
  building: CliBuilding,
): Promise<Operation> {
  const { baseUrl, execution: whole, executionId } = values;
  const common = baseUrl === undefined ? {} : { baseUrl };
  const given = Object.keys(FIELDS).filter((name) => values[name] !== undefined);
  const ways = [executionId, whole, given[0]].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    throw new UsageError(
      "Expected exactly one of --execution-id, --execution, or the execution's own options " +
        "(--type, --component, ...)",
    );
  }
  if (executionId !== undefined) return poll({ ...common, executionId });
  const fields = whole === undefined
    ? await readFields(values, given as (keyof typeof FIELDS)[], building)
    : await building.readJsonObject(whole, "--execution");
  if (
    isInline(values.accountData) ||
    (isInline(whole) && "account_data" in fields)
  ) {
    building.warn(
      "account data on the command line can be seen by every process of this machine; " +
        "give it as @file or -",
    );
  }
  return execution({ ...common, execution: fields as unknown as Execution });
}

async function readFields(
  values: CliValues,
  given: readonly (keyof typeof FIELDS)[],
  building: CliBuilding,
): Promise<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const name of given) {
    const value = values[name]!;
    fields[FIELDS[name]] = name === "cfg" || name === "accountData"
      ? await building.readJsonObject(
        value,
        name === "cfg" ? "--cfg" : "--account-data",
      )
      : value;
  }
  return fields;
}

function isInline(argument: string | undefined): boolean {
  return argument !== undefined && argument !== "-" &&
    !argument.startsWith("@");
}
