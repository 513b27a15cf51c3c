/**
 * One feed: looks at the list when somebody asks, and at intervals, and wakes
 * those for whom there is news. Whoever waits and has none costs nothing.
 *
 * @module
 */
import { contain } from "../../model/contain.ts";
import type { FeedSeat } from "../../model/feed.ts";
import { FeedCrowd } from "./feed_crowd.ts";
import { FeedLook } from "./feed_look.ts";
import {
  answerMember,
  createMember,
  type FeedAnswer,
  type FeedGuest,
  type FeedTrouble,
  isInTheDark,
  isSameSeat,
  type Member,
} from "./feed_member.ts";
import { FeedPosition } from "./feed_position.ts";
import { readLook, type Telling } from "./feed_telling.ts";
import type { FeedServices } from "./feed_services.ts";
import { TimerNode } from "../timers.ts";

/** How many requests for the list may be made at once before they are spread over time. */
const REQUESTS_AT_ONCE = 5;

/** One feed. */
export class SharedFeed extends TimerNode {
  /** What its members have in common. */
  readonly key: string;
  readonly #services: FeedServices;
  readonly #onEmpty: () => void;
  readonly #members = new Set<Member>();
  readonly #crowd = new FeedCrowd();
  readonly #position = new FeedPosition();
  #wantsPosition = false;
  #look: FeedLook | undefined;
  #looks = 0;
  #isLookPlanned = false;
  /** Until when the requests so far would be spread out evenly. */
  #spreadUntil = 0;
  /** Until when the server wants to be left alone. */
  #restUntil = 0;
  /** When somebody wants the next look who began to wait during this one. */
  #nextLookBy = Infinity;

  /**
   * A feed without members.
   *
   * @param onEmpty Called when the last one has left.
   */
  constructor(services: FeedServices, key: string, onEmpty: () => void) {
    super();
    this.key = key;
    this.#services = services;
    this.#onEmpty = onEmpty;
  }

  /** When it looks next, in milliseconds of the clock. */
  get nextLookAt(): number | undefined {
    return this.slot < 0 ? undefined : this.dueMs;
  }

  /** A guest sits down. */
  join(guest: FeedGuest, seat: FeedSeat): Member {
    const member = createMember(guest, seat);
    this.#members.add(member);
    this.#crowd.index(member);
    return member;
  }

