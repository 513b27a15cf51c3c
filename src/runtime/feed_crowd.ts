/**
 * Who asks a feed and who waits for it, found by what they want to know.
 *
 * @module
 */
import type { FeedEntry } from "./feed.ts";
import type { FeedLook } from "./feed_look.ts";
import { type Member, needOf } from "./feed_member.ts";

/** The members who ask or wait. */
export class FeedCrowd {
  readonly #byTopic = new Map<string, Set<Member>>();
  /** How many wait with each pause. */
  readonly #pauses = new Map<number, number>();
  #asking = new Set<Member>();
  readonly #waiting = new Set<Member>();
  /** Those of `#waiting` who need entries from further back than all others. */
  readonly #farBack = new Set<Member>();

  /** Whether anybody asks. */
  get isAsked(): boolean {
    return this.#asking.size > 0;
  }

  /** Whether nobody asks or waits. */
  get isEmpty(): boolean {
    return this.#asking.size + this.#waiting.size === 0;
  }

  /** Whether somebody waits who needs no more than what is not settled. */
  get hasOrdinary(): boolean {
    return this.#waiting.size > this.#farBack.size;
  }

  /** The shortest pause that somebody makes, in milliseconds; `Infinity` where nobody waits. */
  get pauseMs(): number {
    return Math.min(...this.#pauses.keys());
  }

  /** The id from which on the list is needed for those who ask and those who need it from further back. */
  get need(): number {
    let need = Infinity;
    for (const member of this.#asking) need = Math.min(need, needOf(member));
    for (const member of this.#farBack) need = Math.min(need, needOf(member));
    return need;
  }

  /** Somebody asks. */
  ask(member: Member): void {
    member.mode = "asking";
    this.#asking.add(member);
    this.#index(member);
  }

  /**
   * Somebody waits.
   *
   * @param isFarBack Whether entries must be asked for that are settled.
   */
  wait(member: Member, isFarBack: boolean): void {
    member.mode = "waiting";
    this.#waiting.add(member);
    if (isFarBack) this.#farBack.add(member);
    this.#pauses.set(member.pauseMs, (this.#pauses.get(member.pauseMs) ?? 0) + 1);
    this.#index(member);
  }

  /** Somebody wants nothing for the present. */
  rest(member: Member): void {
    const { mode, pauseMs, seat: { topic } } = member;
    if (mode === "idle") return;
    member.mode = "idle";
    const members = this.#byTopic.get(topic)!;
    members.delete(member);
    if (members.size === 0) this.#byTopic.delete(topic);
    if (mode === "asking") return void this.#asking.delete(member);
    this.#waiting.delete(member);
    this.#farBack.delete(member);
    const others = this.#pauses.get(pauseMs)! - 1;
    if (others > 0) this.#pauses.set(pauseMs, others);
    else this.#pauses.delete(pauseMs);
  }

  /** Those who ask, once: whoever asks later asks for the look after this one. */
  takeAsking(): Set<Member> {
    const asking = this.#asking;
    this.#asking = new Set();
    return asking;
  }

  /** Everybody for whom a look counts. */
  audience(look: FeedLook): Member[] {
    return [...look.asked, ...this.#waiting].filter((member) => look.counts(member));
  }

  /** Everybody for whom a look counts and who needs entries that are settled. */
  audienceFarBack(look: FeedLook): Member[] {
    return [...look.asked, ...this.#farBack].filter((member) => look.counts(member));
  }

  /** What a look shows to whom. */
  find(look: FeedLook): Map<Member, FeedEntry[]> {
    const found = new Map<Member, FeedEntry[]>();
    for (const entry of look.entries) {
      for (const member of this.#byTopic.get(entry.topic) ?? []) {
        if (!look.counts(member) || !isFor(member, entry)) continue;
        const entries = found.get(member);
        if (entries) entries.push(entry);
        else found.set(member, [entry]);
      }
    }
    return found;
  }

  /** A look has shown somebody what was settled: from now on it is like the others. */
  catchUp(member: Member): void {
    if (member.seat.asks === "new") this.#farBack.delete(member);
  }

  #index(member: Member): void {
    const { topic } = member.seat;
    const members = this.#byTopic.get(topic);
    if (members) members.add(member);
    else this.#byTopic.set(topic, new Set([member]));
  }
}

/** Whether an entry of its topic is what a member looks for. */
function isFor({ seat, floor }: Member, { id }: FeedEntry): boolean {
  switch (seat.asks) {
    case "known":
      return id === seat.id;
    case "new":
      return id > floor!;
    case "position":
      return false;
  }
}
