/**
 * One event stream: keeps one socket open for all who listen, opens it anew when
 * it is lost, and tells everybody what concerns them.
 *
 * @module
 */
import { contain } from "../../model/contain.ts";
import type { EventStream, StreamSeat } from "../../model/stream.ts";
import type { StreamGuest, StreamHeed, StreamServices } from "./stream_guest.ts";
import { RecentMessages } from "./recent_messages.ts";
import { backoffMs } from "../http/retry.ts";
import { StreamSocket } from "./stream_socket.ts";
import { TimerNode } from "../timers.ts";

/** A guest of one stream. */
export interface StreamMember {
  /** The guest. */
  readonly guest: StreamGuest;
  /** The stream. */
  readonly stream: SharedStream;
  /**
   * - `idle`: wants nothing
   * - `opening`: waits for the socket before it sends its own request
   * - `listening`: is answered by messages
   * - `alone`: would listen, and asks for itself because there is no socket
   */
  mode: "idle" | "opening" | "listening" | "alone";
  /** Whose messages it waits for. */
  topic?: string;
  /** The connection from whose messages it has missed none; 0 for none. */
  connection: number;
  /** Number of the last message it heard. */
  heardUpTo: number;
  /** Whether the connection was there for certain when it began to listen. */
  isSure: boolean;
}

/** How long requests wait for the first socket. */
const PATIENCE_MS = 1_000;
/** A server says that a socket is open before it sends to it; after this it does. */
const SETTLING_MS = 1_000;
/** How long opening a socket may take. */
const OPENING_MS = 10_000;
/** A socket that is lost sooner counts as one that failed: some servers open and close at once. */
const HELD_MS = 10_000;
const BACKOFF = { attempts: Infinity, baseMs: 500, maxMs: 30_000, jitter: "full" } as const;

/** Whom a stream tells of itself. */
export interface StreamOwner {
  /** The last member has left. */
  empty(): void;
  /**
   * Something is wrong that will come again and again.
   *
   * @param sort Of each sort one is enough.
   */
  report(sort: "socket" | "message", error: unknown): void;
}

/** However low the jitter is drawn, sockets that close at once are no busy loop. */
const SHORTEST_PAUSE_MS = 100;

/** One stream. */
export class SharedStream extends TimerNode {
  readonly #services: StreamServices;
  readonly #owner: StreamOwner;
  /** The socket's address, and the one that is tried where the server refuses it. */
  readonly #addresses: readonly string[];
  /** Which of them is tried. */
  #address = 0;
  readonly #members = new Set<StreamMember>();
  readonly #recent = new RecentMessages();
  #socket: StreamSocket | undefined;
  /** Number of the connection that is open; 0 for none. */
  #connection = 0;
  #connections = 0;
  /** Whether the server sends to it for certain. */
  #isSettled = false;
  /** When it was opened. */
  #openedAt = 0;
  /** Attempts in a row that came to nothing, or to a socket that did not hold. */
  #failures = 0;
  /** Whether requests wait for the socket. */
  #isPatient = true;

  /** A stream without members. */
  constructor(services: StreamServices, { url, otherwise }: StreamSeat, owner: StreamOwner) {
    super();
    this.#services = services;
    this.#addresses = otherwise === undefined ? [url] : [url, otherwise];
    this.#owner = owner;
  }

  /** Whether it is the stream of these addresses. */
  serves(url: string, otherwise: string | undefined): boolean {
    return this.#addresses[0] === url && this.#addresses[1] === otherwise;
  }

