/**
 * The journal: every operation that `lro` waits for is written down, so that a
 * process that is killed loses nothing.
 *
 * @module
 */
import { chmod, mkdir, mkdtemp, rmdir, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { cleanLine } from "../model/clean_text.ts";
import type { OperationStore } from "../model/store.ts";
import { createFileStore } from "../store/files.ts";
import type { CliIo } from "./io.ts";
import { UsageError } from "./usage_error.ts";

/** How long the journal keeps an operation that has ended, in milliseconds. */
const KEPT_MS = 24 * 3_600_000;

/** Options for {@linkcode openJournal}. */
export interface JournalOptions {
  /** A directory of the user's choice, or `false` for no journal. */
  readonly store: string | false | undefined;
  /** The environment and the clock. */
  readonly io: Pick<CliIo, "env" | "clock">;
  /** Told why there is no journal, where one was wanted. */
  readonly warn: (text: string) => void;
}

/**
 * Opens the journal, and forgets what ended more than a day ago.
 *
 * @returns `undefined` where there is none: not wanted, or nowhere to write.
 * @throws {UsageError} If the directory that the user chose cannot be written.
 */
export async function openJournal(
  options: JournalOptions,
): Promise<OperationStore | undefined> {
  const { store, io, warn } = options;
  if (store === false) return undefined;
  const directory = store ?? usualDirectory(io.env);
  try {
    if (directory === undefined) {
      throw new Error("neither XDG_STATE_HOME nor HOME is set");
    }
    await prepare(directory);
  } catch (cause) {
    const { code, message } = cause as { code?: unknown; message: string };
    const why = `${directory === undefined ? "" : `${directory}: `}${String(code ?? message)}`;
    if (store !== undefined) {
      throw new UsageError(`Cannot write to the directory of --store: ${why}`, {
        cause,
      });
    }
    warn(
      `no journal (${why}): if this process is killed, a result that it had read is lost`,
    );
    return undefined;
  }
  const onError = (error: unknown): void =>
    warn(
      `in the journal: ${cleanLine(error instanceof Error ? error.message : String(error))}`,
    );
  const journal = guard(createFileStore(directory!, { onError }), onError);
  try {
    await prune(journal, io.clock.now());
  } catch (error) {
    onError(error);
  }
  return journal;
}

function usualDirectory(env: CliIo["env"]): string | undefined {
  const { XDG_STATE_HOME: state } = env;
  if (state && isAbsolute(state)) return join(state, "lro"); // XDG: a relative path is ignored
  const home = env["HOME"] || env["USERPROFILE"];
  return home ? join(home, ".local", "state", "lro") : undefined;
}

/** Makes the directory, ours alone, and tries to write into it. */
async function prepare(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { mode } = await stat(directory);
  if ((mode & 0o077) !== 0) await chmod(directory, 0o700).catch(() => {}); // its files are 0600 anyway
  await rmdir(await mkdtemp(join(directory, ".probe-")));
}

/**
 * A journal in which no outcome is lost, whoever else waits for the same
 * operation, and in which a damaged entry is as good as none.
 */
function guard(
  store: OperationStore,
  onError: (error: unknown) => void,
): OperationStore {
  const load: OperationStore["load"] = async (id) => {
    try {
      return await store.load(id);
    } catch (error) {
      onError(error);
      return undefined;
    }
  };
  return {
    load,
    list: () => store.list(),
    remove: (id) => store.remove(id),
    async save(token) {
      const kept = (await load(token.id))?.outcome;
      // A result that can be read only once was read by the other process, then.
      if (kept && (!token.outcome || kept.kind === "succeeded")) return;
      await store.save(token);
    },
  };
}

async function prune(journal: OperationStore, now: number): Promise<void> {
  for (const { id, startedAt, outcome } of await journal.list()) {
    if (outcome && startedAt + outcome.elapsedMs + KEPT_MS < now) {
      await journal.remove(id);
    }
  }
}
