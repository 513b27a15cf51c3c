/**
 * What a stream said lately: an operation may end before we know its name, and
 * the message of it must not be lost.
 *
 * @module
 */
import type { Reply } from "../../model/message.ts";
import type { StreamMessage } from "../../model/stream.ts";

/** Longer than any request that could tell us the name takes, mostly. */
const KEPT_MS = 30_000;
/** Messages kept of one topic; the last ones say how it ended. */
const MOST_OF_A_TOPIC = 16;
const MOST_TOPICS = 4_096;

/** A message in its place. */
export interface RecentMessage {
  /** Its number; later ones have greater ones. */
  readonly number: number;
  /** What it says. */
  readonly reply: Reply;
}

interface Topic {
  readonly messages: RecentMessage[];
  changedAt: number;
}

/** Recent messages by topic. */
export class RecentMessages {
  /** In the order of change, so that the oldest are found first. */
  readonly #topics = new Map<string, Topic>();
  #count = 0;

  /** The number of the last message. */
  get last(): number {
    return this.#count;
  }

  /** Keeps a message, and forgets old ones. */
  add({ topic, reply }: StreamMessage, nowMs: number): void {
    const known = this.#topics.get(topic) ?? { messages: [], changedAt: nowMs };
    known.messages.push({ number: ++this.#count, reply });
    if (known.messages.length > MOST_OF_A_TOPIC) known.messages.shift();
    known.changedAt = nowMs;
    this.#topics.delete(topic);
    this.#topics.set(topic, known);
    for (const [name, { changedAt }] of this.#topics) {
      if (nowMs - changedAt < KEPT_MS && this.#topics.size <= MOST_TOPICS) break;
      this.#topics.delete(name);
    }
  }

  /** The first message of a topic after a number. */
  after(number: number, topic: string): RecentMessage | undefined {
    return this.#topics.get(topic)?.messages.find((message) => message.number > number);
  }

  /** A new connection: what was said on the one before has a gap behind it. */
  clear(): void {
    this.#topics.clear();
  }
}
