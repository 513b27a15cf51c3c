/**
 * `lro inspect`: takes up whatever the journal holds that has not ended, and shows
 * it in a browser.
 *
 * @module
 */
import type { Command } from "commander";
import { createRuntime } from "../../runtime/runtime.ts";
import type { RefreshableFetch } from "../../runtime/transport.ts";
import type { ResumeToken } from "../../runtime/token.ts";
import { authorize, homeOf } from "../authorize.ts";
import { codeOfSignal } from "../exit_code.ts";
import { addInspectorOptions, type InspectionOptions, openInspection } from "../inspection.ts";
import type { CliIo, CliSignal } from "../io.ts";
import { openJournal } from "../journal.ts";
import { findProvider } from "../providers/mod.ts";
import { UsageError } from "../usage_error.ts";
import type { CommandContext } from "./context.ts";

type InspectOptions = InspectionOptions & {
  readonly store?: string;
  readonly credentials?: string;
  readonly tokenFile?: string;
};

/** Adds the command. */
export function addInspect(program: Command, { io, finish }: CommandContext): void {
  const command = program.command("inspect")
    .summary("watch all unfinished operations of the journal in a browser")
    .description(
      "Takes up every operation of the journal that has not ended, and shows them in a browser " +
        "until Ctrl-C. Nothing is started twice, and the journal keeps what is left.",
    )
    .option("--store <dir>", "the journal's directory (default: the user's state directory)")
    .option("--credentials <file>", "JSON file with credentials, instead of the environment")
    .option("--token-file <file>", "file with a bearer token, instead of the environment");
  addInspectorOptions(command);
  command.action(async (options: InspectOptions) => finish(await run(options, io)));
}

async function run(options: InspectOptions, io: CliIo): Promise<number> {
  const { clock, random, stderr } = io;
  const warn = (text: string): void => void stderr.write(`warning: ${text}\n`);
  const journal = await openJournal({ store: options.store, io, warn });
  if (!journal) throw new UsageError("Cannot inspect: there is no journal, see --store");
  const tokens = (await journal.list()).filter(({ outcome }) => !outcome);
  const fetch = await authorizeAll(tokens, options, { io, warn });
  const signal = listenOnce(io);
  const runtime = createRuntime({
    fetch,
    clock,
    random,
    store: journal,
    onError: (error) => warn(error instanceof Error ? error.message : String(error)),
  });
  const inspector = await openInspection(runtime, { ...options, inspect: true }, io);
  try {
    for (const token of tokens) runtime.restore(token);
    stderr.write(`${tokens.length} unfinished in the journal; Ctrl-C leaves them there\n`);
    return codeOfSignal(await signal);
  } finally {
    await inspector?.close();
    await runtime.dispose();
  }
}

/** A fetch that has the credentials of every operation, each for its own origins. */
async function authorizeAll(
  tokens: readonly ResumeToken[],
  { credentials, tokenFile }: InspectOptions,
  { io, warn }: { readonly io: CliIo; readonly warn: (text: string) => void },
): Promise<RefreshableFetch> {
  const known = new Set<string>();
  let fetch: RefreshableFetch = io.fetch;
  for (const token of tokens) {
    const home = homeOf(token);
    const key = `${findProvider(token.kind)?.name} ${home}`;
    if (known.has(key)) continue;
    known.add(key);
    fetch = await authorize(token, {
      io: { env: io.env, fetch: fetch as CliIo["fetch"] },
      credentials,
      tokenFile,
      trust: home, // the journal is the user's own
      warn,
    });
  }
  return fetch;
}

function listenOnce(io: CliIo): Promise<CliSignal> {
  return new Promise((resolve) => io.onSignal(resolve));
}
