/**
 * The way out: every request of every operation goes through one transport,
 * which limits, shares, retries and authorises them.
 *
 * @module
 */
import type { TransportServices } from "./transport_services.ts";
import type { Call } from "../../model/message.ts";
import type { Services } from "../../services.ts";
import { Exchange, type ExchangeOptions, type ExchangeOwner } from "./exchange.ts";
import { HeaderReader } from "./header_reader.ts";
import { hashOf, InFlight } from "./in_flight.ts";
import { Limiter, type LimiterOptions, type Origin, type Waiting } from "./limiter.ts";
import type { TimerWheel } from "../timers.ts";

/** Options for {@linkcode Transport}. */
export interface TransportOptions extends LimiterOptions {
  /** Longest time for one attempt, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Largest reply, in bytes. */
  readonly maxReplyBytes: number;
  /** Told what a kind throws when it is asked about a reply. */
  readonly report: (error: unknown) => void;
}

/** Exchanges kept for later; more than are under way at once there never are. */
const MAX_SPARE = 256;

/** Sends calls. */
export class Transport {
  readonly #services: TransportServices;
  /** GETs on their way, by what they ask for. */
  readonly #inFlight = new InFlight<Exchange>();
  readonly #spare: Exchange[] = [];
  /** Exchanges that are not over. */
  #busy = 0;

  /** A transport on the given services and timers. */
  constructor(services: Services, wheel: TimerWheel, options: TransportOptions) {
    const { fetch, clock, random } = services;
    const { requestTimeoutMs, maxReplyBytes, report } = options;
    this.#services = { // no spread: V8 makes other shapes for the same fields then
      fetch,
      clock,
      random,
      wheel,
      limiter: new Limiter(options),
      headerReader: new HeaderReader(),
      maxReplyBytes,
      requestTimeoutMs,
      report,
      transport: this,
    };
  }

  /** An exchange has its answer: nobody can join it any more. */
  unshare(exchange: Exchange): void {
    if (exchange.key !== undefined) this.#inFlight.delete(exchange);
  }

  /** All owners of an exchange know how it ended, or nobody wants to. */
  recycle(exchange: Exchange): void {
    const { wheel } = this.#services;
    exchange.text = undefined;
    if (this.#spare.length < MAX_SPARE) this.#spare.push(exchange);
    else wheel.disarm(exchange);
    // Timers that are over may stay for the next request, but not if there is none.
    if (--this.#busy === 0) { for (const each of this.#spare) wheel.disarm(each); }
  }

  /**
   * Sends a call, or joins an equal GET that is on its way.
   *
   * @returns The exchange; its owner hears of the end, never before this returns.
   */
  send(call: Call, options: ExchangeOptions, owner: ExchangeOwner): Exchange {
    const exchange = this.take(call, this.origin(call.url), options, owner);
    if (exchange.isNew) exchange.begin();
    return exchange;
  }

  /** Where a URL leads. */
  origin(url: string): Origin {
    return this.#services.limiter.origin(url);
  }

  /** Waits for a place to send a call to an origin. */
  queue(origin: Origin, waiting: Waiting, nowMs: number): void {
    this.#services.limiter.enter(origin, waiting, nowMs);
  }

  /**
   * Joins an equal GET that is on its way, or opens an exchange that is neither queued nor sent yet.
   *
   * @param urlHash {@linkcode hashOf} of the call's URL, where it is known.
   */
  take(
    call: Call,
    origin: Origin,
    options: ExchangeOptions,
    owner: ExchangeOwner,
    urlHash?: number,
  ): Exchange {
    const key = options.fetchReply ? undefined : shareKey(call);
    const hash = key === undefined ? 0 : key === call.url ? urlHash ?? hashOf(key) : hashOf(key);
    const shared = key === undefined ? undefined : this.#inFlight.find(key, hash);
    if (shared) {
      shared.join(owner);
      return shared;
    }
    this.#busy++;
    const exchange = this.#spare.pop() ?? new Exchange(this.#services);
    exchange.open(call, origin, options, owner);
    exchange.key = key;
    exchange.hash = hash;
    if (key !== undefined) this.#inFlight.add(exchange);
    return exchange;
  }
}

/** What a GET asks for, as text; `undefined` for what is never shared. */
function shareKey(call: Call): string | undefined {
  const { method, url, headers, body } = call;
  if (method !== "GET" || body !== undefined) return undefined;
  return headers === undefined ? url : `${url}\n${JSON.stringify(headers)}`;
}
