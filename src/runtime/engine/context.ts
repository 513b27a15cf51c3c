/**
 * What an actor needs of its runtime.
 *
 * @module
 */
import type { AnyLroError } from "../../model/errors.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Clock } from "../../services.ts";
import type { EventStreams } from "../stream/event_streams.ts";
import type { Feeds } from "../feed/feeds.ts";
import type { RuntimeObserver } from "../../model/observation.ts";
import type { OperationStore } from "../../model/store.ts";
import type { TimerWheel } from "../timers.ts";
import type { ResumeToken } from "../../model/token.ts";
import type { Transport } from "../http/transport.ts";

/** The operations of a runtime, as far as one of them needs to know. */
export interface OperationIndex {
  /** The id for a number. */
  idOf(number: number): string;
  /** Forgets one that has ended. */
  delete(handle: object): void;
}

/** What an actor needs of its runtime. */
export interface ActorHost {
  /** Time. */
  readonly clock: Clock;
  /** When the runtime and its timers began, in whole milliseconds of the clock. */
  readonly epochMs: number;
  /** Chance, for jitter. */
  readonly random: () => number;
  /** Timers. */
  readonly wheel: TimerWheel;
  /** The way out. */
  readonly transport: Transport;
  /** One request for many waiters. */
  readonly feeds: Feeds;
  /** One websocket for many waiters. */
  readonly streams: EventStreams;
  /** Durable waiting, where it is wanted. */
  readonly store: OperationStore | undefined;
  /** Whatever has not ended. */
  readonly handles: OperationIndex;
  /** Whoever watches all actors, if anybody does. */
  observer: RuntimeObserver | undefined;
  /** Told of an error that belongs to nobody: a throwing observer, a store that fails at the end. */
  readonly report: (error: unknown) => void;
  /** Whether the store forgets what has ended. */
  readonly removesEnded: boolean;
  /** Writes to the store, the tokens of one operation one after the other. */
  save(token: ResumeToken): Promise<void>;
  /** Removes an operation from the store. */
  forget(id: string): void;
  /** Nobody waits for what is being written of an operation. */
  releaseWrites(id: string): void;
  /** Something must be finished that no actor waits for. */
  finishing(work: Promise<void>): void;
}

/** The real XState actor that runs beside an actor in actor mode. */
export interface ShadowActor {
  /** Receives what the actor received. */
  send(event: Verdict): void;
  /** The actor is gone. */
  stop(): void;
}

/** Whoever follows one actor. */
export interface ActorWatcher {
  /** Its state, progress or counts changed. */
  changed(): void;
  /** Its provider does not cancel it, and it goes on. */
  refused(error: AnyLroError): void;
  /** It stopped without an outcome. */
  stopped(reason: unknown): void;
  /** It has its outcome. */
  ended(): void;
}
