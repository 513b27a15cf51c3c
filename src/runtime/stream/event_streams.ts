/**
 * The event streams of a runtime, and who listens to them.
 *
 * @module
 */
import type { OperationKind } from "../../model/kind.ts";
import type { ProtocolState } from "../../model/step.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import type { Clock } from "../../services.ts";
import type { StreamSeat } from "../../model/stream.ts";
import { SharedStream, type StreamMember } from "./shared_stream.ts";
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

/** Streams of which it is remembered what was reported; there are hardly ever more. */
const MOST_REPORTED = 256;

/** All streams of a runtime. */
export class EventStreams {
  readonly #services: StreamServices;
  readonly #streams = new Map<string, SharedStream>();
  readonly #members = new Map<StreamGuest, StreamMember>();
  /** What was reported already, by stream and sort: a fault that lasts is told once. */
  readonly #reported = new Set<string>();

  /** None yet. */
  constructor(services: StreamServices) {
    this.#services = services;
  }

  /** The step of a guest is to be answered. */
  ask(guest: StreamGuest): StreamHeed {
    if (!this.#services.fetch.openSocket) return "none";
    const seat = guest.consult(() => guest.kind.protocol.stream!.seat(guest.step!, guest));
    if (!seat) return "none";
    const { stream, member } = this.#find(guest, seat);
    return stream.ask(member, seat.topic);
  }

  /** A guest neither listens nor waits for the socket any more. */
  release(guest: StreamGuest): void {
    const member = this.#members.get(guest);
    if (member) member.mode = "idle";
  }

  /** A guest leaves for good. */
  leave(guest: StreamGuest): void {
    const member = this.#members.get(guest);
    if (!member) return;
    this.#members.delete(guest);
    member.stream.leave(member);
  }

  #find(guest: StreamGuest, seat: StreamSeat): { stream: SharedStream; member: StreamMember } {
    const { url, otherwise } = seat;
    const known = this.#members.get(guest);
    if (known?.stream.serves(url, otherwise)) return { stream: known.stream, member: known };
    this.leave(guest);
    const key = otherwise === undefined ? url : `${url} ${otherwise}`;
    let stream = this.#streams.get(key);
    if (!stream) {
      stream = new SharedStream(this.#services, seat, {
        empty: () => this.#streams.delete(key),
        report: (sort, error) => this.#reportOnce(`${sort} ${key}`, error),
      });
      this.#streams.set(key, stream);
    }
    const member: StreamMember = {
      guest,
      stream,
      mode: "idle",
      connection: 0,
      heardUpTo: 0,
      isSure: false,
    };
    this.#members.set(guest, member);
    stream.join(member);
    return { stream, member };
  }

  #reportOnce(what: string, error: unknown): void {
    if (this.#reported.has(what)) return;
    if (this.#reported.size >= MOST_REPORTED) this.#reported.clear();
    this.#reported.add(what);
    this.#services.report(error);
  }
}
