/**
 * Event streams: one websocket for many waiters. A provider that tells by itself
 * what happens to its operations says here where it does, and how its messages
 * are told apart; the runtime keeps the socket.
 *
 * A stream only makes waiting cheaper and faster. Whenever there is none, steps
 * send their own requests; whenever messages may have been missed, each waiter
 * looks for itself once.
 *
 * @module
 */
import type { ProtocolState } from "../kind.ts";
import type { Reply, Verdict } from "../operation.ts";

/** What a step wants of a stream. */
export interface StreamSeat {
  /** The websocket's address; those with the same one share it. */
  readonly url: string;
  /**
   * Whose messages answer the step. Where it is absent the step sends its own
   * request, and what happens from then on is to be heard later.
   */
  readonly topic?: string | undefined;
}

/** One message. */
export interface StreamMessage {
  /** Whom it concerns. */
  readonly topic: string;
  /** What it says, as a reply would say it. */
  readonly reply: Reply;
}

/** How a provider's stream serves many waiters. Pure functions, like a protocol's. */
export interface EventStream<Input, Memory> {
  /** What a step wants; `undefined` for steps that have nothing to do with the stream. */
  seat(step: string, state: ProtocolState<Input, Memory>): StreamSeat | undefined;
  /** Reads a message; `undefined` for one that concerns nobody. */
  parse(text: string): StreamMessage | undefined;
  /** What a message means for a step that listens. */
  read(reply: Reply, state: ProtocolState<Input, Memory>): Verdict;
  /** For a step that listens when messages may have been missed: it must look for itself. */
  readonly missed: Verdict;
}
