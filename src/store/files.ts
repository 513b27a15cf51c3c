/**
 * A store of files, one for each operation. Needs nothing but a directory.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { OperationStore } from "../model/store.ts";
import type { ResumeToken } from "../model/token.ts";
import { nextTurn, printError, realTime } from "../services.ts";
import { readStoredToken } from "./stored_token.ts";

/** Options for {@linkcode createFileStore}. */
export interface FileStoreOptions {
  /**
   * Told of every file in the directory that `list` cannot read.
   *
   * @default {console.error}
   */
  readonly onError?: ((error: unknown) => void) | undefined;
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
    return text === undefined ? undefined : parse(text, path);
  }

  function parse(text: string, path: string): ResumeToken {
    const token = readStoredToken(checkSum(text, path), path);
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
      const text = addSum(JSON.stringify(token)); // now, whatever becomes of the token meanwhile
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
      for (const [index, name] of names.sort().entries()) {
        const path = join(directory, name);
        if (index % READ_AT_ONCE === READ_AT_ONCE - 1) await nextTurn();
        try {
          if (name.endsWith(".tmp")) await sweep(path);
          const text = name.endsWith(".json") ? readNow(path) : undefined;
          if (text !== undefined) tokens.push(parse(text, path));
        } catch (error) {
          onError(error);
        }
      }
      return tokens;
    },
    remove: (id) => inTurn(pathOf(id), () => rm(pathOf(id), { force: true })),
  };
}

/** Small files are read three times as fast without waiting for each; others get their turn after so many. */
const READ_AT_ONCE = 64;

function readNow(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The end of a file: the SHA-256 of the token's JSON, as its last field. */
const CHECKSUM = /,"checksum":"([0-9a-f]{64})"\}$/;

function sumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function addSum(text: string): string {
  return `${text.slice(0, -1)},"checksum":"${sumOf(text)}"}`;
}

/**
 * The token's text. Files from before there were checksums have none.
 *
 * @throws {TypeError} If it is not what was written.
 */
function checkSum(text: string, path: string): string {
  const found = CHECKSUM.exec(text);
  if (!found) return hasStrangeField(text) ? refuse(path) : text;
  const json = `${text.slice(0, found.index)}}`;
  return sumOf(json) === found[1] ? json : refuse(path);
}

function refuse(path: string): never {
  throw new TypeError(`Cannot read token: ${path} is damaged, its checksum does not fit`);
}

const FIELDS: ReadonlySet<string> = new Set([
  ...["version", "id", "kind", "input", "memory", "value", "schedule", "pauses", "polls"],
  ...["requests", "startedAt", "nextPollAt", "deadlineMs", "deadlineAt", "uncertain", "outcome"],
]);

/** Whether there is a field that no token has: what a damaged checksum looks like. */
function hasStrangeField(text: string): boolean {
  try {
    const names = Object.keys(JSON.parse(text));
    return ["id", "kind", "version"].every((name) => names.includes(name)) &&
      names.some((name) => !FIELDS.has(name));
  } catch {
    return false; // no JSON: whoever reads it next says so
  }
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
