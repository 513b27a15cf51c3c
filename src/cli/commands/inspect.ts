/**
 * `lro inspect`: takes up whatever the journal holds that has not ended, and shows
 * it in a browser.
 *
 * @module
 */
import type { Command } from "commander";
import { cleanLine } from "../../model/clean_text.ts";
import { findKind } from "../../model/kind.ts";
import { createRuntime } from "../../runtime/runtime.ts";
import type { RefreshableFetch } from "../../model/fetch.ts";
import type { ResumeToken } from "../../model/token.ts";
import { authorize, homeOf } from "../credentials/authorize.ts";
import { codeOfSignal } from "../exit_code.ts";
import { addInspectorOptions, type InspectionOptions, openInspection } from "../inspection.ts";
import type { CliIo, CliSignal } from "../io.ts";
import { openJournal } from "../journal.ts";
import { findProvider } from "../providers/mod.ts";
import { recoveryOf, resumeLine } from "../text/resume_line.ts";
import { UsageError } from "../usage_error.ts";
import type { CommandContext } from "./context.ts";

type InspectOptions = InspectionOptions & {
  readonly store?: string;
  readonly credentials?: string;
  readonly tokenFile?: string;
  readonly trust?: string;
};

/** Adds the command. */
export function addInspect(program: Command, { io, finish }: CommandContext): void {
  const command = program.command("inspect")
    .summary("watch all unfinished operations of the journal in a browser")
    .description(
      "Takes up every operation of the journal that has not ended, and shows them in a browser " +
        "until Ctrl-C. Nothing is started, what never began is left out, and the journal keeps " +
        "what is left.",
    )
    .option("--store <dir>", "the journal's directory (default: the user's state directory)")
    .option("--credentials <file>", "JSON file with credentials, instead of the environment")
    .option("--token-file <file>", "file with a bearer token, instead of the environment")
    .option("--trust <origin>", "send credentials to this origin, which the journal names");
  addInspectorOptions(command);
  command.action(async (options: InspectOptions) => finish(await run(options, io)));
}

async function run(options: InspectOptions, io: CliIo): Promise<number> {
  const { clock, random, stderr } = io;
  const warn = (text: string): void => void stderr.write(`warning: ${text}\n`);
  const journal = await openJournal({ store: options.store, io, warn });
  if (!journal) throw new UsageError("Cannot inspect: there is no journal, see --store");
  const unfinished = (await journal.list()).filter(({ outcome }) => !outcome)
    .filter((token) => isUnderWay(token, options, warn));
  const { tokens, fetch } = await authorizeAll(unfinished, options, { io, warn });
  const signal = listenOnce(io);
  const runtime = createRuntime({
    fetch,
    clock,
    random,
    store: journal,
    onError: (error) => warn(cleanLine(error instanceof Error ? error.message : String(error))),
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

/** Whether taking it up starts nothing: who watches must not be the one to delete a machine. */
function isUnderWay(
  token: ResumeToken,
  { store }: InspectOptions,
  warn: (text: string) => void,
): boolean {
  const steps = Object.entries(findKind(token.kind).protocol.steps);
  const mayStart = steps.some(([name, { repeat }]) => name !== "cancel" && repeat !== "always");
  if (!mayStart || recoveryOf(token) !== "begin") return true;
  warn(
    `left out ${cleanLine(token.id)}: it was given up before it began; begin it with\n${
      resumeLine(token, store)
    }`,
  );
  return false;
}

/**
 * A fetch that has the credentials of every operation, each for its own origins.
 * An operation whose credentials cannot be had, or would go where nobody said that
 * they may, is left out.
 */
async function authorizeAll(
  unfinished: readonly ResumeToken[],
  { credentials, tokenFile, trust }: InspectOptions,
  { io, warn }: { readonly io: CliIo; readonly warn: (text: string) => void },
): Promise<{ readonly tokens: ResumeToken[]; readonly fetch: RefreshableFetch }> {
  const refusals = new Map<string, string | undefined>();
  const tokens: ResumeToken[] = [];
  let fetch: RefreshableFetch = io.fetch;
  for (const token of unfinished) {
    const place = `${findProvider(token.kind)?.name} ${homeOf(token)}`;
    if (!refusals.has(place)) {
      try {
        const inner = { env: io.env, fetch: fetch as CliIo["fetch"] };
        fetch = await authorize(token, { io: inner, credentials, tokenFile, trust, warn });
        refusals.set(place, undefined);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        refusals.set(place, error.message);
      }
    }
    const refusal = refusals.get(place);
    if (refusal === undefined) tokens.push(token);
    else warn(`left out ${cleanLine(token.id)}: ${refusal}`);
  }
  return { tokens, fetch };
}

function listenOnce(io: CliIo): Promise<CliSignal> {
  return new Promise((resolve) => io.onSignal(resolve));
}
