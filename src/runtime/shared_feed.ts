/**
 * One feed: looks at the list when somebody asks, and at intervals, and wakes
 * those for whom there is news. Whoever has none costs nothing.
 *
 * @module
 */
import type { Fault, Reply } from "../operation.ts";
import type { Exchange, ExchangeOwner } from "./exchange.ts";
import type { FeedEntry, FeedSeat } from "./feed.ts";
import type { Answer, FeedGuest, FeedServices, Member } from "./feeds.ts";
import { TimerNode } from "./timers.ts";

/** A longer list is not worth sharing: those who pull it so far back ask for themselves. */
const MAX_PAGES = 20;

/** One look at the list. */
interface Look {
  /** Entries up to this id are not asked for; `undefined` for a look at the position alone. */
  readonly after: number | undefined;
  /** Whose calls it makes. */
  readonly guest: FeedGuest;
  /** What came so far. */
  readonly entries: FeedEntry[];
  /** The page on its way. */
  page: number;
  /** Its request. */
  exchange: Exchange | undefined;
}

/** One feed. */
export class SharedFeed extends TimerNode implements ExchangeOwner {
  /** What its members have in common. */
  readonly key: string;
  readonly #services: FeedServices;
  readonly #onEmpty: () => void;
  readonly #members = new Set<Member>();
  readonly #byTopic = new Map<string, Set<Member>>();
  /** The greatest id that was seen. */
  #position: number | undefined;
  #look: Look | undefined;
  #isLookPlanned = false;