  /** A guest gets up. */
  leave(member: Member): void {
    this.rest(member);
    this.#crowd.unindex(member);
    if (!this.#members.delete(member) || this.#members.size > 0) return;
    this.#wantsPosition = false;
    this.#look?.abandon();
    this.#look = undefined;
    this.#onEmpty();
  }

  /** A member neither asks nor waits any more, unless it is being woken: then it is seen to afterwards. */
  release(member: Member): void {
    if (member.mode !== "woken") this.rest(member);
  }

  /** A member wants nothing for the present. */
  rest(member: Member): void {
    if (member.mode === "idle") return;
    this.#crowd.rest(member);
    this.#look?.asked.delete(member);
    if (this.#crowd.isEmpty) this.#services.wheel.disarm(this);
  }

  /** Tells a member what it was woken for, if it was. */
  tell(member: Member): boolean {
    const { news } = member;
    if (news === undefined) return false;
    member.news = undefined;
    answerMember(member, news);
    return true;
  }

  /** A member asks. Returns whether it will be answered; else it asks for itself. */
  ask(member: Member, seat: FeedSeat): boolean {
    this.#sit(member, seat);
    const known = this.#knownOf(member);
    if (known) {
      answerMember(member, known);
      return true;
    }
    if (this.#members.size < 2 || member.isAlone || isInTheDark(member)) {
      this.#noteOwnRequest(member);
      return false;
    }
    this.#crowd.ask(member);
    this.#plan();
    return true;
  }

  /** A member waits. Returns when the feed looks next, or `undefined` if the member looks after that itself. */
  wait(member: Member, seat: FeedSeat, pauseMs: number): number | undefined {
    const lookAt = this.#services.clock.now() + pauseMs;
    if (member.mode === "woken" && member.pauseMs === pauseMs && isSameSeat(member.seat, seat)) {
      member.mode = "waiting";
      member.waitsSince = this.#looks;
      return lookAt;
    }
    const { ownFloor } = member;
    this.#sit(member, seat);
    if (seat.asks === "new" && ownFloor !== undefined) {
      member.isAlone = false;
      member.floor = Math.max(member.floor ?? -1, ownFloor);
    }
    if (this.#members.size < 2 || member.isAlone || isInTheDark(member)) return undefined;
    member.pauseMs = pauseMs;
    member.waitsSince = this.#looks;
    const isUnsettled = this.#position.settled === undefined || member.lookedIn < this.#looks;
    this.#crowd.wait(member, seat.asks === "known" || isUnsettled);
    if (this.#look) this.#nextLookBy = Math.min(this.#nextLookBy, lookAt);
    else this.#armBy(lookAt);
    return this.nextLookAt ?? lookAt;
  }

  /** Time for the next look. */
  override wake(): void {
    this.#begin();
  }

  /** What the member wants to know from now on. */
  #sit(member: Member, seat: FeedSeat): void {
    this.rest(member);
    member.ownFloor = undefined;
    if (!isSameSeat(member.seat, seat)) {
      member.floor = member.change = undefined;
      member.isAlone = false;
      this.#crowd.unindex(member);
      member.seat = seat;
      this.#crowd.index(member);
    }
    if (seat.after !== undefined) member.floor = Math.max(member.floor ?? -1, seat.after);
  }

  /** The entry that the member asks for, if it is being told of it at this very moment. */
  #knownOf({ seat, fresh }: Member): FeedAnswer | undefined {
    const entry = seat.asks === "known" ? fresh.find(({ id }) => id === seat.id) : undefined;
    return entry && { position: this.#position.latest!, entries: [entry] };
  }

  /** What a member asks for itself from here on holds for what is settled. */
  #noteOwnRequest(member: Member): void {
    if (this.#members.size < 2 || member.seat.asks !== "new") return;
    member.ownFloor = this.#position.settledAt(this.#services.clock.now());
    if (this.#position.latest !== undefined) return;
    this.#wantsPosition = true;
    this.#plan();
  }

  /** Sees to it that there is a look, as soon as one may be made, for those who ask. */
  #plan(): void {
    if (this.#look || this.#isLookPlanned || !(this.#crowd.isAsked || this.#wantsPosition)) return;
    if (this.#earliestLookAt() > this.#services.clock.now()) return this.#armBy(0);
    this.#isLookPlanned = true;
    queueMicrotask(() => { // when everybody who begins in this turn has asked
      this.#isLookPlanned = false;
      this.#begin();
    });
  }

  /** Looks at that time at the latest, or as soon as it may. */
  #armBy(timeMs: number): void {
    const lookAt = Math.max(timeMs, this.#earliestLookAt());
    if (this.slot < 0 || lookAt < this.dueMs) this.#services.wheel.arm(this, lookAt);
  }

  #earliestLookAt(): number {
    const { requestPauseMs } = this.#anyGuest.feed;
    return Math.max(this.#spreadUntil - REQUESTS_AT_ONCE * requestPauseMs, this.#restUntil);
  }

  /** Whose calls are made: their feed is the same. */
  get #anyGuest(): FeedGuest {
    const [any] = this.#members;
    return any!.guest;
  }

  #begin(): void {
    if (this.#look || (this.#crowd.isEmpty && !this.#wantsPosition)) return;
    this.#services.wheel.disarm(this);
    this.#wantsPosition = false;
    if (this.#members.size < 2) { // nobody to share with
      for (const member of this.#members) this.#sendAway(member);
      return;
    }
    const base = this.#crowd.hasOrdinary ? this.#position.settled! : Infinity;
    const after = Math.min(base, this.#crowd.need);
    this.#look = new FeedLook(
      {
        number: ++this.#looks,
        beganAt: this.#services.clock.now(),
        after: after < Infinity ? after : undefined,
        base,
        asked: this.#crowd.takeAsking(),
        guest: this.#anyGuest,
      },
      this.#services.transport,
      (look, trouble) => this.#end(look, trouble),
    );
    this.#look.begin();
  }

  /** A look is over: who asked is answered, who waits is woken if there is news. */
  #end(look: FeedLook, trouble: FeedTrouble | undefined): void {
    const now = this.#services.clock.now();
    const pauseMs = look.requests * this.#anyGuest.feed.requestPauseMs;
    this.#spreadUntil = Math.max(this.#spreadUntil, now) + pauseMs;
    this.#restUntil = now + look.retryAfterMs;
    for (const telling of this.#tellings(look, trouble)) {
      contain(() => this.#tell(look, telling), this.#services.report);
    }
    this.#look = undefined;
    const nextLookBy = Math.min(now + this.#crowd.pauseMs, this.#nextLookBy);
    this.#nextLookBy = Infinity;
    if (nextLookBy < Infinity && !this.#crowd.isEmpty) this.#armBy(nextLookBy);
    this.#plan();
  }

  /** What a look means for whom; the same for all where it came to nothing. */
  #tellings(look: FeedLook, trouble: FeedTrouble | undefined): Telling[] {
    if (trouble) return this.#crowd.audience(look).map((member) => [member, trouble]);
    const position = this.#position.follow(look, this.#services.clock.now());
    const isSettled = this.#position.settled !== undefined;
    return readLook(look, { crowd: this.#crowd, position, isSettled });
  }

  /** Tells a member, unless it has lost interest meanwhile. */
  #tell(look: FeedLook, [member, answer]: Telling): void {
    if (!look.counts(member)) return;
    if (!answer) {
      member.isAlone = true;
      return this.#sendAway(member);
    }
    if ("entries" in answer) member.lookedIn = look.number;
    if (member.mode === "asking") {
      this.rest(member);
      answerMember(member, answer);
    } else {
      this.#wake(member, answer);
    }
    member.news = undefined;
    member.fresh = [];
  }

  #wake(member: Member, news: FeedAnswer): void {
    member.mode = "woken";
    member.news = news;
    member.guest.due();
    if (member.mode === "woken") this.rest(member); // it does not wait again
  }

  /** A member goes on by itself. */
  #sendAway(member: Member): void {
    const { mode, guest } = member;
    this.rest(member);
    if (mode === "waiting") return guest.due();
    if (mode === "idle") return;
    this.#noteOwnRequest(member);
    guest.askAlone();
  }
}
