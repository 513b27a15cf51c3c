/**
 * The feeds of a runtime, and who sits in them. One waiter alone asks for itself,
 * with its own narrow request; from the second one on they share.
 *
 * @module
 */
import type { FeedServices } from "./feed_services.ts";
import type { FeedSeat } from "../../model/feed.ts";
import type { FeedGuest } from "./feed_member.ts";
import type { FeedPlace } from "./feed_place.ts";
import { SharedFeed } from "./shared_feed.ts";

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
    const feedPlace = placeOf(guest);
    return feedPlace !== undefined && feedPlace.feed.tell(feedPlace.member);
  }

  /** A guest waits for its next poll. Returns when that is, or `undefined` if it looks after that itself. */
  wait(guest: FeedGuest, seat: FeedSeat, pauseMs: number): number | undefined {
    const { feed, member } = this.#placeOf(guest, seat);
    return feed.wait(member, seat, pauseMs);
  }

  /** A guest neither asks nor waits any more. */
  release(guest: FeedGuest): void {
    const feedPlace = placeOf(guest);
    feedPlace?.feed.release(feedPlace.member);
  }

  /** When a guest's feed looks next, in milliseconds of the clock. */
  nextLookAt(guest: FeedGuest): number | undefined {
    return placeOf(guest)?.feed.nextLookAt;
  }

  /** A guest leaves for good. */
  leave(guest: FeedGuest): void {
    const feedPlace = placeOf(guest);
    guest.feedPlace = undefined;
    feedPlace?.feed.leave(feedPlace.member);
  }

  #placeOf(guest: FeedGuest, seat: FeedSeat): FeedPlace {
    const feedPlace = placeOf(guest);
    if (feedPlace?.feed.key === seat.key) return feedPlace;
    this.leave(guest);
    let feed = this.#feeds.get(seat.key);
    if (!feed) {
      feed = new SharedFeed(this.#services, seat.key, () => this.#feeds.delete(seat.key));
      this.#feeds.set(seat.key, feed);
    }
    const place: FeedPlace = { feed, member: feed.join(guest, seat) };
    guest.feedPlace = place;
    return place;
  }
}

/** Where a guest sits: nobody but the feeds puts anything there. */
function placeOf({ feedPlace }: FeedGuest): FeedPlace | undefined {
  return feedPlace as FeedPlace | undefined;
}
