/**
 * LXD and Incus on the command line.
 *
 * @module
 */
import { cleanJson } from "../../model/clean_text.ts";
import { certificateFetch, unixFetch } from "../../fetch/mod.ts";
import type { JsonValue, Operation } from "../../model/message.ts";
import {
  cancelOperation,
  getOperation,
  type LxdOperation,
  operation,
  operations,
} from "../../providers/lxd/mod.ts";
import type { CliOption, CliProvider, CliValues } from "../provider.ts";
import { readText } from "../source.ts";
import { layOut, widthOf } from "../text/table.ts";
import { UsageError } from "../usage_error.ts";
import type { CredentialSource } from "../credentials/credentials.ts";

const ID = "b8d84888-1dc2-44fd-b386-7f679e171ba5";
/** What stands for the unix socket. */
const BEHIND_SOCKET = "http://lxd";
const SOCKET = "/var/lib/lxd/unix.socket";

const BASE_URL: CliOption = {
  flags: "--base-url <url>",
  description: "the server's address (default: the unix socket)",
};
const OPERATION = { name: "operation", description: "the operation's UUID, or its URL" };

/** LXD and Incus on the command line. */
export const lxdProvider: CliProvider = {
  name: "lxd",
  origins: [BEHIND_SOCKET],
  credentialsHelp: `the unix socket in LXD_SOCKET (default ${SOCKET}); or, with an https ` +
    "address, the PEM files in LXD_CLIENT_CERT and LXD_CLIENT_KEY, and the server's in " +
    'LXD_SERVER_CERT; or --credentials FILE with {"socket"} or {"cert", "key", "serverCert"}',
  operations: [{
    name: "operation",
    summary: "an operation of LXD or Incus that is under way",
    argument: OPERATION,
    example: `lxd operation ${ID}`,
    options: [BASE_URL],
    build: (values) =>
      Promise.resolve().then(() =>
        operation({ operation: values["operation"]!, ...baseOf(values) })
      ),
  }, {
    name: "request",
    summary: "what a request to LXD or Incus starts",
    argument: { name: "url", description: "the request's URL, or its path" },
    example: `lxd request /1.0/instances/c1/state --method PUT --body '{"action":"start"}'`,
    options: [
      BASE_URL,
      { flags: "--method <method>", description: "the request's method (default POST)" },
      { flags: "--body <json>", description: "the request's body: JSON, @file or -" },
    ],
    build: async (values, { readJson }): Promise<Operation> => {
      const { url, method = "POST", body } = values;
      const json: JsonValue | undefined = body === undefined
        ? undefined
        : await readJson(body, "--body");
      const request = {
        method,
        url: url!,
        ...(json !== undefined && json !== null && { body: json }),
      };
      return operation({ request, ...baseOf(values) });
    },
  }],
  actions: [{
    name: "ls",
    summary: "list the operations that the server knows",
    options: [
      BASE_URL,
      { flags: "--project <name>", description: "of a project" },
      { flags: "--all-projects", description: "of all projects, where the server can list them" },
    ],
    example: "lxd ls",
    home: homeOf,
    async run(values, { fetch, isJson }) {
      const { project, allProjects } = values;
      const found = await operations({
        ...baseOf(values),
        ...(project !== undefined && { project }),
        ...(allProjects !== undefined && { allProjects: true }),
      }, { fetch });
      return isJson ? `${JSON.stringify(found)}\n` : tableOf(found);
    },
  }, {
    name: "show",
    summary: "show an operation",
    argument: OPERATION,
    options: [BASE_URL],
    example: `lxd show ${ID}`,
    home: homeOf,
    async run(values, { fetch, isJson }) {
      const one = { operation: values["operation"]!, ...baseOf(values) };
      return `${cleanJson(await getOperation(one, { fetch }), isJson ? 0 : 2)}\n`;
    },
  }, {
    name: "cancel",
    summary: "ask the server to cancel an operation",
    argument: OPERATION,
    options: [BASE_URL],
    example: `lxd cancel ${ID}`,
    home: homeOf,
    async run(values, { fetch }) {
      await cancelOperation({ operation: values["operation"]!, ...baseOf(values) }, { fetch });
      return "";
    },
  }],
  async authorize(credentials, { origins }) {
    if (origins[0] === BEHIND_SOCKET) {
      return unixFetch(credentials.find("socket", "LXD_SOCKET") ?? SOCKET);
    }
    const cert = await readPem(credentials, "cert", "LXD_CLIENT_CERT");
    const key = await readPem(credentials, "key", "LXD_CLIENT_KEY");
    const ca = await readPem(credentials, "serverCert", "LXD_SERVER_CERT");
    if (cert === undefined && key === undefined) return undefined;
    if (cert === undefined || key === undefined) {
      throw new UsageError("Expected both LXD_CLIENT_CERT and LXD_CLIENT_KEY");
    }
    return certificateFetch({ cert, key, ...(ca !== undefined && { ca }) });
  },
};

async function readPem(
  credentials: CredentialSource,
  field: string,
  variable: string,
): Promise<string | undefined> {
  const path = credentials.find(field, variable);
  return path === undefined ? undefined : await readText(path, variable);
}

function baseOf({ baseUrl }: CliValues): { readonly baseUrl?: string } {
  return baseUrl === undefined ? {} : { baseUrl };
}

/** Whose server it is. */
function homeOf(values: CliValues): Operation {
  return operation({ operation: values["operation"] ?? ID, ...baseOf(values) });
}

function tableOf(found: readonly LxdOperation[]): string {
  const rows = found.map(({ id, status, description, metadata }) => {
    const [progress] = Object.entries(metadata ?? {}).filter(([name]) =>
      name.endsWith("_progress")
    );
    return [id, status, description ?? "", progress === undefined ? "" : String(progress[1])];
  });
  const titles = ["ID", "STATUS", "DESCRIPTION", "PROGRESS"];
  const columns = titles.map((title, index) => {
    const cells = [title, ...rows.map((row) => row[index]!)];
    return { title, width: widthOf(cells, title.length, 60) };
  });
  return [titles, ...rows].map((row) => `${layOut(columns, row)}\n`).join("");
}
