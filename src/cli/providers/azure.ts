/**
 * Azure on the command line.
 *
 * @module
 */
import { bearer } from "../../auth.ts";
import type { Operation } from "../../operation.ts";
import {
  type Algorithm,
  type AzureOptions,
  type FinalStateVia,
  type InitialReply,
  operation,
} from "../../providers/azure/mod.ts";
import { isSecretHeader } from "../../redact.ts";
import { parseDuration } from "../duration.ts";
import type { CliBuilding, CliProvider, CliValues } from "../provider.ts";
import { UsageError } from "../usage_error.ts";

/** At a terminal somebody is waiting, so more often than the library's own 30 s. */
const POLL_INTERVAL_MS = 2_000;

/** Azure on the command line. */
export const azureProvider: CliProvider = {
  name: "azure",
  origins: ["https://management.azure.com"],
  credentialsHelp:
    "AZURE_ACCESS_TOKEN in the environment, e.g. from `az account get-access-token " +
    '--query accessToken -o tsv`, --token-file FILE, or --credentials FILE with {"token": "..."}',
  operations: [{
    summary: "a long-running operation of Azure",
    argument: { name: "url", description: "the URL of the request that starts it" },
    example: "azure 'https://management.azure.com/subscriptions/SUB/resourceGroups/rg" +
      '?api-version=2024-03-01\' --method PUT --body \'{"location":"westeurope"}\'',
    options: [
      { flags: "--method <method>", description: "its HTTP method: PUT, PATCH, POST or DELETE" },
      { flags: "--body <json>", description: "its body: JSON, @file or -" },
      {
        flags: "--header <header>",
        description: "a header of every request, 'Name: value'; repeatable",
        isRepeatable: true,
      },
      {
        flags: "--final-state-via <where>",
        description: "where the result is: azure-async-operation, operation-location, location, " +
          "original-uri (default: by ARM's rules)",
      },
      {
        flags: "--algorithms <list>",
        description: "ways to poll in order of preference, e.g. location,body",
      },
      { flags: "--poll-interval <time>", description: "pause between polls (default 2s)" },
      {
        flags: "--not-found-grace <time>",
        description: "how long a 404 means not yet (default 10s)",
      },
      {
        flags: "--repeat-query <name>",
        description: "a query parameter that polling URLs get, e.g. api-version; repeatable",
        isRepeatable: true,
      },
      {
        flags: "--allowed-origin <origin>",
        description: "another origin on which polling URLs may be; repeatable",
        isRepeatable: true,
      },
      {
        flags: "--initial-reply <json>",
        description: "the reply, where somebody else has sent the request: " +
          '{"status", "headers", "body"} as JSON, @file or -',
      },
    ],
    build,
  }],
  authorize(credentials, options) {
    const { readToken } = credentials;
    if (readToken) return bearer(readToken, options);
    const token = credentials.find("token", "AZURE_ACCESS_TOKEN");
    return token === undefined ? undefined : bearer(token, options);
  },
};

async function build(values: CliValues, building: CliBuilding): Promise<Operation> {
  const { url, method, body, finalStateVia, algorithms } = values;
  const { pollInterval, notFoundGrace, initialReply } = values;
  if (method === undefined) throw new UsageError("Expected --method PUT, PATCH, POST or DELETE");
  const headers = readHeaders(building);
  const repeatQuery = building.all("repeatQuery");
  const allowedOrigins = building.all("allowedOrigin");
  const options: AzureOptions = {
    request: {
      method,
      url: url!,
      headers,
      ...(body !== undefined && { body: await building.readJson(body, "--body") }),
    },
    pollIntervalMs: pollInterval === undefined ? POLL_INTERVAL_MS : parseDuration(pollInterval),
    ...(finalStateVia !== undefined && { finalStateVia: finalStateVia as FinalStateVia }),
    ...(algorithms !== undefined && { algorithms: algorithms.split(",") as Algorithm[] }),
    ...(notFoundGrace !== undefined && { notFoundGraceMs: parseDuration(notFoundGrace) }),
    ...(repeatQuery.length > 0 && { repeatQuery }),
    ...(allowedOrigins.length > 0 && { allowedOrigins }),
    ...(initialReply !== undefined && {
      initialReply: await readReply(initialReply, building),
    }),
  };
  return operation(options);
}

async function readReply(text: string, building: CliBuilding): Promise<InitialReply> {
  return await building.readJsonObject(text, "--initial-reply") as unknown as InitialReply;
}

/** The headers of `--header`, with a warning about those that hold a credential. */
function readHeaders({ all, warn }: CliBuilding): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const text of all("header")) {
    const [, name, value] = /^([^\s:]+):\s*(.*?)\s*$/.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new UsageError("Cannot read --header: expected 'Name: value'");
    }
    headers[name] = value;
    if (!isSecretHeader(name)) continue;
    warn(
      `${name} on the command line can be seen by every process of this machine; ` +
        "give the token in AZURE_ACCESS_TOKEN or --token-file",
    );
  }
  return headers;
}
