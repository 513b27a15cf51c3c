/**
 * A store that forgets everything with its process: for tests, and for several
 * runtimes in one process.
 *
 * @module
 */
import type { OperationStore } from "../model/store.ts";
import type { ResumeToken } from "../model/token.ts";

/** A store in memory; nothing in it ever waits. */
export interface MemoryStore extends OperationStore {
  /** Writes a token over the one with the same id. */
  save(token: ResumeToken): void;
  /** The token of an operation, if there is one. */
  load(id: string): ResumeToken | undefined;
  /** Every token. */
  list(): readonly ResumeToken[];
  /** Forgets an operation; an unknown id is no error. */
  remove(id: string): void;
}

/**
 * Creates a store in memory. Like any other it keeps tokens as JSON, so that it
 * never shares an object with anybody.
 *
 * @example Going on in another runtime
 * ```ts
 * import { createRuntime, elasticio } from "@lro/machines";
 * import { createMemoryStore } from "@lro/machines/store/memory";
 * import { createElasticioEmulator, createVirtualClock } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = createVirtualClock();
 * const emulator = createElasticioEmulator({ clock, plan: { durationMs: 60_000, result: 42 } });
 * const services = { clock, fetch: emulator.fetch, store: createMemoryStore() };
 *
 * const before = createRuntime(services);
 * before.start(elasticio.execution({
 *   execution: { execution_type: "verify_credentials", component: "c", account_data: {} },
 * }));
 * await clock.advance(20_000);
 * await before.dispose();
 *
 * await using after = createRuntime(services);
 * const [handle] = services.store.list().map((token) => after.restore<number>(token));
 * assertEquals(await clock.runUntil(handle!.result()), 42);
 * assertEquals(emulator.count("schedule"), 1);
 * ```
 */
export function createMemoryStore(): MemoryStore {
  const texts = new Map<string, string>();
  const read = (text: string): ResumeToken => JSON.parse(text);
  return {
    save: (token) => void texts.set(token.id, JSON.stringify(token)),
    load: (id) => {
      const text = texts.get(id);
      return text === undefined ? undefined : read(text);
    },
    list: () => [...texts.values()].map(read),
    remove: (id) => void texts.delete(id),
  };
}
