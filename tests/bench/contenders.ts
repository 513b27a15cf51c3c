/**
 * Those who wait for the operations of the status service: a loop written by
 * hand, our peers, XState as its manual has it, and this library.
 *
 * @module
 */
import { createHttpPoller } from "@azure/core-lro";
import { createWaiter } from "@smithy/util-waiter";
import { createActor } from "xstate";
import { type Clock, createRuntime, fixed } from "../../mod.ts";
import { idiomaticMachine } from "./idiomatic_machine.ts";
import { statusOperation } from "./status_kind.ts";
import type { OperationStatus } from "./status_service.ts";

/** What everybody has to work with. */
export interface Arena {
  /** Sends a request. */
  readonly fetch: typeof globalThis.fetch;
  /** The pause between polls, in milliseconds. */
  readonly intervalMs: number;
  /** Time, for those who take one; the others have the global `setTimeout`. */
  readonly clock?: Clock;
}

/** Somebody at work. */
export interface Team {
  /** Waits for the operation behind a URL and yields its value. */
  start(url: string): Promise<unknown>;
  /** Cleans up. */
  close?(): Promise<void>;
}

/** By name, how somebody gets to work. */
export const contenders = {
  "a loop by hand": ({ fetch, intervalMs }: Arena): Team => ({
    async start(url) {
      for (;;) {
        const response = await fetch(url);
        const { status, value }: OperationStatus = await response.json();
        if (status === "Succeeded") return value;
        await new Promise((resolve) => setTimeout(resolve, intervalMs));
      }
    },
  }),

  "@smithy/util-waiter": ({ fetch, intervalMs }: Arena): Team => ({
    async start(url) {
      const delay = intervalMs / 1_000;
      const options = { client: null, maxWaitTime: 86_400, minDelay: delay, maxDelay: delay };
      const { reason } = await createWaiter(options, url, async () => {
        const body: OperationStatus = await (await fetch(url)).json();
        return body.status === "Succeeded"
          ? { state: "SUCCESS" as never, reason: body.value }
          : { state: "RETRY" as never };
      });
      return reason;
    },
  }),

  "@azure/core-lro": ({ fetch, intervalMs }: Arena): Team => {
    const request = { method: "POST", url: "http://service.test/operations" } as const;
    return {
      async start(url) {
        const poller = createHttpPoller<OperationStatus, never>({
          sendInitialRequest: () =>
            Promise.resolve({
              flatResponse: {},
              rawResponse: {
                statusCode: 202,
                headers: { "operation-location": url },
                body: {},
                request,
              },
            }),
          sendPollRequest: async () => {
            const response = await fetch(url);
            const body = await response.json();
            const rawResponse = { statusCode: response.status, headers: {}, body, request };
            return { flatResponse: body, rawResponse };
          },
        }, { intervalInMs: intervalMs });
        return (await poller.pollUntilDone()).value;
      },
    };
  },

  "idiomatic XState": ({ fetch, intervalMs, clock }: Arena): Team => ({
    start: (url) =>
      new Promise((resolve) => {
        const input = { url, fetch, intervalMs };
        const actor = createActor(idiomaticMachine, { input, ...(clock && { clock }) } as never);
        actor.subscribe({ complete: () => resolve(actor.getSnapshot().output) });
        actor.start();
      }),
  }),

  ours: ({ fetch, intervalMs, clock }: Arena): Team => {
    const runtime = createRuntime({ fetch, ...(clock && { clock }) });
    const options = {
      deadlineMs: 86_400_000,
      schedule: fixed(intervalMs),
      signal: new AbortController().signal,
    };
    return {
      start: (url) => runtime.start(statusOperation(url), options).result(),
      close: () => runtime.dispose(),
    };
  },
} as const;

/** Who takes part. */
export type ContenderName = keyof typeof contenders;

/** All of them, in the order of the tables. */
export const contenderNames = Object.keys(contenders) as ContenderName[];
