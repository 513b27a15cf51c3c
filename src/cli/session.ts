/**
 * Waits for one operation on behalf of somebody at a terminal: journal, token,
 * progress, signals, exit code.
 *
 * @module
 */
import { cleanLine } from "../model/clean_text.ts";
import type { Inspector } from "../inspector/mod.ts";
import type { Outcome } from "../model/outcome.ts";
import type { OperationHandle } from "../model/handle.ts";
import { createRuntime, type Runtime } from "../runtime/runtime.ts";
import type { OperationStore } from "../model/store.ts";
import type { ResumeToken } from "../model/token.ts";
import type { RefreshableFetch } from "../model/fetch.ts";
import { codeOfOutcome, codeOfSignal, OUTPUT_LOST } from "./exit_code.ts";
import { failureOf } from "./guarded_stream.ts";
import { type InspectionOptions, openInspection } from "./inspection.ts";
import type { CliIo, CliSignal } from "./io.ts";
import { findProvider } from "./providers/mod.ts";
import type { Reporter } from "./report/reporter.ts";
import { resumeLine } from "./text/resume_line.ts";
import { checkUsage } from "./usage_error.ts";

/** What a session works with. */
export interface Session {
  /** The clock and the signals. */
  readonly io: CliIo;
  /** Fetch, with credentials. */
  readonly fetch: RefreshableFetch;
  /** Where operations are written down, if anywhere. */
  readonly journal: OperationStore | undefined;
  /** The journal's directory, where it is not the usual one. */
  readonly store?: string | undefined;
  /** Who is told. */
  readonly reporter: Reporter;
  /** Attempts for each request; the provider's own number where it is not given. */
  readonly retryAttempts?: number | undefined;
  /** Whether and how to watch it in a browser. */
  readonly inspection?: InspectionOptions;
  /** Whether the token has yet to be told, once there is one. */
  readonly announcesToken: boolean;
}

/**
 * Runs an operation to its end, or until a signal comes.
 *
 * @param begin Starts or restores it.
 * @returns The exit code.
 * @throws {UsageError} If it cannot be begun.
 */
export async function runSession(
  session: Session,
  begin: (runtime: Runtime, signal: AbortSignal) => OperationHandle,
): Promise<number> {
  const { io, fetch, journal, reporter, retryAttempts } = session;
  const { clock, random } = io;
  const stopping = new AbortController();
  let signal: CliSignal | undefined;
  const unlisten = io.onSignal((name) => {
    signal = name;
    stopping.abort(new DOMException(`Stopped by ${name}`, "AbortError"));
  });
  const runtime = createRuntime({
    fetch,
    clock,
    random,
    ...(journal && { store: journal }),
    ...(retryAttempts !== undefined && { retry: { attempts: retryAttempts } }),
    onError: (error) => reporter.warn(textOf(error)),
  });
  let inspector: Inspector | undefined;
  try {
    inspector = await openInspection(runtime, session.inspection ?? {}, io);
    const handle = checkUsage(() => begin(runtime, stopping.signal));
    reporter.follow(handle);
    findProvider(handle.snapshot.kind)?.attend?.(handle, reporter.remark);
    let announced: ResumeToken | undefined;
    const accepted = (token: ResumeToken): void => reporter.accepted(announced = token);
    if (session.announcesToken) announce(handle, accepted);
    const end = await handle.outcome().catch((reason) => {
      if (signal === undefined) throw reason;
    });
    if (end) {
      const outcome = end.kind === "succeeded" ? end : await findSuccess(handle.id, journal) ?? end;
      const token = handle.token();
      reporter.ended(outcome, token.outcome ? undefined : token);
      const failure = await failureOf(io.stdout);
      if (failure === undefined || outcome.kind !== "succeeded") return codeOfOutcome(outcome.kind);
      // The journal has the value, and without one the token takes it along.
      const again = resumeLine(journal && announced || token, session.store);
      io.stderr.write(
        `error: The operation succeeded, but its value could not be written to the standard ` +
          `output: ${failure}; print it again with\n${again}\n`,
      );
      return OUTPUT_LOST;
    }
    await runtime.dispose(); // the runtime writes nothing after this
    const token = handle.token();
    try {
      await journal?.save(token);
    } catch (error) {
      reporter.warn(textOf(error));
    }
    reporter.interrupted(signal!, token);
    return codeOfSignal(signal!);
  } finally {
    reporter.close();
    unlisten();
    await inspector?.close();
    await runtime.dispose();
  }
}

/** The result, if another process that waited for the same operation was the one to read it. */
async function findSuccess(
  id: string,
  journal: OperationStore | undefined,
): Promise<Outcome | undefined> {
  const kept = await journal?.load(id);
  if (kept?.outcome?.kind !== "succeeded") return undefined;
  const { polls, requests, outcome } = kept;
  return { ...outcome, polls, requests };
}

/** Tells the token once, as soon as the provider has the operation. */
function announce(handle: OperationHandle, accepted: (token: ResumeToken) => void): void {
  const subscription = handle.subscribe(tell);
  tell();

  function tell(): void {
    if (handle.snapshot.state !== "polling") return;
    subscription.unsubscribe();
    accepted(handle.token());
  }
}

function textOf(error: unknown): string {
  return cleanLine(error instanceof Error ? error.message : String(error));
}
