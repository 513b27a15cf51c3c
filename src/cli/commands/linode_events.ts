/**
 * `lro linode events`: the account's events, as they come.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { cleanLine } from "../../model/clean_text.ts";
import type { LroError } from "../../model/lro_error.ts";
import { createRuntime } from "../../runtime/runtime.ts";
import { authorize, homeOf } from "../credentials/authorize.ts";
import type { CommandContext } from "./context.ts";
import { parseDuration } from "../text/duration.ts";
import { codeOfOutcome, codeOfSignal } from "../exit_code.ts";
import type { CliIo, CliSignal } from "../io.ts";
import { createPaint } from "../text/paint.ts";
import { warningText } from "../report/text.ts";
import { checkUsage, UsageError } from "../usage_error.ts";
import { findProvider } from "../providers/mod.ts";
import { wrap } from "../text/table.ts";
import { EventList } from "../linode/event_list.ts";
import { createEventsDisplay } from "../linode/events_display.ts";
import { listEvents } from "../linode/events_kind.ts";

interface EventsOptions {
  readonly entityType?: string;
  readonly entityId?: string;
  readonly action?: string;
  readonly interval: number;
  readonly last: number;
  readonly once?: boolean;
  readonly for?: number;
  readonly baseUrl: string;
  readonly credentials?: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
}

/** Adds `lro linode` with the command below it. */
export function addLinodeEvents(program: Command, { io, finish }: CommandContext): void {
  const duration = (text: string): number => read(() => parseDuration(text));
  program.command("linode").description("Commands for Linode alone.")
    .command("events")
    .summary("list the account's events as they come")
    .description(
      "Lists the account's events, and goes on with those that come, until Ctrl-C. One request " +
        "an interval. On a terminal those that go on stay at the bottom and show how far they are.",
    )
    .option("--entity-type <type>", "of entities of this type only, e.g. linode")
    .option("--entity-id <id>", "of the entity with this id only")
    .option("--action <action>", "of this action only, e.g. linode_boot")
    .addOption(
      new Option("--last <n>", "how many of those that are there to begin with, 0 to 100")
        .argParser(parseLast).default(10),
    )
    .addOption(
      new Option("--interval <time>", "pause between looks").argParser(duration)
        .default(5_000, "5s"),
    )
    .option("--once", "look once, and do not go on")
    .addOption(
      new Option("--for <time>", "go on for so long, e.g. 10m").argParser(duration)
        .conflicts("once"),
    )
    .option("--base-url <url>", "the API's address", "https://api.linode.com/v4")
    .option("--credentials <file>", "JSON file with credentials, instead of the environment")
    .addOption(
      new Option("--token-file <file>", "file with a bearer token, instead of the environment")
        .conflicts("credentials"),
    )
    .option("--json", "a JSON line for each event and each new status")
    .addHelpText("after", () => `\n${wrap(`Credentials: ${credentialsHelp()}`, 80)}`)
    .action(async (options: EventsOptions) => finish(await run(options, io)));
}

async function run(options: EventsOptions, io: CliIo): Promise<number> {
  const { credentials, tokenFile, json, for: forMs } = options;
  const list = new EventList(options.last);
  let hasLooked = false;
  const operation = checkUsage(() =>
    listEvents({
      baseUrl: options.baseUrl,
      intervalMs: options.interval,
      filter: filterOf(options),
      isOnce: options.once ?? false,
      onEvents: (page) => {
        hasLooked = true;
        display.show(list.take(page));
      },
    })
  );
  const warn = (text: string): void => void io.stderr.write(warningText(text, io));
  const trust = homeOf(operation); // the user named it
  const fetch = await authorize(operation, { io, credentials, tokenFile, trust, warn });
  const display = createEventsDisplay(io, list, { json });
  const stopping = new AbortController();
  let signal: CliSignal | undefined;
  const unlisten = io.onSignal((name) => {
    signal = name;
    stopping.abort(new DOMException(`Stopped by ${name}`, "AbortError"));
  });
  const { clock, random } = io;
  const runtime = createRuntime({ fetch, clock, random });
  try {
    const handle = checkUsage(() =>
      runtime.start(operation, {
        signal: stopping.signal,
        ...(forMs !== undefined && { deadlineMs: forMs }),
      })
    );
    const outcome = await handle.outcome();
    display.close();
    if (outcome.kind === "succeeded" || (outcome.kind === "timedOut" && hasLooked)) return 0;
    io.stderr.write(errorText(outcome.error, io));
    return codeOfOutcome(outcome.kind);
  } catch (reason) {
    if (signal === undefined) throw reason;
    return codeOfSignal(signal);
  } finally {
    display.close();
    unlisten();
    await runtime.dispose();
  }
}

/** Types of entities whose ids are numbers. https://techdocs.akamai.com/linode-api/reference/get-events */
const NUMBERED: ReadonlySet<string> = new Set([
  "domain",
  "firewall",
  "linode",
  "nodebalancer",
  "volume",
]);

function filterOf({ entityType, entityId, action }: EventsOptions) {
  const isNumber = entityId !== undefined && /^\d{1,15}$/.test(entityId);
  if (entityId !== undefined && !isNumber && NUMBERED.has(entityType ?? "")) {
    throw new UsageError(`Expected --entity-id to be a number, as every ${entityType} has one`);
  }
  return {
    ...(entityType !== undefined && { "entity.type": entityType }),
    ...(entityId !== undefined && { "entity.id": isNumber ? Number(entityId) : entityId }),
    ...(action !== undefined && { action }),
  };
}

function errorText({ message, lastReply }: LroError, { stderr, env }: CliIo): string {
  const { status } = lastReply ?? {};
  const hint = status === 401 || status === 403
    ? `  next: check the credentials: ${credentialsHelp()}\n`
    : "";
  return `${createPaint(stderr, env)("red", "error:")} ${cleanLine(message)}\n${hint}`;
}

function credentialsHelp(): string {
  return findProvider("linode.events")!.credentialsHelp;
}

function parseLast(text: string): number {
  if (/^(\d\d?|100)$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number, 0 to 100.");
}

/** Tells commander what is wrong with an argument, in its own way. */
function read<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}