  /** A member comes; the first one has the socket opened. */
  join(member: StreamMember): void {
    this.#members.add(member);
    if (this.#members.size === 1) this.#open();
  }

  /** A member leaves; the last one has the socket closed. */
  leave(member: StreamMember): void {
    member.mode = "idle";
    if (!this.#members.delete(member) || this.#members.size > 0) return;
    this.#services.wheel.disarm(this);
    this.#drop();
    this.#owner.empty();
  }

  /** A member's step is to be answered. */
  ask(member: StreamMember, topic: string | undefined): StreamHeed {
    if (topic === undefined) {
      if (this.#connection > 0 || !this.#isPatient) {
        this.#catchUp(member);
        return "none";
      }
      member.mode = "opening";
      return "opening";
    }
    member.topic = topic;
    const isBehind = member.connection !== this.#connection;
    // Who must look again after a gap does so when there will be none any more.
    const isAlone = this.#connection === 0 || (isBehind && !this.#isSettled);
    member.mode = isAlone ? "alone" : "listening";
    if (isAlone) return "none";
    const hasNews = isBehind || this.#recent.after(member.heardUpTo, topic) !== undefined;
    if (hasNews) queueMicrotask(() => this.#tell(member)); // when it has finished asking
    return member.isSure ? "listening" : "doubting";
  }

  /** It is time to try again, or the socket is settled, or patience or time for opening are over. */
  override wake(): void {
    if (!this.#socket) return this.#open();
    if (this.#connection > 0) return this.#settle();
    if (!this.#isPatient) return this.#lose();
    this.#services.wheel.arm(this, this.#services.clock.now() + OPENING_MS - PATIENCE_MS);
    this.#letGo();
  }

  #open(): void {
    const { wheel, clock, fetch } = this.#services;
    wheel.arm(this, clock.now() + (this.#isPatient ? PATIENCE_MS : OPENING_MS));
    const url = this.#addresses[this.#address]!;
    this.#socket = new StreamSocket(() => fetch.openSocket!(url), {
      opened: () => this.#opened(),
      received: (text) => this.#received(text),
      lost: (reason) => {
        if (reason) this.#owner.report("socket", reason.error);
        this.#lose();
      },
    });
  }

  #opened(): void {
    const { wheel, clock } = this.#services;
    this.#openedAt = clock.now();
    wheel.arm(this, this.#openedAt + SETTLING_MS);
    this.#recent.clear();
    this.#connection = ++this.#connections;
    this.#letGo();
  }

  /** Those who went on alone look once more and listen. */
  #settle(): void {
    this.#isSettled = true;
    for (const member of [...this.#members]) {
      if (member.mode !== "alone") continue;
      member.mode = "listening";
      this.#tell(member);
    }
  }

  /** Those who waited for the socket send their requests, and hear what comes of them if it is open. */
  #letGo(): void {
    this.#isPatient = false;
    for (const member of [...this.#members]) {
      if (member.mode !== "opening") continue;
      member.mode = "idle";
      this.#catchUp(member);
      this.#contain(() => member.guest.askAlone());
    }
  }

  /** What a member asks for itself from here on covers everything up to now. */
  #catchUp(member: StreamMember): void {
    member.connection = this.#connection;
    member.heardUpTo = this.#recent.last;
    member.isSure = this.#isSettled;
  }

  #received(text: string): void {
    const [any] = this.#members;
    const message = any && this.#understand(() => streamOf(any).parse(text));
    if (!message) return;
    this.#recent.add(message, this.#services.clock.now());
    if (!this.#isSettled) this.#settle(); // whoever sends has registered us
    for (const member of [...this.#members]) {
      if (member.topic === message.topic) this.#tell(member);
    }
  }

  /** The socket is lost, or never was: everybody goes on alone until there is another. */
  #lose(): void {
    const { wheel, clock, random } = this.#services;
    const nowMs = clock.now();
    const hasHeld = this.#connection > 0 && nowMs - this.#openedAt >= HELD_MS;
    if (hasHeld) this.#failures = 0;
    else this.#tryAnother(); // some refuse by closing what they have opened
    this.#drop();
    const pauseMs = backoffMs(BACKOFF, ++this.#failures, random);
    wheel.arm(this, nowMs + Math.max(SHORTEST_PAUSE_MS, pauseMs));
    this.#letGo();
    for (const member of [...this.#members]) {
      if (member.mode !== "listening") continue;
      member.mode = "alone";
      this.#contain(() => member.guest.askAlone());
    }
  }

  /** The server may refuse this address and not the other. */
  #tryAnother(): void {
    this.#address = (this.#address + 1) % this.#addresses.length;
  }

  #drop(): void {
    this.#connection = 0;
    this.#isSettled = false;
    const closed = this.#socket?.close(this.#services.wheel, this.#services.clock);
    if (closed) this.#services.finishing(closed);
    this.#socket = undefined;
  }

  /** Tells a member what it has not heard, one message after another, for as long as it listens. */
  #tell(member: StreamMember): void {
    const { guest, topic } = member;
    while (member.mode === "listening") {
      if (member.connection !== this.#connection) {
        this.#contain(() => guest.heard(streamOf(member).missed));
        return; // it looks for itself, or waits for another look
      }
      const message = this.#recent.after(member.heardUpTo, topic!);
      if (!message) return;
      member.heardUpTo = message.number;
      member.isSure = true;
      const { reply } = message;
      const verdict = this.#understand(() => streamOf(member).read(reply, guest));
      if (verdict) this.#contain(() => guest.heard(verdict, reply));
    }
  }

  /** Reads something of the server's, which may make no sense again and again. */
  #understand<R>(read: () => R): R | undefined {
    return contain(read, (error) => this.#owner.report("message", error));
  }

  #contain<R>(act: () => R): R | undefined {
    return contain(act, this.#services.report);
  }
}

function streamOf({ guest }: StreamMember): EventStream<object, object> {
  return guest.kind.protocol.stream!;
}
