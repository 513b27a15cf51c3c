/**
 * A store of files, one for each operation. Needs nothing but a directory.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { OperationStore } from "../runtime/store.ts";
import type { ResumeToken } from "../runtime/token.ts";
import { printError, realTime } from "../services.ts";
import { readStoredToken } from "./stored_token.ts";

/** Options for {@linkcode createFileStore}. */
export interface FileStoreOptions {
  /**
   * Told of every file in the directory that `list` cannot read.
   *
   * @default {console.error}
   */
  readonly onError?: (error: unknown) => void;
}

/**
 * Creates a store of JSON files. A file is replaced as a whole and is on the
 * disk before `save` is done, so that a process that is killed, or a computer
 * that loses its power, leaves the newest token or the one before it.
 *
 * Several stores may share a directory. It is created with the first token, for
 * its owner alone (0700), as are the files in it (0600).
 *
 * @example Usage
 * ```ts ignore
 * import { createRuntime } from "@lro/machines";
 * import { createFileStore } from "@lro/machines/store/files";
 *
 * const store = createFileStore("/var/lib/my-service/operations");
 * await using runtime = createRuntime({ store });
 * for (const token of await store.list()) runtime.restore(token);
 * ```
 *
 * @param directory Where the files are; everything in it that ends in `.json` is taken for ours.
 * @throws {TypeError} If the directory is no text, or empty.
 */
export function createFileStore(
  directory: string,
  options: FileStoreOptions = {},
): OperationStore {
  const { onError = printError } = options;
  if (typeof directory !== "string" || directory === "") {
    throw new TypeError(
      `Cannot create file store: directory must be a path, got ${JSON.stringify(directory)}`,
    );
  }
  const inTurn = createTurns();
  const pathOf = (id: string): string => join(directory, fileName(id));

  async function read(path: string): Promise<ResumeToken | undefined> {
    const text = await ifThere(readFile(path, "utf8"));
    if (text === undefined) return undefined;
    const token = readStoredToken(text, path);
    if (pathOf(token.id) === path) return token;
    throw new TypeError(
      `Cannot read token: ${path} holds operation "${token.id}", whose file is ${
        fileName(token.id)
      }`,
    );
  }

  return {
    save(token) {
      const path = pathOf(token.id);
      const text = JSON.stringify(token); // now, whatever becomes of the token meanwhile
      return inTurn(path, async () => {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        const temporary = await writeBeside(path, text);
        try {
          await rename(temporary, path);
        } catch (error) {
          await rm(temporary, { force: true });
          throw error;
        }
        await syncDirectory(directory);
      });
    },
    load: (id) => inTurn(pathOf(id), () => read(pathOf(id))),
    async list() {
      const names = await ifThere(readdir(directory)) ?? [];
      const tokens: ResumeToken[] = [];
      for (const name of names.sort()) {
        const path = join(directory, name);
        try {
          if (name.endsWith(".tmp")) await sweep(path);
          const token = name.endsWith(".json") ? await read(path) : undefined;
          if (token) tokens.push(token);
        } catch (error) {
          onError(error);
        }
      }
      return tokens;
    },
    remove: (id) => inTurn(pathOf(id), () => rm(pathOf(id), { force: true })),
  };
}

/** Longest name that is not cut; with what is added, it fits every file system. */
const LONGEST_NAME = 150;

/**
 * The name of an operation's file: no two ids have the same, not even where
 * capitals and small letters are one.
 */
function fileName(id: string): string {
  const safe = id.replace(
    /[^a-z0-9_-]/g,
    (char) => `%${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  // Windows takes con, nul and the like for devices.
  if (
    safe.length <= LONGEST_NAME &&
    !/^(?:con|prn|aux|nul|com\d|lpt\d|)$/.test(safe)
  ) {
    return `${safe}.json`;
  }
  const hash = createHash("sha256").update(safe).digest("hex");
  return `${safe.slice(0, LONGEST_NAME - hash.length - 1)}~${hash}.json`;
}

/** Does things one after another that have to do with the same file. */
function createTurns(): <T>(
  path: string,
  work: () => Promise<T>,
) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (path, work) => {
    const turn = (last.get(path) ?? Promise.resolve()).then(work, work);
    const forget = (): void => {
      if (last.get(path) === turn) last.delete(path);
    };
    last.set(path, turn);
    turn.then(forget, forget);
    return turn;
  };
}

/** Writes a file of its own next to `path`, down to the disk. */
async function writeBeside(path: string, text: string): Promise<string> {
  for (let attempt = 0;; attempt++) {
    const temporary = `${path}.${attempt}.tmp`;
    // Another process may write here too: whoever makes the file has it.
    const file = await open(temporary, "wx", 0o600).catch((error) => {
      if (codeOf(error) === "EEXIST" && attempt < 1_000) return undefined;
      throw error;
    });
    if (!file) continue;
    try {
      await file.writeFile(text);
      await file.sync();
    } catch (error) {
      await file.close();
      await rm(temporary, { force: true });
      throw error;
    }
    await file.close();
    return temporary;
  }
}

/** Makes a rename last, where the system lets directories be synced. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r").catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/** How long a temporary file may be there before its process must be dead, in milliseconds. */
const ABANDONED_MS = 3_600_000;

/** Removes a temporary file that nobody will rename any more. */
async function sweep(path: string): Promise<void> {
  const info = await ifThere(stat(path));
  if (info && realTime() - info.mtimeMs > ABANDONED_MS) {
    await rm(path, { force: true });
  }
}

async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
