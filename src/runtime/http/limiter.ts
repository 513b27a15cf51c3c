/**
 * How many requests may be under way at once, in all and for one origin. Those
 * who must wait are served in the order in which they came, origins in turn.
 *
 * @module
 */
import { RetryBudget } from "./retry.ts";
import { originOf } from "../../model/url.ts";

/** Somebody who waits for a place. */
export interface Waiting {
  /** Whether it still wants one. */
  readonly wantsPlace: boolean;
  /**
   * Called when it has one.
   *
   * @param nowMs The present time, in milliseconds of the clock.
   * @returns Whether it takes it.
   */
  admit(nowMs: number): boolean;
}

/** What the limiter knows of an origin. */
export interface Origin {
  /** Its name, e.g. `"https://api.example.com"`. */
  readonly name: string;
  /** Retries that are left. */
  readonly budget: RetryBudget;
  /** Nothing may be sent before this time, in milliseconds of the clock. */
  heldUntil: number;
  /** Requests under way. */
  active: number;
  /** Those who wait; everything before `head` was served. */
  queue: Waiting[];
  /** The first in the queue. */
  head: number;
}

/** Options for {@linkcode Limiter}. */
export interface LimiterOptions {
  /** Requests at once in all. */
  readonly maxRequests: number;
  /** Requests at once to one origin. */
  readonly maxRequestsPerOrigin: number;
}

/** So many origins are kept before those are forgotten that are idle. */
const MAX_IDLE_ORIGINS = 256;

/** Hands out places. */
export class Limiter {
  readonly #options: LimiterOptions;
  readonly #origins = new Map<string, Origin>();
  /** Origins with somebody in their queue. */
  readonly #crowded = new Set<Origin>();
  #active = 0;
  /** When a place was wanted last: close enough to the present time, and costs nothing. */
  #nowMs = 0;
  /** With so many, idle ones are looked for. */
  #maxOrigins = MAX_IDLE_ORIGINS;
  /** The origin that was asked for last. */
  #last: Origin | undefined;

  /** Limits as given. */
  constructor(options: LimiterOptions) {
    this.#options = options;
  }

  /** What is known of the origin of a URL. */
  origin(url: string): Origin {
    // Mostly the same as before; comparing costs less than cutting and looking up.
    const last = this.#last;
    if (last && url.startsWith(last.name) && (url.charAt(last.name.length) || "/") === "/") {
      return last;
    }
    return this.#last = this.#find(originOf(url));
  }

  #find(name: string): Origin {
    let origin = this.#origins.get(name);
    if (!origin) {
      if (this.#origins.size >= this.#maxOrigins) this.#forgetIdle();
      origin = { name, budget: new RetryBudget(), heldUntil: 0, active: 0, queue: [], head: 0 };
      this.#origins.set(name, origin);
    }
    return origin;
  }

  /** Forgets origins of which nothing has to be known any more, so that a process may meet any number. */
  #forgetIdle(): void {
    for (const [name, origin] of this.#origins) {
      const { active, queue, budget } = origin;
      const isIdle = active === 0 && queue.length === 0 && budget.isFull &&
        origin.heldUntil <= this.#nowMs && origin !== this.#last;
      if (isIdle) this.#origins.delete(name);
    }
    this.#maxOrigins = Math.max(MAX_IDLE_ORIGINS, 2 * this.#origins.size); // not at each new one
  }

  /** Admits at once where there is a place, and later where there is none. */
  enter(origin: Origin, waiting: Waiting, nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#hasPlace(origin)) {
      if (!this.#admit(origin, waiting, nowMs)) this.#serve(nowMs);
    } else {
      origin.queue.push(waiting);
      this.#crowded.add(origin);
    }
  }

  /** Gives a place back, and to the next who waits. */
  leave(origin: Origin, nowMs: number): void {
    origin.active--;
    this.#active--;
    this.#serve(nowMs);
  }

  /** Gives a place to the next who waits, if there is one. */
  #serve(nowMs: number): void {
    for (let crowded = this.#nextCrowded(); crowded; crowded = this.#nextCrowded()) {
      const next = shift(crowded);
      const isEmpty = crowded.head >= crowded.queue.length;
      if (isEmpty || this.#crowded.size > 1) {
        this.#crowded.delete(crowded);
        // To the end of the line of origins, so that none starves the others.
        if (!isEmpty) this.#crowded.add(crowded);
      }
      if (next && this.#admit(crowded, next, nowMs)) return;
    }
  }

  /** The first origin with somebody in its queue for whom there is a place. */
  #nextCrowded(): Origin | undefined {
    if (this.#crowded.size === 0) return undefined;
    for (const crowded of this.#crowded) if (this.#hasPlace(crowded)) return crowded;
    return undefined;
  }

  #hasPlace(origin: Origin): boolean {
    return this.#active < this.#options.maxRequests &&
      origin.active < this.#options.maxRequestsPerOrigin;
  }

  #admit(origin: Origin, waiting: Waiting, nowMs: number): boolean {
    origin.active++;
    this.#active++;
    if (waiting.admit(nowMs)) return true;
    origin.active--;
    this.#active--;
    return false;
  }
}

/** The next in an origin's queue who still wants a place. */
function shift(origin: Origin): Waiting | undefined {
  const { queue } = origin;
  while (origin.head < queue.length) {
    const next = queue[origin.head++]!;
    if (origin.head > 1_024 && origin.head * 2 > queue.length) {
      queue.splice(0, origin.head);
      origin.head = 0;
    }
    if (next.wantsPlace) return next;
  }
  origin.queue = [];
  origin.head = 0;
  return undefined;
}
