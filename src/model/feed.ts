/**
 * Feeds: one list request for many waiters. A provider whose operations all look
 * for entries of one list says here how the list is asked for and how its entries
 * are told apart; the runtime does the asking, once for everybody.
 *
 * Entries have ids, and later ones have greater ids, so that what is new is a
 * question of ids alone and no clock is compared with any other. They may become
 * visible out of order, some seconds late.
 *
 * @module
 */
import type { ProtocolState, StepPolicy } from "./step.ts";
import type { Verdict } from "./verdict.ts";
import type { Call, Reply } from "./message.ts";

/** What a step wants to know of a feed. */
export interface FeedSeat {
  /** Which feed: those with the same key are one, e.g. an account's address. */
  readonly key: string;
  /**
   * - `position`: how far the list goes at this moment
   * - `new`: entries of `topic` that come after `after`
   * - `known`: the entry `id`, as it is now
   */
  readonly asks: "position" | "new" | "known";
  /** With `new`: which entries concern the step. */
  readonly topic?: string;
  /** With `new`: entries up to this id are of no interest. Where absent, only the step's own request can tell. */
  readonly after?: number;
  /** With `known`: the entry's id. */
  readonly id?: number;
}

/** One entry of a feed. Its topic and its change are asked for only where they matter. */
export interface FeedEntry {
  /** Its id; later entries have greater ones. */
  readonly id: number;
  /** Whom it concerns. */
  readonly topic: string;
  /** Changes when the entry does; waiters for the entry are told then. */
  readonly change: string;
  /** The entry as the list has it. */
  readonly body: unknown;
}

/** One page of a feed's list. */
export interface FeedPage {
  /** How many pages there are. */
  readonly pages: number;
  /** The entries on this one. */
  readonly entries: readonly FeedEntry[];
}

/** What a feed knows for a step that asked. */
export interface FeedNews {
  /** The greatest id there is. */
  readonly position: number;
  /** The bodies of the entries that were asked for, by ascending id. */
  readonly entries: readonly unknown[];
}

/** How a provider's list serves many waiters. Pure functions, like a protocol's. */
export interface Feed<Input, Memory> {
  /** How the list request may be treated. */
  readonly policy: StepPolicy;
  /** The pause to make for each request of a look before the next look, in milliseconds; a few looks in a row may do without. */
  readonly requestPauseMs: number;
  /** What a step would ask; `undefined` for steps that no feed can serve. */
  seat(step: string, state: ProtocolState<Input, Memory>): FeedSeat | undefined;
  /** The call for the newest entries, whose greatest id is the position. */
  positionCall(state: ProtocolState<Input, Memory>): Call;
  /** The call for a page, from 1, of all entries with ids greater than `after`, ascending; mostly for the first. */
  listCall(state: ProtocolState<Input, Memory>, after: number, page: number): Call;
  /** Reads the body of a page with HTTP 200; `undefined` where it is none. */
  read(body: unknown): FeedPage | undefined;
  /** What the step would have been answered, or what that means. */
  answer(step: string, news: FeedNews, state: ProtocolState<Input, Memory>): Reply | Verdict;
  /** What it means for whoever asked or waits that the list came to this reply, which is no page. */
  refused(reply: Reply): Verdict;
}
