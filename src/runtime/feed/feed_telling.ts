/**
 * What a look at a feed's list means for whom.
 *
 * @module
 */
import type { FeedEntry } from "../../model/feed.ts";
import type { FeedCrowd } from "./feed_crowd.ts";
import type { FeedLook } from "./feed_look.ts";
import { type FeedAnswer, type Member, needOf } from "./feed_member.ts";

/** What a member is told; nothing where it must ask for itself. */
export type Telling = readonly [member: Member, answer: FeedAnswer | undefined];

/**
 * What a whole list means.
 *
 * @param options For whom; up to where the list goes, and whether entries may still come in before that.
 */
export function readLook(
  look: FeedLook,
  { crowd, position, isSettled }: {
    readonly crowd: FeedCrowd;
    readonly position: number;
    readonly isSettled: boolean;
  },
): Telling[] {
  const found = crowd.find(look);
  const tellings: Telling[] = [];
  for (const member of crowd.audienceFarBack(look)) {
    const entries = found.get(member) ?? [];
    const isGone = member.seat.asks === "known" && entries.length === 0;
    if (isGone || needOf(member) < look.missingTo) {
      tellings.push([member, undefined]);
      found.delete(member);
    } else if (member.mode === "asking") {
      tellings.push([member, { position, entries }]);
      found.delete(member);
    } else if (isSettled) {
      crowd.catchUp(member);
    }
  }
  for (const [member, entries] of found) {
    if (isNews(member, entries)) tellings.push([member, { position, entries }]);
  }
  return tellings;
}

/** Whether what was found must be told to somebody who waits. */
function isNews({ seat, change }: Member, entries: readonly FeedEntry[]): boolean {
  return seat.asks === "new" || entries.at(-1)!.change !== change;
}
