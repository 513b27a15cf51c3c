/**
 * Linode on the command line.
 *
 * @module
 */
import { bearer } from "../../auth/mod.ts";
import type { Call, JsonValue, Operation } from "../../model/message.ts";
import { entityFree, event } from "../../providers/linode/mod.ts";
import type { OperationHandle } from "../../model/handle.ts";
import { parseDuration } from "../text/duration.ts";
import type { CliBuilding, CliOption, CliProvider, CliValues } from "../provider.ts";
import { UsageError } from "../usage_error.ts";

const BASE_URL = "https://api.linode.com/v4";

const ENTITY: readonly CliOption[] = [
  {
    flags: "--entity-type <type>",
    description: "the entity's type, e.g. linode, disk, volume (default linode)",
  },
  { flags: "--entity-id <id>", description: "the entity's id" },
];

const POLLING: readonly CliOption[] = [
  {
    flags: "--notification-is-final <answer>",
    description:
      "yes or no: whether a notification is the end of an event (default: by its action; not for " +
      "databases, which notify first and finish later)",
  },
  { flags: "--interval <time>", description: "pause between polls (default 5s)" },
  { flags: "--base-url <url>", description: `the API's address (default ${BASE_URL})` },
];

/** Linode on the command line. */
export const linodeProvider: CliProvider = {
  name: "linode",
  origins: ["https://api.linode.com"],
  credentialsHelp:
    "LINODE_TOKEN or LINODE_CLI_TOKEN in the environment, --token-file FILE, or --credentials FILE " +
    'with {"token": "..."}',
  operations: [{
    name: "event",
    summary: "an account event of Linode",
    description:
      "Remembers what happened so far, sends the trigger or lets somebody else do it, and " +
      "waits until the first new event has ended. Prints the event.",
    example: "linode event --entity-id 123 --action linode_boot " +
      "--trigger /linode/instances/123/boot",
    options: [
      ...ENTITY,
      { flags: "--action <action>", description: "the event's action, e.g. linode_boot" },
      {
        flags: "--trigger <url>",
        description:
          "the request that causes the event: a URL, or a path below the API's address " +
          "(default: somebody else sends it, once this waits)",
      },
      { flags: "--method <method>", description: "the trigger's HTTP method (default POST)" },
      { flags: "--body <json>", description: "the trigger's body: JSON, @file or -" },
      {
        flags: "--entity-id-from <field>",
        description: "the field of the trigger's reply that holds the entity's id (default id)",
      },
      {
        flags: "--secondary-entity-id <id>",
        description:
          "which secondary entity, e.g. one disk of an instance, whose events are about the instance",
      },
      {
        flags: "--secondary-entity-id-from <field>",
        description: "the field of the trigger's reply that holds the secondary entity's id",
      },
      {
        flags: "--until <when>",
        description: "finished, or appears: the event's end, or its beginning (default finished)",
      },
      ...POLLING,
    ],
    build: buildEvent,
  }, {
    name: "free",
    summary: "an entity of Linode with which nothing goes on",
    description: "Waits until no event of an entity is scheduled or started.",
    example: "linode free --entity-id 123",
    options: [...ENTITY, ...POLLING],
    build: (values) => Promise.resolve(values).then(buildFree),
  }],
  attend,
  authorize(credentials, options) {
    const { readToken } = credentials;
    if (readToken) return bearer(readToken, options);
    const token = credentials.find("token", "LINODE_TOKEN", "LINODE_CLI_TOKEN");
    return token === undefined ? undefined : bearer(token, options);
  },
};

async function buildEvent(values: CliValues, building: CliBuilding): Promise<Operation> {
  const { action, trigger, method, body, entityIdFrom, until } = values;
  const { secondaryEntityId, secondaryEntityIdFrom } = values;
  if (action === undefined) throw new UsageError("Expected --action, e.g. --action linode_boot");
  const ofTrigger = method ?? body ?? entityIdFrom ?? secondaryEntityIdFrom;
  if (trigger === undefined && ofTrigger !== undefined) {
    throw new UsageError(
      "Expected --trigger with --method, --body, --entity-id-from and --secondary-entity-id-from",
    );
  }
  if (secondaryEntityId !== undefined && secondaryEntityIdFrom !== undefined) {
    throw new UsageError(
      "Expected --secondary-entity-id or --secondary-entity-id-from, not both",
    );
  }
  if (trigger === undefined && values.entityId === undefined) {
    throw new UsageError("Expected --entity-id, or the --trigger that creates the entity");
  }
  return event({
    ...commonOf(values),
    action,
    ...(trigger !== undefined && { trigger: await readTrigger(trigger, values, building) }),
    ...(entityIdFrom !== undefined && { entityIdFrom }),
    ...(secondaryEntityId !== undefined && { secondaryEntityId: readId(secondaryEntityId) }),
    ...(secondaryEntityIdFrom !== undefined && { secondaryEntityIdFrom }),
    ...(until !== undefined && { until: until as "finished" | "appears" }),
  });
}

async function readTrigger(
  trigger: string,
  { method = "POST", body, baseUrl = BASE_URL }: CliValues,
  building: CliBuilding,
): Promise<Call> {
  const json: JsonValue | undefined = body === undefined
    ? undefined
    : await building.readJson(body, "--body");
  return {
    method,
    url: trigger.startsWith("/") ? baseUrl.replace(/\/$/, "") + trigger : trigger,
    ...(json !== undefined && { body: json }),
  };
}

function buildFree(values: CliValues): Operation {
  if (values.entityId === undefined) throw new UsageError("Expected --entity-id");
  return entityFree({ ...commonOf(values), entityId: readId(values.entityId) });
}

function commonOf(values: CliValues) {
  const { entityType = "linode", entityId, interval, baseUrl, notificationIsFinal } = values;
  return {
    entityType,
    ...(notificationIsFinal !== undefined && {
      notificationIsFinal: readAnswer(notificationIsFinal, "--notification-is-final"),
    }),
    ...(entityId !== undefined && { entityId: readId(entityId) }),
    ...(interval !== undefined && { intervalMs: parseDuration(interval) }),
    ...(baseUrl !== undefined && { baseUrl }),
  };
}

function readAnswer(text: string, flag: string): boolean {
  if (text === "yes") return true;
  if (text === "no") return false;
  throw new UsageError(`Expected yes or no with ${flag}, got ${JSON.stringify(text)}`);
}

/** Most ids are numbers, and the API's filters tell 1 from "1". */
function readId(text: string): number | string {
  const number = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(number) ? number : text;
}

/** Without a trigger of ours any new event will do, so the waiting begins as soon as it can. */
function attend(handle: OperationHandle, remark: (text: string) => void): void {
  if (handle.snapshot.kind !== "linode.event") return;
  handle.reached("armed").then(() => {
    if (handle.snapshot.state !== "initial") return; // it was restored further on
    remark("Ready: whatever causes the event may be done now.");
    handle.send({ type: "triggered" });
  }).catch(() => {}); // it ended, or was stopped: that is told elsewhere
}
