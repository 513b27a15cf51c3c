/**
 * `lro <provider> <action>`: what a provider does at once, without waiting.
 *
 * @module
 */
import { type Command, Option } from "commander";
import { cleanLine, escapeJson } from "../../model/clean_text.ts";
import { isLroError } from "../../model/errors.ts";
import { authorize, homeOf } from "../credentials/authorize.ts";
import { codeOfOutcome } from "../exit_code.ts";
import type { CliAction, CliProvider, CliValues } from "../provider.ts";
import { providers } from "../providers/mod.ts";
import { wrap } from "../text/table.ts";
import { checkUsage, toUsageError } from "../usage_error.ts";
import type { CommandContext } from "./context.ts";

type ActionOptions = CliValues & { readonly credentials?: string };

/** Adds a command for each provider that has actions, with one below it for each of them. */
export function addActions(program: Command, context: CommandContext): void {
  for (const provider of providers) {
    const { name, actions = [] } = provider;
    if (actions.length === 0) continue;
    const group = program.command(name)
      .summary(`${actions.map((action) => action.name).join(", ")}: operations of ${name}`)
      .description(`Lists, shows and cancels operations of ${name}.`);
    for (const action of actions) addAction(group, { provider, action, context });
  }
}

interface Row {
  readonly provider: CliProvider;
  readonly action: CliAction;
  readonly context: CommandContext;
}

function addAction(group: Command, row: Row): void {
  const { provider, action, context } = row;
  const { name, summary, argument, options, example } = action;
  const command = group.command(name).summary(summary)
    .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`);
  if (argument) command.argument(`<${argument.name}>`, argument.description);
  for (const { flags, description } of options) command.addOption(new Option(flags, description));
  command
    .option("--credentials <file>", "JSON file with credentials, instead of the environment")
    .option("--json", "JSON in one line");
  const credentials = wrap(`Credentials: ${provider.credentialsHelp}`, 80);
  command.addHelpText("after", `\n${credentials}\n\nExample:\n  lro ${example}`);
  command.action(async () => {
    const values = { ...command.opts(), ...(argument && { [argument.name]: command.args[0] }) };
    context.finish(await run(row, values));
  });
}

async function run({ action, context: { io } }: Row, values: ActionOptions): Promise<number> {
  const warn = (text: string): void => void io.stderr.write(`warning: ${text}\n`);
  const home = checkUsage(() => action.home(values));
  const fetch = await authorize(home, {
    io,
    credentials: values.credentials,
    trust: homeOf(home), // the user named it
    warn,
  });
  try {
    const isJson = values["json"] !== undefined;
    const text = await action.run(values, { fetch, isJson });
    io.stdout.write(isJson ? escapeJson(text) : text);
    return 0;
  } catch (error) {
    if (!isLroError(error)) throw toUsageError(error);
    io.stderr.write(`error: ${cleanLine(error.message)}\n`);
    return codeOfOutcome(error.code === "operation-expired" ? "expired" : "failed");
  }
}
