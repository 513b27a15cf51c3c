/**
 * What a feed remembers of each of its guests.
 *
 * @module
 */
import type { Verdict } from "../../model/verdict.ts";
import type { Call, Fault, Reply } from "../../model/message.ts";
import type { Feed, FeedEntry, FeedSeat } from "../../model/feed.ts";
import type { CompleteRetryPolicy } from "../../model/retry.ts";

/** An actor, as a feed sees it. */
export interface FeedGuest {
  /** Its kind's feed. */
  readonly feed: Feed<object, object>;
  /** How its requests are retried. */
  readonly retry: CompleteRetryPolicy;
  /** The step that it asks for. */
  readonly feedStep: string;
  /** Attempts made for the last request. */
  attempts: number;
  /** Where it sits; kept for the feeds. */
  feedPlace: object | undefined;
  /** A call with the caller's own headers. */
  address(call: Call): Call;
  /** The answer to what it asked; with a verdict, the reply behind it if there is one. */
  fed(answer: Reply | Verdict, reply?: Reply): void;
  /** There is no answer to what it asked. */
  faulted(fault: Fault): void;
  /** It must ask for itself. */
  askAlone(): void;
  /** There is news, or it must look after itself: it should ask. */
  due(): void;
}

/** A guest, and what is known of it. */
export interface Member {
  /** The guest. */
  readonly guest: FeedGuest;
  /** What it wants to know. */
  seat: FeedSeat;
  /**
   * - `idle`: wants nothing
   * - `asking`: wants an answer at once
   * - `waiting`: wants to be woken
   * - `woken`: being woken at this very moment, and likely to wait again
   */
  mode: "idle" | "asking" | "waiting" | "woken";
  /** With `waiting`: how often the list is to be looked at, in milliseconds. */
  pauseMs: number;
  /** With `waiting`: looks with greater numbers than this count for it. */
  waitsSince: number;
  /** The last look that counted for it. */
  lookedIn: number;
  /** With `new`: entries up to this id are not for it; `undefined` where only its own request can tell. */
  floor: number | undefined;
  /** What its floor will be once its own request, which is on its way, was in vain. */
  ownFloor: number | undefined;
  /** With `known`: the last change that it was told. */
  change: string | undefined;
  /** Why it was woken: what to answer when it asks. */
  news: FeedAnswer | undefined;
  /** What it is being told at this very moment, and may ask for again at once. */
  fresh: readonly FeedEntry[];
  /** Its entry is gone, or too far back: it asks for itself. */
  isAlone: boolean;
}

/** What is to be answered. */
export type FeedAnswer =
  | { readonly position: number; readonly entries: readonly FeedEntry[] }
  | FeedTrouble;

/** Why there is no list. */
export type FeedTrouble =
  | { readonly reply: Reply }
  | { readonly fault: Fault; readonly attempts: number };

/** A guest who has just come. */
export function createMember(guest: FeedGuest, seat: FeedSeat): Member {
  return {
    guest,
    seat,
    mode: "idle",
    pauseMs: Infinity,
    waitsSince: 0,
    lookedIn: -1,
    floor: undefined,
    ownFloor: undefined,
    change: undefined,
    news: undefined,
    fresh: [],
    isAlone: false,
  };
}

/** The id after which entries concern a member, as far as only its seat is asked. */
export function needOf({ seat, floor }: Member): number {
  switch (seat.asks) {
    case "known":
      return seat.id! - 1;
    case "new":
      return floor!;
    case "position":
      return Infinity;
  }
}

/**
 * Tells a member what it asked for.
 *
 * A provider's own function that throws is a fault like any other.
 */
export function answerMember(member: Member, answer: FeedAnswer): void {
  const { guest, seat } = member;
  const { feed } = guest;
  if ("fault" in answer) {
    guest.attempts = answer.attempts;
    return guest.faulted(answer.fault);
  }
  let meaning: Reply | Verdict;
  try {
    meaning = "reply" in answer ? feed.refused(answer.reply) : feed.answer(
      guest.feedStep,
      { position: answer.position, entries: answer.entries.map(({ body }) => body) },
      guest as never, // a guest is what its protocol looks at
    );
  } catch (cause) {
    return guest.faulted({ kind: "malformed", message: "the list cannot be read", cause });
  }
  if ("reply" in answer) return guest.fed(meaning, answer.reply);
  if (seat.asks === "known") member.change = answer.entries.at(-1)?.change;
  member.fresh = answer.entries;
  guest.fed(meaning);
}

/** Whether two seats ask for the same. */
export function isSameSeat(a: FeedSeat, b: FeedSeat): boolean {
  return a.asks === b.asks && a.id === b.id && a.topic === b.topic;
}

/** Whether nobody but the member itself can tell what is new to it. */
export function isInTheDark({ seat, floor }: Member): boolean {
  return seat.asks === "new" && floor === undefined;
}
