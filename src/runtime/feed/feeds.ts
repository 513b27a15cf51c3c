/**
 * The feeds of a runtime, and who sits in them. One waiter alone asks for itself,
 * with its own narrow request; from the second one on they share.
 *
 * @module
 */
import type { Clock } from "../../services.ts";
import type { FeedSeat } from "../../model/feed.ts";
import type { FeedGuest, FeedPlace } from "./feed_member.ts";
import { SharedFeed } from "./shared_feed.ts";
import type { TimerWheel } from "../timers.ts";
import type { Transport } from "../http/transport.ts";

/** What feeds work with. */
export interface FeedServices {
  /** Time. */
  readonly clock: Clock;
  /** Timers. */
  readonly wheel: TimerWheel;
  /** The way out. */
  readonly transport: Transport;
  /** Told of an error that belongs to nobody. */
  readonly report: (error: unknown) => void;
}

/** All feeds of a runtime. */
export class Feeds {
  readonly #services: FeedServices;
  readonly #feeds = new Map<string, SharedFeed>();

  /** None yet. */
  constructor(services: FeedServices) {
    this.#services = services;
  }

  /** How many feeds there are. */
  get size(): number {
    return this.#feeds.size;
  }

  /** A step is to be answered. Returns whether the feed will; else the guest asks for itself. */
  ask(guest: FeedGuest, seat: FeedSeat): boolean {
    const { feed, member } = this.#placeOf(guest, seat);
    return feed.ask(member, seat);
  }

  /** A guest may have been woken for an answer that is there already. Returns whether it was, and is answered. */
  tell(guest: FeedGuest): boolean {
    const { feedPlace } = guest;
    return feedPlace !== undefined && feedPlace.feed.tell(feedPlace.member);
  }

  /** A guest waits for its next poll. Returns when that is, or `undefined` if it looks after that itself. */
  wait(guest: FeedGuest, seat: FeedSeat, pauseMs: number): number | undefined {
    const { feed, member } = this.#placeOf(guest, seat);
    return feed.wait(member, seat, pauseMs);
  }

  /** A guest neither asks nor waits any more. */
  release(guest: FeedGuest): void {
    const { feedPlace } = guest;
    feedPlace?.feed.release(feedPlace.member);
  }

  /** When a guest's feed looks next, in milliseconds of the clock. */
  nextLookAt(guest: FeedGuest): number | undefined {
    return guest.feedPlace?.feed.nextLookAt;
  }

  /** A guest leaves for good. */
  leave(guest: FeedGuest): void {
    const { feedPlace } = guest;
    guest.feedPlace = undefined;
    feedPlace?.feed.leave(feedPlace.member);
  }

  #placeOf(guest: FeedGuest, seat: FeedSeat): FeedPlace {
    const { feedPlace } = guest;
    if (feedPlace?.feed.key === seat.key) return feedPlace;
    this.leave(guest);
    let feed = this.#feeds.get(seat.key);
    if (!feed) {
      feed = new SharedFeed(this.#services, seat.key, () => this.#feeds.delete(seat.key));
      this.#feeds.set(seat.key, feed);
    }
    return guest.feedPlace = { feed, member: feed.join(guest, seat) };
  }
}
