/**
 * A store in an SQLite database, on the SQLite that Deno and Node bring along.
 *
 * @module
 */
import { closeSync, openSync } from "node:fs";
import process from "node:process";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { OperationStore } from "../model/store.ts";
import type { ResumeToken } from "../model/token.ts";
import { printError } from "../services.ts";
import { readStoredToken } from "./stored_token.ts";

/** Options for {@linkcode createSqliteStore}. */
export interface SqliteStoreOptions {
  /** The database file, created where there is none; `":memory:"` for none at all. */
  readonly path: string;
  /**
   * How long to wait for another process that is writing, in milliseconds.
   *
   * @default {5000}
   */
  readonly busyTimeoutMs?: number | undefined;
  /**
   * Told of every row that `list` cannot read.
   *
   * @default {console.error}
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A store in an SQLite database; nothing in it ever waits. */
export interface SqliteStore extends OperationStore, Disposable {
  /** Writes a token over the one with the same id. */
  save(token: ResumeToken): void;
  /** The token of an operation, if there is one. */
  load(id: string): ResumeToken | undefined;
  /** Every token. */
  list(): readonly ResumeToken[];
  /** Forgets an operation; an unknown id is no error. */
  remove(id: string): void;
  /** Closes the database; the store cannot be used any more. */
  close(): void;
}

/**
 * Creates a store in an SQLite database. It keeps its tokens in a table of its
 * own, `lro_operations`, so that the database may hold other things too. Several
 * stores, in this process or in others, may share one file.
 *
 * @example Usage
 * ```ts
 * import { createRuntime } from "@lro/machines";
 * import { createSqliteStore } from "@lro/machines/store/sqlite";
 *
 * using store = createSqliteStore(":memory:");
 * await using runtime = createRuntime({ store });
 * for (const token of store.list()) runtime.restore(token);
 * ```
 *
 * @param options The path, or all options.
 * @throws {TypeError} If the path is no text, or empty.
 * @throws {Error} Where there is no `node:sqlite`: it takes Node 22.13, or Deno 2.2.
 */
export function createSqliteStore(
  options: string | SqliteStoreOptions,
): SqliteStore {
  const { path, busyTimeoutMs = 5_000, onError = printError } = typeof options === "string"
    ? { path: options }
    : options;
  if (typeof path !== "string" || path === "") {
    throw new TypeError(
      `Cannot create SQLite store: path must be a path, got ${JSON.stringify(path)}`,
    );
  }
  if (!Number.isInteger(busyTimeoutMs) || busyTimeoutMs < 0) {
    throw new RangeError(
      `Cannot create SQLite store: busyTimeoutMs must be whole milliseconds, got ${busyTimeoutMs}`,
    );
  }
  const database = openDatabase(path);
  try {
    database.exec(`
      PRAGMA busy_timeout = ${busyTimeoutMs};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS lro_operations (id TEXT PRIMARY KEY, token TEXT NOT NULL);
    `);
  } catch (error) {
    database.close();
    throw error;
  }
  let isOpen = true;
  const close = (): void => {
    if (isOpen) database.close();
    isOpen = false;
  };
  const prepare = (sql: string): () => StatementSync => {
    const statement = database.prepare(sql);
    return () => {
      if (isOpen) return statement;
      throw new Error(`Cannot use SQLite store: ${path} was closed`);
    };
  };
  const upsert = prepare(
    "INSERT INTO lro_operations (id, token) VALUES (?, ?) " +
      "ON CONFLICT (id) DO UPDATE SET token = excluded.token",
  );
  const select = prepare("SELECT token FROM lro_operations WHERE id = ?");
  const selectIds = prepare("SELECT rowid, CAST(id AS BLOB) AS id FROM lro_operations ORDER BY id");
  const selectRow = prepare("SELECT id, token FROM lro_operations WHERE rowid = ?");
  const selectAll = prepare("SELECT id, token FROM lro_operations ORDER BY id");
  /** All rows at once; one after the other where one is so rotten that SQLite cannot hand it out. */
  const readRows = (): unknown[] => {
    try {
      return selectAll().all();
    } catch (error) {
      if (!isOpen) throw error;
      return selectIds().all().flatMap((row) => {
        try {
          return [selectRow().get((row as unknown as { rowid: number }).rowid)];
        } catch (cause) {
          onError(cause);
          return [];
        }
      });
    }
  };
  const remove = prepare("DELETE FROM lro_operations WHERE id = ?");
  const read = (row: unknown, id: string): ResumeToken =>
    readStoredToken(String((row as Row).token), `row "${id}" of ${path}`);
  return {
    save: (token) => void upsert().run(keyOf(token.id), JSON.stringify(token)),
    load: (id) => {
      const row = select().get(keyOf(id));
      return row && read(row, keyOf(id));
    },
    list: () =>
      readRows().flatMap((row) => {
        try {
          return [read(row, (row as unknown as Row).id)];
        } catch (error) {
          onError(error);
          return [];
        }
      }),
    remove: (id) => void remove().run(keyOf(id)),
    close,
    [Symbol.dispose]: close,
  };
}

interface Row {
  readonly id: string;
  readonly token: unknown;
}

/** An id as SQLite's text can hold it: without NUL, and without half a surrogate pair. */
function keyOf(id: string): string {
  return JSON.stringify(id).slice(1, -1);
}

function openDatabase(path: string): DatabaseSync {
  // Looked up only now, so that this module can be imported where there is none.
  const sqlite = process.getBuiltinModule?.("node:sqlite");
  if (!sqlite) {
    throw new Error(
      `Cannot create SQLite store: this is ${
        process.version ? `Node ${process.version}` : "a runtime"
      } without node:sqlite, it takes Node 22.13 or later (22.5 with --experimental-sqlite), or Deno 2.2; createFileStore needs neither`,
    );
  }
  if (path !== ":memory:") createPrivate(path);
  return new sqlite.DatabaseSync(path);
}

/** Creates the file for its owner alone; SQLite gives its other files the same mode. */
function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    // Never opened where it is there: closing it would drop the locks of this process's other stores.
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
  }
}
