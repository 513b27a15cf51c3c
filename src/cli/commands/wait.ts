/**
 * `lro wait`: starts an operation and waits for it.
 *
 * @module
 */
import { type Command, Option } from "commander";
import type { OperationStore } from "../../model/store.ts";
import { authorize, homeOf } from "../credentials/authorize.ts";
import { openJournal } from "../journal.ts";
import { addWaitingOptions, type WaitingOptions } from "../options.ts";
import type { CliOperation, CliProvider, CliValues } from "../provider.ts";
import { providers } from "../providers/mod.ts";
import { createReporter } from "../report/create_reporter.ts";
import { resumeLine } from "../text/resume_line.ts";
import { runSession } from "../session.ts";
import { readJson, readJsonObject } from "../source.ts";
import { wrap } from "../text/table.ts";
import { toUsageError, UsageError } from "../usage_error.ts";
import type { CommandContext } from "./context.ts";

type WaitOptions = WaitingOptions & { readonly id?: string };

/** Adds the command, with one below it for each thing to wait for. */
export function addWait(program: Command, context: CommandContext): void {
  const wait = program.command("wait").summary(
    "start an operation and wait for its value",
  )
    .description("Starts an operation and waits for its value.");
  for (const provider of providers) {
    const group = provider.operations.every(({ name }) => name === undefined)
      ? wait
      : wait.command(provider.name).description(`Waits for ${provider.name}.`);
    for (const operation of provider.operations) {
      addOperation(group, { provider, operation, context });
    }
  }
}

interface Row {
  readonly provider: CliProvider;
  readonly operation: CliOperation;
  readonly context: CommandContext;
}

function addOperation(group: Command, row: Row): void {
  const { provider, operation, context } = row;
  const { description = `Starts ${operation.summary} and waits for its value.` } = operation;
  const command = group.command(operation.name ?? provider.name)
    .summary(operation.summary)
    .description(description);
  const { argument } = operation;
  if (argument) {
    const { name, description, isOptional } = argument;
    command.argument(isOptional ? `[${name}]` : `<${name}>`, description);
  }
  for (const { flags, description, isRepeatable } of operation.options) {
    const option = new Option(flags, description);
    if (isRepeatable) option.argParser((text, earlier: string[] = []) => [...earlier, text]);
    command.addOption(option);
  }
  command.option(
    "--id <id>",
    "a name for the operation, in the journal and in progress",
  );
  addWaitingOptions(command);
  const credentials = wrap(`Credentials: ${provider.credentialsHelp}`, 80);
  const example = operation.example.replaceAll(" --", " \\\n    --");
  command.addHelpText("after", `\n${credentials}\n\nExample:\n  lro wait ${example}`);
  command.action(async () => {
    const values = { ...command.opts(), ...(argument && { [argument.name]: command.args[0] }) };
    context.finish(await run(row, values));
  });
}

async function run(
  row: Row,
  options: WaitOptions & CliValues,
): Promise<number> {
  const { provider, operation: { build }, context: { io } } = row;
  const { id, json, quiet, credentials, tokenFile } = options;
  const { deadline, schedule, retryAttempts } = options;
  const store = options.store || undefined;
  const { credentialsHelp } = provider;
  const reporter = createReporter({
    io,
    label: id,
    json,
    quiet,
    store,
    credentialsHelp,
  });
  const warn = reporter.warn;
  const operation = await build(options, {
    readJsonObject: (argument, flag) => readJsonObject(argument, flag, io),
    readJson: (argument, flag) => readJson(argument, flag, io),
    all: (name) => (options as Readonly<Record<string, unknown>>)[name] as string[] ?? [],
    warn,
  }).catch((error) => {
    throw toUsageError(error);
  });
  const fetch = await authorize(operation, {
    io,
    credentials,
    tokenFile,
    trust: homeOf(operation), // the user named it
    warn,
  });
  const journal = await openJournal({ store: options.store, io, warn });
  if (id !== undefined) await refuseKnown(id, { journal, store });
  return await runSession(
    {
      io,
      fetch,
      journal,
      store,
      reporter,
      retryAttempts,
      inspection: options,
      announcesToken: true,
    },
    (runtime, signal) =>
      runtime.start(operation, {
        signal,
        ...(id !== undefined && { id }),
        ...(deadline !== undefined && { deadlineMs: deadline }),
        ...(schedule && { schedule }),
      }),
  );
}

/** An operation of the same name is not overwritten: its result may be in the journal only. */
async function refuseKnown(
  id: string,
  options: {
    readonly journal: OperationStore | undefined;
    readonly store: string | undefined;
  },
): Promise<void> {
  const known = await options.journal?.load(id);
  if (known === undefined) return;
  const how = known.outcome ? `it ${known.outcome.kind}` : "it has not ended";
  throw new UsageError(
    `Cannot start operation "${id}": the journal has one of that name (${how}); ` +
      `choose another --id, or see what came of it with\n${resumeLine(known, options.store)}`,
  );
}
