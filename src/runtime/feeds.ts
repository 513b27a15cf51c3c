/**
 * The feeds of a runtime, and who sits in them. One waiter alone asks for itself,
 * with its own narrow request; from the second one on they share.
 *
 * @module
 */
import type { Call, Fault, Reply, Verdict } from "../operation.ts";
import type { Clock } from "../services.ts";
import type { Feed, FeedEntry, FeedSeat } from "./feed.ts";
import type { CompleteRetryPolicy } from "./retry.ts";
import { SharedFeed } from "./shared_feed.ts";
import type { TimerWheel } from "./timers.ts";
import type { Transport } from "./transport.ts";

/** An actor, as a feed sees it. */
export interface FeedGuest {
  /** Its kind's feed. */
  readonly feed: Feed<object, object>;
  /** How its requests are retried. */
  readonly retry: CompleteRetryPolicy;
  /** The step that it asks for, or will ask for when it is woken. */
  readonly feedStep: string;
  /** A call with the caller's own headers. */
  address(call: Call): Call;
  /** The answer to what it asked. */
  fed(answer: Reply | Verdict): void;
  /** There is no answer to what it asked. */
  faulted(fault: Fault): void;
  /** It must ask for itself. */
  askAlone(): void;
  /** There is news: it should ask. */
  due(): void;
  /** It must look after its own polls from now on, the next one at this time. */
  waitAlone(timeMs: number): void;
}

/** What a feed remembers of a guest. */
export interface Member {
  readonly guest: FeedGuest;
  /** What it wants to know. */
  seat: FeedSeat;
  /** `asking` wants an answer at once, `waiting` wants to be woken, `idle` wants nothing. */
  mode: "idle" | "asking" | "waiting";
  /** The pause that its own schedule would make, in milliseconds. */
  pauseMs: number;
  /** Entries up to this id were looked at for it; `undefined` where only itself can tell. */
  coveredTo: number | undefined;
  /** The last change of its entry that it was told. */
  change: string | undefined;
  /** Why it was woken: what to answer when it asks. */
  news: Answer | undefined;
  /** It pulls the list too far back, or its entry is gone: it asks for itself. */
  isAlone: boolean;
  /** The look at the list that counts for it. */
  look: object | undefined;
}

/** What is to be answered. */
export type Answer =
  | { readonly position: number; readonly entries: readonly FeedEntry[] }
  | { readonly reply: Reply }
  | { readonly fault: Fault };

/** What feeds work with. */
export interface FeedServices {
  /** Time. */
  readonly clock: Clock;
  /** Timers. */
  readonly wheel: TimerWheel;
  /** The way out. */
  readonly transport: Transport;
}

/** All feeds of a runtime. */
export class Feeds {
  readonly #services: FeedServices;
  readonly #feeds = new Map<string, SharedFeed>();
  readonly #seated = new Map<FeedGuest, { readonly feed: SharedFeed; readonly member: Member }>();

  /** None yet. */
  constructor(services: FeedServices) {
    this.#services = services;
  }

  /** A step is to be answered. Returns whether the feed will; else the guest asks for itself. */
  ask(guest: FeedGuest, seat: FeedSeat): boolean {
    const { feed, member } = this.#seat(guest, seat);
    return feed.ask(member, seat);
  }

  /** A guest waits for its next poll. Returns when that is, or `undefined` if it looks after that itself. */
  wait(guest: FeedGuest, seat: FeedSeat, pauseMs: number): number | undefined {
    const { feed, member } = this.#seat(guest, seat);
    return feed.wait(member, seat, pauseMs);
  }

  /** A guest neither asks nor waits any more. */
  release(guest: FeedGuest): void {
    const seated = this.#seated.get(guest);
    if (!seated) return;
    seated.member.mode = "idle";
    seated.member.look = undefined;
  }

  /** When a guest's feed looks next, in milliseconds of the clock. */
  nextLookAt(guest: FeedGuest): number | undefined {
    return this.#seated.get(guest)?.feed.nextLookAt;
  }

  /** A guest leaves for good. */
  leave(guest: FeedGuest): void {
    const seated = this.#seated.get(guest);
    if (!seated) return;
    this.#seated.delete(guest);
    seated.feed.leave(seated.member);
  }

  #seat(
    guest: FeedGuest,
    seat: FeedSeat,
  ): { readonly feed: SharedFeed; readonly member: Member } {
    let seated = this.#seated.get(guest);
    if (seated && seated.feed.key !== seat.key) {
      this.leave(guest);
      seated = undefined;
    }
    if (!seated) {
      let feed = this.#feeds.get(seat.key);
      if (!feed) {
        feed = new SharedFeed(this.#services, seat.key, () => this.#feeds.delete(seat.key));
        this.#feeds.set(seat.key, feed);
      }
      seated = { feed, member: feed.join(guest, seat) };
      this.#seated.set(guest, seated);
    }
    return seated;
  }
}
