/**
 * Who asks a feed and who waits for it, found by what they want to know.
 *
 * @module
 */
import type { FeedEntry } from "../../model/feed.ts";
import type { FeedLook } from "./feed_look.ts";
import { type Member, needOf } from "./feed_member.ts";

/** The members, and those of them who ask or wait. */
export class FeedCrowd {
  /** Those who look for something new. */
  readonly #byTopic = new Map<string, Set<Member>>();
  /** Those who look at an entry that they know. */
  readonly #byId = new Map<number, Set<Member>>();
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
  }

  /** Somebody wants nothing for the present. */
  rest(member: Member): void {
    const { mode, pauseMs } = member;
    member.mode = "idle";
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
    const add = (member: Member, entry: FeedEntry): void => {
      if (!look.counts(member)) return;
      const entries = found.get(member);
      if (entries) entries.push(entry);
      else found.set(member, [entry]);
    };
    let newFrom = look.base;
    for (const { seat, floor } of [...look.asked, ...this.#farBack]) {
      if (seat.asks === "new") newFrom = Math.min(newFrom, floor!);
    }
    for (const entry of look.entries) {
      this.#byId.get(entry.id)?.forEach((member) => add(member, entry));
      if (entry.id <= newFrom) continue; // its topic need not be known
      this.#byTopic.get(entry.topic)?.forEach((member) => {
        if (entry.id > member.floor!) add(member, entry);
      });
    }
    return found;
  }

  /** A look has shown somebody what was settled: from now on it is like the others. */
  catchUp(member: Member): void {
    if (member.seat.asks === "new") this.#farBack.delete(member);
  }

  /** Somebody can be found by what it looks for. */
  index(member: Member): void {
    const { asks, topic, id } = member.seat;
    if (asks === "known") put(this.#byId, id!, member);
    else if (asks === "new") put(this.#byTopic, topic!, member);
  }

  /** Somebody does not look for that any more. */
  unindex(member: Member): void {
    const { asks, topic, id } = member.seat;
    if (asks === "known") drop(this.#byId, id!, member);
    else if (asks === "new") drop(this.#byTopic, topic!, member);
  }
}

function put<Key>(index: Map<Key, Set<Member>>, key: Key, member: Member): void {
  const members = index.get(key);
  if (members) members.add(member);
  else index.set(key, new Set([member]));
}

function drop<Key>(index: Map<Key, Set<Member>>, key: Key, member: Member): void {
  const members = index.get(key);
  members?.delete(member);
  if (members?.size === 0) index.delete(key);
}
