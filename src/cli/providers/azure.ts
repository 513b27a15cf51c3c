/**
 * Azure on the command line.
 *
 * @module
 */
import { bearer } from "../../auth/mod.ts";
import type { Operation } from "../../model/message.ts";
import {
  type Algorithm,
  type AzureMonitorOptions,
  type AzureOptions,
  type FinalStateVia,
  type InitialReply,
  operation,
  type StatusWords,
} from "../../providers/azure/mod.ts";
import { isSecretHeader } from "../../model/redact.ts";
import { parseDuration } from "../text/duration.ts";
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
    argument: {
      name: "url",
      description: "the URL of the request that starts it; not needed with --monitor",
      isOptional: true,
    },
    example: "azure 'https://management.azure.com/subscriptions/SUB/resourceGroups/rg" +
      '?api-version=2024-03-01\' --method PUT --body \'{"location":"westeurope"}\'',
    options: [
      {
        flags: "--method <method>",
        description: "its HTTP method: PUT, PATCH, POST or DELETE; GET joins what runs already",
      },
      {
        flags: "--monitor <url>",
        description: "joins an operation by the URL of its monitor; the request is not sent, and " +
          "only tells where the result is",
      },
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
        description: "a query parameter that polling URLs get where they lack it; repeatable " +
          "(default api-version)",
        isRepeatable: true,
      },
      {
        flags: "--status-word <word>",
        description: "what a status word of the service's own means, e.g. succeeded=Ready: " +
          "succeeded, failed, canceled or running; repeatable",
        isRepeatable: true,
      },
      {
        flags: "--poll-at-request-origin",
        description: "ask every polling URL at the request's own origin: behind a gateway",
      },
      {
        flags: "--result-type <type>",
        description: "what results are: json, or text as it comes (default json)",
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
  const { monitor, finalStateVia, algorithms, resultType } = values;
  const { pollInterval, notFoundGrace, initialReply, pollAtRequestOrigin } = values;
  const request = await readRequest(values, building);
  const repeatQuery = building.all("repeatQuery");
  const statusWords = readStatusWords(building.all("statusWord"));
  const allowedOrigins = building.all("allowedOrigin");
  const options: Omit<AzureOptions, "request"> = {
    pollIntervalMs: pollInterval === undefined ? POLL_INTERVAL_MS : parseDuration(pollInterval),
    ...(finalStateVia !== undefined && { finalStateVia: finalStateVia as FinalStateVia }),
    ...(algorithms !== undefined && { algorithms: algorithms.split(",") as Algorithm[] }),
    ...(notFoundGrace !== undefined && { notFoundGraceMs: parseDuration(notFoundGrace) }),
    ...(repeatQuery.length > 0 && { repeatQuery }),
    ...(statusWords && { statusWords }),
    ...(pollAtRequestOrigin !== undefined && { pollAtRequestOrigin: true }),
    ...(resultType !== undefined && { resultType: resultType as "json" | "text" }),
    ...(allowedOrigins.length > 0 && { allowedOrigins }),
    ...(initialReply !== undefined && {
      initialReply: await readReply(initialReply, building),
    }),
  };
  if (monitor !== undefined) return operation({ ...options, ...request, monitor });
  if (request.request === undefined) {
    throw new UsageError("Expected the URL of the request that starts it, or --monitor URL");
  }
  return operation({ ...options, request: request.request });
}

/** The request that starts it; with a monitor there may be none, but headers there are. */
async function readRequest(
  { url, method, body, monitor }: CliValues,
  building: CliBuilding,
): Promise<Pick<AzureMonitorOptions, "request" | "headers">> {
  const headers = readHeaders(building);
  if (url === undefined) {
    if (method !== undefined || body !== undefined) {
      throw new UsageError("Expected the URL of the request that --method and --body are for");
    }
    return { headers };
  }
  if (method === undefined) throw new UsageError(EXPECTED_METHOD);
  if (!METHODS.has(method.toUpperCase())) {
    throw new UsageError(`${EXPECTED_METHOD}, got ${JSON.stringify(method.slice(0, 40))}`);
  }
  if (monitor !== undefined && body !== undefined) {
    throw new UsageError("Expected --body or --monitor: with a monitor the request is not sent");
  }
  return {
    request: {
      method,
      url,
      headers,
      ...(body !== undefined && { body: await building.readJson(body, "--body") }),
    },
  };
}

const METHODS: ReadonlySet<string> = new Set(["PUT", "PATCH", "POST", "DELETE", "GET"]);
const EXPECTED_METHOD = "Expected --method PUT, PATCH, POST or DELETE, or GET to join";

/** Words with what they mean, e.g. `succeeded=Ready`; the meaning is checked with the operation. */
function readStatusWords(texts: readonly string[]): StatusWords | undefined {
  if (texts.length === 0) return undefined;
  const words: Record<string, string[]> = {};
  for (const text of texts) {
    const [, meaning, word] = /^(\w+)=(.+)$/.exec(text) ?? [];
    if (meaning === undefined || word === undefined) {
      throw new UsageError(
        "Cannot read --status-word: expected MEANING=WORD, e.g. succeeded=Ready",
      );
    }
    (words[meaning] ??= []).push(word);
  }
  return words;
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
