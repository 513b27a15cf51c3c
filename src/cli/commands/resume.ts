/**
 * `lro resume`: takes up an operation where its token, or the journal, says it
 * stands.
 *
 * @module
 */
import type { Command } from "commander";
import { cleanLine } from "../../model/clean_text.ts";
import type { OperationStore } from "../../model/store.ts";
import { parseToken } from "../../runtime/engine/token.ts";
import type { ResumeToken } from "../../model/token.ts";
import { authorize } from "../credentials/authorize.ts";
import { openJournal } from "../journal.ts";
import { newerToken, topState } from "../newer_token.ts";
import { addWaitingOptions, type WaitingOptions } from "../options.ts";
import { findProvider } from "../providers/mod.ts";
import { createReporter } from "../report/create_reporter.ts";
import { runSession } from "../session.ts";
import { readSource } from "../source.ts";
import { checkUsage, UsageError } from "../usage_error.ts";
import type { CommandContext } from "./context.ts";

type ResumeOptions = WaitingOptions & { readonly trust?: string };

/** Adds the command. */
export function addResume(program: Command, context: CommandContext): void {
  const command = program.command("resume")
    .summary("take up an operation by its token")
    .description(
      "Takes up an operation where its token says it stands, or where the journal says so if " +
        "that is further. Nothing is started twice; a result that the journal holds is printed " +
        "without asking the provider again.",
    )
    .argument("<token>", "the token, @file, or - for the standard input");
  addWaitingOptions(command);
  command.option(
    "--trust <origin>",
    "send credentials to this origin, which the token names",
  );
  command.action(async (text: string, options: ResumeOptions) => {
    context.finish(await run(text, options, context));
  });
}

async function run(
  text: string,
  options: ResumeOptions,
  { io }: CommandContext,
): Promise<number> {
  const { json, quiet, credentials, tokenFile } = options;
  const { deadline, schedule, retryAttempts, trust } = options;
  const source = await readSource(text, "the token", io);
  const given = checkUsage(() => parseToken(source));
  const store = options.store || undefined;
  const credentialsHelp = findProvider(given.kind)?.credentialsHelp;
  const reporter = createReporter({ io, json, quiet, store, credentialsHelp });
  const warn = reporter.warn;
  const journal = await openJournal({ store: options.store, io, warn });
  const kept = await findKept(given, journal);
  const token = kept ? newerToken(given, kept) : given;
  const fetch = token.outcome
    ? io.fetch // there is nothing left to send
    : await authorize(token, { io, credentials, tokenFile, trust, warn });
  return await runSession(
    {
      io,
      fetch,
      journal,
      store,
      reporter,
      retryAttempts,
      inspection: options,
      announcesToken: topState(token.value) === "initial" && !token.outcome,
    },
    (runtime, signal) =>
      runtime.restore(token, {
        signal,
        ...(deadline !== undefined && { deadlineMs: deadline }),
        ...(schedule && { schedule }),
      }),
  );
}

/** What the journal knows of the same operation. */
async function findKept(
  given: ResumeToken,
  journal: OperationStore | undefined,
): Promise<ResumeToken | undefined> {
  const kept = await journal?.load(given.id);
  if (
    kept && (kept.startedAt !== given.startedAt || kept.kind !== given.kind)
  ) {
    throw new UsageError(
      `Cannot resume operation "${
        cleanLine(given.id)
      }": the journal has another one of that name; ` +
        "use another --store, or --no-store",
    );
  }
  return kept;
}
