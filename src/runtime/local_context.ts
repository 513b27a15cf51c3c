/**
 * What the operations of one runtime share.
 *
 * @module
 */
import type { Handle } from "./handle/handle.ts";
import { type Clock, printError, type Services, systemServices } from "../services.ts";
import { containCallback } from "../model/contain.ts";
import { EventStreams } from "./stream/event_streams.ts";
import { Feeds } from "./feed/feeds.ts";
import type { ActorHost } from "./engine/context.ts";
import type { RuntimeObserver } from "../model/observation.ts";
import type { RuntimeOptions } from "./options.ts";
import { Registry } from "./operations.ts";
import { Saving, STORE_TIMEOUT_MS } from "./saving.ts";
import type { OperationStore } from "../model/store.ts";
import { TimerWheel } from "./timers.ts";
import type { ResumeToken } from "../model/token.ts";
import { Transport } from "./http/transport.ts";

/** What the operations of one runtime share. */
export class LocalHost implements ActorHost {
  readonly clock: Clock;
  readonly epochMs: number;
  readonly random: () => number;
  readonly wheel: TimerWheel;
  readonly transport: Transport;
  readonly feeds: Feeds;
  readonly streams: EventStreams;
  readonly handles: Registry<Handle<unknown>>;
  readonly store: OperationStore | undefined;
  readonly removesEnded: boolean;
  observer: RuntimeObserver | undefined;
  readonly #onError: (error: unknown) => void;
  readonly #saving: Saving | undefined;
  readonly #finishing = new Set<Promise<void>>();

  /** Makes what the options ask for. */
  constructor(options: RuntimeOptions) {
    const { store, onError = printError } = options;
    const services: Services = {
      fetch: options.fetch as typeof fetch ?? systemServices.fetch,
      clock: options.clock ?? systemServices.clock,
      random: options.random ?? systemServices.random,
    };
    const { clock, random } = services;
    this.#onError = onError;
    this.clock = clock;
    this.random = random;
    this.wheel = new TimerWheel(clock, this.report);
    this.epochMs = this.wheel.epochMs;
    this.transport = new Transport(services, this.wheel, {
      maxRequests: options.maxConcurrentRequests ?? 128,
      maxRequestsPerOrigin: options.maxConcurrentRequestsPerOrigin ?? 32,
      requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
      maxReplyBytes: options.maxReplyBytes ?? 2 ** 24,
      report: this.report,
    });
    const { wheel, transport, report } = this;
    this.feeds = new Feeds({ clock, wheel, transport, report });
    this.streams = new EventStreams({ ...services, wheel, report, finishing: this.finishing });
    this.handles = new Registry(services);
    this.store = store;
    this.removesEnded = options.removeEnded ?? false;
    const timeoutMs = options.storeTimeoutMs ?? STORE_TIMEOUT_MS;
    this.#saving = store && new Saving({ store, clock, wheel, timeoutMs });
  }

  readonly report = (error: unknown): void => {
    // Somebody whose error handler throws does not want to know.
    containCallback(() => this.#onError(error), () => {});
  };

  readonly save = (token: ResumeToken): Promise<void> =>
    this.#saving?.save(token) ?? Promise.resolve();

  readonly load = (id: string): Promise<ResumeToken | undefined> =>
    this.#saving?.load(id) ?? Promise.resolve(undefined);

  readonly forget = (id: string): void => {
    this.#saving?.remove(id).catch(this.report);
  };

  readonly releaseWrites = (id: string): void => this.#saving?.release(id);

  readonly finishing = (work: Promise<void>): void => {
    this.#finishing.add(work);
    work.finally(() => this.#finishing.delete(work));
  };

  /** Waits for all that is being saved and finished; not for a store that hangs. */
  async finished(): Promise<void> {
    await this.#saving?.finish();
    await Promise.all(this.#finishing);
  }
}

const hosts = new WeakMap<object, ActorHost>();

/** Lets a runtime be observed. */
export function makeObservable(runtime: object, host: ActorHost): void {
  hosts.set(runtime, host);
}

/**
 * The host of a runtime's actors.
 *
 * @throws {TypeError} If it is not one of our runtimes.
 */
export function hostOf(runtime: object): ActorHost {
  const host = hosts.get(runtime);
  if (host) return host;
  throw new TypeError("Cannot observe runtime: expected what createRuntime() returns");
}
