/**
 * One look at a feed's list: its pages, one request after another. Each goes on
 * after the last entry of the one before, so that entries which vanish meanwhile
 * cannot move others across the border between two pages.
 *
 * @module
 */
import type { Fault, Reply } from "../../model/message.ts";
import type { Exchange, ExchangeOwner } from "../http/exchange.ts";
import type { FeedEntry, FeedPage } from "../../model/feed.ts";
import type { FeedGuest, FeedTrouble, Member } from "./feed_member.ts";
import type { Transport } from "../http/transport.ts";

/** Of a longer list only the end is read, unless more is needed: those who reach so far back ask for themselves. */
const MAX_PAGES = 20;

/** What a look is made with. */
export interface FeedLookInit {
  /** Its number; later looks have greater ones. */
  readonly number: number;
  /** When it began, in milliseconds of the clock. */
  readonly beganAt: number;
  /** Entries up to this id are not asked for; `undefined` for a look at the position alone. */
  readonly after: number | undefined;
  /** Of the entries after this id none may be left out. */
  readonly base: number;
  /** Who asked for it. */
  readonly asked: Set<Member>;
  /** Whose calls it makes. */
  readonly guest: FeedGuest;
}

/** One look at the list. */
export class FeedLook implements ExchangeOwner {
  readonly number: number;
  readonly beganAt: number;
  readonly after: number | undefined;
  readonly base: number;
  readonly asked: Set<Member>;
  readonly #guest: FeedGuest;
  readonly #transport: Transport;
  readonly #onEnd: (look: FeedLook, trouble?: FeedTrouble) => void;
  #exchange: Exchange | undefined;
  /** The next page is asked for after this id. */
  #from: number;
  /** Which page after that id: the first, but for the jump to the end. */
  #page = 1;
  /** `all` as long as there are not too many, `jumped` to the end, the `end` alone, or the `whole` list however long it is. */
  #reads: "all" | "jumped" | "end" | "whole" = "all";

  /** What came, by ascending id. */
  readonly entries: FeedEntry[] = [];
  /** Entries up to this id were left out; -1 where none was. */
  missingTo = -1;
  /** Requests made. */
  requests = 0;
  /** How long the server asks us to stay away, in milliseconds. */
  retryAfterMs = 0;

  /**
   * {@linkcode FeedLook.begin} sends the first request.
   *
   * @param onEnd Told once: the whole list is there, or why there is none.
   */
  constructor(
    init: FeedLookInit,
    transport: Transport,
    onEnd: (look: FeedLook, trouble?: FeedTrouble) => void,
  ) {
    this.number = init.number;
    this.beganAt = init.beganAt;
    this.after = init.after;
    this.#from = init.after ?? 0;
    this.base = init.base;
    this.asked = init.asked;
    this.#guest = init.guest;
    this.#transport = transport;
    this.#onEnd = onEnd;
  }

  /** Asks for a page. */
  begin(): void {
    const { feed, retry } = this.#guest;
    const state = this.#guest as never; // a guest is what its protocol looks at
    this.requests++;
    try {
      const call = this.after === undefined
        ? feed.positionCall(state)
        : feed.listCall(state, this.#from, this.#page);
      const options = { policy: feed.policy, retry, uncertain: false };
      this.#exchange = this.#transport.send(this.#guest.address(call), options, this);
    } catch (cause) {
      const message = "the call for the list cannot be made";
      this.#onEnd(this, { fault: { kind: "refused", message, cause }, attempts: 0 });
    }
  }

  /** Whether it counts for a member: it asked for the look, or waited when it began. */
  counts(member: Member): boolean {
    return member.mode === "waiting" ? member.waitsSince < this.number : this.asked.has(member);
  }

  /** Nobody wants to know any more. */
  abandon(): void {
    this.#exchange?.abandon(this);
  }

  attempted(): void {}

  replied(reply: Reply): void {
    const page = this.#read(reply);
    if (!page) return this.#onEnd(this, { reply });
    const { pages, entries } = page;
    const lastId = entries.at(-1)?.id ?? 0;
    const isLast = this.after === undefined || this.#page >= pages || lastId <= this.#from;
    this.retryAfterMs = Math.max(this.retryAfterMs, reply.retryAfterMs ?? 0);
    if (this.#reads === "jumped" && !this.#cutBefore(entries[0])) return this.#readAll();
    if (!isLast && this.#reads === "all" && pages > MAX_PAGES) {
      this.#reads = "jumped";
      this.#page = pages - MAX_PAGES + 1;
    } else {
      for (const entry of entries) this.entries.push(entry);
      this.#from = lastId;
      this.#page = 1;
    }
    if (isLast) return this.#done();
    this.begin();
  }

  faulted(fault: Fault, { attempts }: Exchange): void {
    this.#onEnd(this, { fault, attempts });
  }

  /** The list begins here for us. Returns whether that is far enough back. */
  #cutBefore(first: FeedEntry | undefined): boolean {
    if (!first || first.id > this.base + 1) return false;
    this.#reads = "end";
    this.missingTo = first.id - 1;
    return true;
  }

  #readAll(): void {
    this.#reads = "whole";
    this.#from = this.after!;
    this.#page = 1;
    this.begin();
  }

  #done(): void {
    this.entries.sort((a, b) => a.id - b.id);
    this.#onEnd(this);
  }

  #read({ status, body }: Reply): FeedPage | undefined {
    if (status !== 200) return undefined;
    try {
      return this.#guest.feed.read(body);
    } catch {
      return undefined;
    }
  }
}
