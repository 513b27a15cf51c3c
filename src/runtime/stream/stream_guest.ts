/**
 * Who listens to an event stream, what a stream does for it, and what streams work with.
 *
 * @module
 */
import type { OperationKind } from "../../model/kind.ts";
import type { ProtocolState } from "../../model/step.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import type { Clock } from "../../services.ts";
import type { TimerWheel } from "../timers.ts";
import type { RefreshableFetch } from "../../model/fetch.ts";

/** Whoever listens. */
export interface StreamGuest extends ProtocolState<object, object> {
  /** Whose stream it is. */
  readonly kind: OperationKind;
  /** The step that wants something. */
  readonly step: string | undefined;
  /** Asks the kind; one that throws has nothing to say. */
  consult<A>(ask: () => A): A | undefined;
  /** There is a message for the step, or it must look for itself. */
  heard(verdict: Verdict, reply?: Reply): void;
  /** The step sends its own request after all. */
  askAlone(): void;
}

/**
 * What a stream does for a step:
 *
 * - `listening`: answers it
 * - `doubting`: the same, if the server listed us before the step's request came to it
 * - `opening`: holds it back while the socket is being opened
 * - `none`: nothing
 */
export type StreamHeed = "listening" | "doubting" | "opening" | "none";

/** What streams work with. */
export interface StreamServices {
  /** Opens sockets, if it can. */
  readonly fetch: RefreshableFetch;
  /** Time. */
  readonly clock: Clock;
  /** Chance, for jitter. */
  readonly random: () => number;
  /** Timers. */
  readonly wheel: TimerWheel;
  /** Told of an error that belongs to nobody. */
  readonly report: (error: unknown) => void;
  /** Something must be finished that no guest waits for. */
  readonly finishing: (work: Promise<void>) => void;
}