  /** A feed without members. */
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
    const member: Member = {
      guest,
      seat,
      mode: "idle",
      pauseMs: Infinity,
      coveredTo: undefined,
      change: undefined,
      news: undefined,
      isAlone: false,
      look: undefined,
    };
    this.#members.add(member);
    this.#index(member);
    return member;
  }

  /** A guest gets up; the last but one to do so leaves somebody alone. */
  leave(member: Member): void {
    member.mode = "idle";
    this.#members.delete(member);
    this.#unindex(member);
    const [last] = this.#members;
    if (this.#members.size === 1 && last) this.#sendAway(last);
    if (this.#members.size > 0) return;
    this.#services.wheel.disarm(this);
    this.#look?.exchange?.abandon(this);
    this.#look = undefined;
    this.#onEmpty();
  }

  /** A member asks. Returns whether it will be answered; else it asks for itself. */
  ask(member: Member, seat: FeedSeat): boolean {
    this.#sit(member, seat);
    const { news } = member;
    member.news = undefined;
    if (news) {
      this.#answer(member, news);
      return true;
    }
    const isAlone = member.isAlone || this.#members.size < 2 ||
      (seat.asks === "new" && seat.after === undefined && member.coveredTo === undefined);
    if (isAlone) {
      this.#noteOwnRequest(member);
      return false;
    }
    if (seat.asks === "new") {
      member.coveredTo = Math.max(member.coveredTo ?? -1, seat.after ?? -1);
    }
    member.mode = "asking";
    this.#planLook();
    return true;
  }

  /** A member waits. Returns when the feed looks next, or `undefined` if the member looks after that itself. */
  wait(member: Member, seat: FeedSeat, pauseMs: number): number | undefined {
    this.#sit(member, seat);
    member.pauseMs = pauseMs;
    if (this.#members.size < 2 || member.isAlone || this.#position === undefined) return undefined;
    if (seat.asks === "new" && member.coveredTo === undefined) return undefined;
    member.mode = "waiting";
    this.#armBy(this.#services.clock.now() + pauseMs);
    return this.dueMs;
  }

  /** Time for the next look. */
  override wake(): void {
    this.#begin();
  }

  attempted(): void {}

  replied(reply: Reply): void {
    const look = this.#look!;
    const { feed } = look.guest;
    const page = reply.status === 200 ? feed.read(reply.body) : undefined;
    if (!page) return this.#tellAll({ reply });
    look.entries.push(...page.entries);
    if (look.after === undefined || look.page >= page.pages) {
      return this.#spread(look, reply.retryAfterMs ?? 0);
    }
    if (look.page === 1 && page.pages > MAX_PAGES && this.#lighten(page.entries)) {
      this.#look = undefined;
      return this.#begin();
    }
    look.page++;
    this.#send(look);
  }

  faulted(fault: Fault): void {
    this.#tellAll({ fault });
  }

  /** What a member asks for itself from here on holds up to the present position. */
  #noteOwnRequest(member: Member): void {
    if (this.#members.size < 2 || member.seat.asks !== "new") return;
    member.coveredTo = this.#position;
    member.isAlone = false;
    if (this.#position === undefined) this.#planLook();
  }

  #sit(member: Member, seat: FeedSeat): void {
    const { topic, asks } = member.seat;
    member.mode = "idle";
    member.look = undefined;
    if (topic !== seat.topic) this.#unindex(member);
    if (asks !== seat.asks) member.change = undefined;
    member.seat = seat;
    if (topic !== seat.topic) this.#index(member);
  }

  /** Looks when everybody who begins in this turn has asked. */
  #planLook(): void {
    if (this.#isLookPlanned || this.#look) return;
    this.#isLookPlanned = true;
    queueMicrotask(() => {
      this.#isLookPlanned = false;
      this.#begin();
    });
  }

  #begin(): void {
    const [any] = this.#members;
    if (this.#look || !any) return;
    this.#services.wheel.disarm(this);
    const look: { -readonly [Field in keyof Look]: Look[Field] } = {
      after: this.#position,
      guest: any.guest,
      entries: [],
      page: 1,
      exchange: undefined,
    };
    for (const member of this.#members) {
      if (member.mode === "idle") continue;
      member.look = look;
      look.guest = member.guest;
      const need = needOf(member);
      if (look.after !== undefined && need < look.after) look.after = need;
    }
    this.#look = look;
    this.#send(look);
  }

  #send(look: Look): void {
    const { guest, after, page } = look;
    const { feed, retry } = guest;
    const state = guest as never; // a guest is what its protocol looks at
    const call = after === undefined
      ? feed.positionCall(state)
      : feed.listCall(state, after, page);
    look.exchange = this.#services.transport.send(
      guest.address(call),
      { policy: feed.policy, retry, uncertain: false },
      this,
    );
  }

  /** The whole list is here: who asked is answered, who waits is woken if there is news. */
  #spread(look: Look, retryAfterMs: number): void {
    this.#look = undefined;
    let position = this.#position ?? 0;
    for (const { id } of look.entries) if (id > position) position = id;
    this.#position = position;
    const isList = look.after !== undefined;
    const found = isList ? this.#find(look) : new Map<Member, FeedEntry[]>();
    const told: (() => void)[] = [];
    let pauseMs = Infinity;
    for (const member of this.#members) {
      if (member.mode === "idle" || member.look !== look) continue;
      const { asks } = member.seat;
      const entries = found.get(member) ?? [];
      if (member.mode === "waiting") pauseMs = Math.min(pauseMs, member.pauseMs);
      if (asks === "position") {
        told.push(() => this.#reply(member, { position, entries: [] }));
      } else if (!isList) {
        continue; // it needs the list itself
      } else if (member.mode === "asking" && asks === "known" && entries.length === 0) {
        member.isAlone = true; // gone: its own request shows how
        told.push(() => this.#sendAway(member));
      } else if (member.mode === "asking") {
        told.push(() => this.#reply(member, { position, entries }));
      } else if (entries.length > 0) {
        told.push(() => this.#wakeUp(member, { position, entries }));
      }
      if (asks === "new") member.coveredTo = position;
    }
    for (const tell of told) tell();
    if (this.#isAsked()) this.#planLook();
    else if (pauseMs < Infinity) {
      this.#armBy(this.#services.clock.now() + Math.max(pauseMs, retryAfterMs));
    }
  }

  /** The entries that concern each member. */
  #find(look: Look): Map<Member, FeedEntry[]> {
    const found = new Map<Member, FeedEntry[]>();
    for (const entry of look.entries) {
      for (const member of this.#byTopic.get(entry.topic) ?? []) {
        if (member.mode === "idle" || member.look !== look) continue;
        const { asks, id } = member.seat;
        const isNews = asks === "new"
          ? entry.id > member.coveredTo!
          : id === entry.id && (member.mode === "asking" || entry.change !== member.change);
        if (!isNews) continue;
        member.change = entry.change;
        const entries = found.get(member);
        if (entries) entries.push(entry);
        else found.set(member, [entry]);
      }
    }
    return found;
  }

  /** The list did not come: that is the answer, for everybody. */
  #tellAll(trouble: Answer): void {
    const look = this.#look;
    this.#look = undefined;
    for (const member of [...this.#members]) {
      if (member.mode === "idle" || member.look !== look) continue;
      if (member.mode === "asking") this.#answer(member, trouble);
      else this.#wakeUp(member, trouble);
    }
    if (this.#isAsked()) this.#planLook();
  }

  #wakeUp(member: Member, news: Answer): void {
    if (member.mode !== "waiting") return;
    member.mode = "idle";
    member.news = news;
    member.guest.due();
  }

  /** Answers, unless the member lost interest meanwhile. */
  #reply(member: Member, answer: Answer): void {
    if (member.mode === "asking") this.#answer(member, answer);
  }

  #answer(member: Member, answer: Answer): void {
    const { guest } = member;
    member.mode = "idle";
    if ("reply" in answer) return guest.fed(answer.reply);
    if ("fault" in answer) return guest.faulted(answer.fault);
    const entries = answer.entries.map(({ body }) => body);
    guest.fed(guest.feed.answer(guest.feedStep, { ...answer, entries }, guest as never));
  }

  /** Sends those away who need entries as old as the first page. Returns whether there are any. */
  #lighten(firstPage: readonly FeedEntry[]): boolean {
    const last = Math.max(...firstPage.map(({ id }) => id));
    const heavy = [...this.#members].filter((member) =>
      member.mode !== "idle" && needOf(member) < last
    );
    for (const member of heavy) {
      member.isAlone = true;
      this.#sendAway(member);
    }
    return heavy.length > 0;
  }

  /** A member goes on by itself. */
  #sendAway(member: Member): void {
    const { mode, guest } = member;
    member.mode = "idle";
    if (mode === "waiting") guest.waitAlone(this.nextLookAt ?? this.#services.clock.now());
    else if (mode === "asking") guest.askAlone();
  }

  #isAsked(): boolean {
    for (const { mode } of this.#members) if (mode === "asking") return true;
    return false;
  }

  #armBy(timeMs: number): void {
    if (this.#look || (this.slot >= 0 && this.dueMs <= timeMs)) return;
    this.#services.wheel.arm(this, timeMs);
  }

  #index(member: Member): void {
    const { topic } = member.seat;
    const members = this.#byTopic.get(topic);
    if (members) members.add(member);
    else this.#byTopic.set(topic, new Set([member]));
  }

  #unindex(member: Member): void {
    const { topic } = member.seat;
    const members = this.#byTopic.get(topic);
    members?.delete(member);
    if (members?.size === 0) this.#byTopic.delete(topic);
  }
}

/** The id after which entries concern a member. */
function needOf({ seat, coveredTo }: Member): number {
  if (seat.asks === "known") return seat.id! - 1;
  return seat.asks === "new" ? coveredTo ?? Infinity : Infinity;
}
