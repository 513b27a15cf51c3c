/** The stores, to be tested alike. */
import type { OperationStore, ResumeToken } from "@lro/machines";
import { createFileStore } from "@lro/machines/store/files";
import { createMemoryStore } from "@lro/machines/store/memory";
import { createSqliteStore } from "@lro/machines/store/sqlite";

export type StoreName = "memory" | "files" | "sqlite";

/** A store, and how to let go of it. */
export type OpenStore = OperationStore & { readonly close?: () => void };

/** Opens a store at a place, which is a directory; a store in memory has none. */
export function openStore(
  name: StoreName,
  place: string,
  options: { readonly onError?: (error: unknown) => void } = {},
): OpenStore {
  switch (name) {
    case "memory":
      return createMemoryStore();
    case "files":
      return createFileStore(`${place}/operations`, options);
    case "sqlite":
      return createSqliteStore({ path: `${place}/operations.db`, ...options });
  }
}

/** A token that is as good as a real one. */
export function tokenOf(id: string, fields: Partial<ResumeToken> = {}): ResumeToken {
  return {
    version: 1,
    id,
    kind: "elasticio.poll",
    input: { baseUrl: "https://api.elastic.io", executionId: "1" },
    memory: { pollUrl: "https://api.elastic.io/v1/exec/poll/1" },
    value: { polling: "waiting" },
    schedule: { kind: "fixed", intervalMs: 1_000 },
    pauses: 0,
    polls: 0,
    requests: 0,
    startedAt: 1_700_000_000_000,
    ...fields,
  };
}
