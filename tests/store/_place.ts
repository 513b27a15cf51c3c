/** Places for stores, and a cloud to wait for. */
import {
  createRuntime,
  elasticio,
  type Operation,
  type OperationStore,
  type ResumeToken,
  type RuntimeOptions,
} from "@lro/machines";
import { createElasticioEmulator, createVirtualClock } from "@lro/machines/testing";
import { type OpenStore, openStore, type StoreName } from "./_stores.ts";

/** A place for stores that is gone afterwards. */
export async function createPlace() {
  const directory = await Deno.makeTempDir();
  const opened: OpenStore[] = [];
  return {
    directory,
    open(name: StoreName, options: { onError?: (error: unknown) => void } = {}): OpenStore {
      const store = openStore(name, directory, options);
      opened.push(store);
      return store;
    },
    async [Symbol.asyncDispose]() {
      for (const store of opened) store.close?.();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** elastic.io of our own, where an execution takes some seconds. */
export function createCloud() {
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const emulator = createElasticioEmulator({
    clock,
    plan: { durationMs: 3_000, result: { answer: 42 } },
  });
  const reported: unknown[] = [];
  /** Time stands still while a store works. */
  const wait = async <T>(work: () => T | Promise<T>): Promise<T> => {
    let result: T;
    await clock.watch(async () => {
      result = await work();
      return new Response(null);
    })("http://store/");
    return result!;
  };
  const open = (store: OperationStore, more: Partial<RuntimeOptions> = {}) =>
    createRuntime({
      clock,
      fetch: emulator.fetch,
      store: { ...store, save: (token) => wait(() => store.save(token)) },
      onError: (error) => void reported.push(error),
      ...more,
    });
  return { clock, emulator, reported, open, wait };
}

export const execution = (): Operation<{ answer: number }> =>
  elasticio.execution({
    execution: {
      execution_type: "get_meta_model",
      component: "c",
      action_or_trigger: "a",
      account_id: "1",
    },
  });

export const ids = (tokens: readonly ResumeToken[]): string[] => tokens.map(({ id }) => id).sort();
