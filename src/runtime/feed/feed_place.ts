/**
 * Where a guest of a feed sits.
 *
 * @module
 */
import type { SharedFeed } from "./shared_feed.ts";
import type { Member } from "./feed_member.ts";

/** Where a guest sits. */
export interface FeedPlace {
  /** In which feed. */
  readonly feed: SharedFeed;
  /** As whom. */
  readonly member: Member;
}
