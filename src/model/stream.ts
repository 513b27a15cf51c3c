/**
 * Event streams: one websocket for many waiters. A provider that tells by itself
 * what happens to its operations says here where it does, and how its messages
 * are told apart; the runtime keeps the socket.
 *
 * A stream only makes waiting cheaper and faster. Whenever there is none, steps
 * send their own requests; whenever messages may have been missed, each waiter
 * looks for itself once. Silence is no proof either: a socket that is open may be
 * mute, half open, or told of other things than ours, so that a waiter also looks
 * for itself whenever nothing was said of its topic for `quietMs`.
 *
 * @module
 */
import type { ProtocolState } from "./step.ts";
import type { Verdict } from "./verdict.ts";
import type { Reply } from "./message.ts";

/** What a step wants of a stream. */
export interface StreamSeat {
  /** The websocket's address; those with the same one share it. */
  readonly url: string;
  /**
   * The address to open instead where the server refuses the first one, e.g. one
   * that asks for less. They are tried in turn until one opens.
   */
  readonly otherwise?: string;
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
  /**
   * Longest time, in milliseconds, for which a step relies on a stream that says
   * nothing of its topic; then the step gets `due` and looks for itself. It must be
   * well below the time for which the provider remembers what has ended. The
   * schedule may be shorter, and never makes it longer.
   *
   * @default {Infinity} The schedule alone says when to look.
   */
  readonly quietMs?: number;
  /** What a step wants; `undefined` for steps that have nothing to do with the stream. */
  seat(step: string, state: ProtocolState<Input, Memory>): StreamSeat | undefined;
  /** Reads a message; `undefined` for one that concerns nobody. */
  parse(text: string): StreamMessage | undefined;
  /** What a message means for a step that listens. */
  read(reply: Reply, state: ProtocolState<Input, Memory>): Verdict;
  /** For a step that listens when messages may have been missed: it must look for itself. */
  readonly missed: Verdict;
}
