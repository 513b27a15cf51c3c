/**
 * The event streams of a runtime, and who listens to them.
 *
 * @module
 */
import type { StreamGuest, StreamHeed, StreamServices } from "./stream_guest.ts";
import type { StreamSeat } from "../../model/stream.ts";
import { SharedStream, type StreamMember } from "./shared_stream.ts";

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
