/**
 * One websocket of an event stream, from its opening to its end.
 *
 * @module
 */
import type { Clock } from "../services.ts";
import { TimerNode, type TimerWheel } from "./timers.ts";
import type { MessageSocket } from "./transport.ts";

/** Whoever the socket is for. */
export interface StreamSocketEvents {
  /** It is open. */
  opened(): void;
  /** There is a message. */
  received(text: string): void;
  /** It closed, or could not be opened. */
  lost(): void;
}

/** How long a server may take to say goodbye. */
const CLOSING_MS = 1_000;

/** One websocket. */
export class StreamSocket {
  #events: StreamSocketEvents | undefined;
  #socket: MessageSocket | undefined;
  #isClosed = false;
  #onClosed: (() => void) | undefined;

  /** Opens it. Its events come later, and none after {@linkcode StreamSocket.close}. */
  constructor(open: () => MessageSocket | Promise<MessageSocket>, events: StreamSocketEvents) {
    this.#events = events;
    Promise.resolve().then(open).then((socket) => this.#follow(socket), () => this.#closed());
  }

  /**
   * Closes it.
   *
   * @returns Kept when it is closed, or when that takes too long.
   */
  close(wheel: TimerWheel, clock: Clock): Promise<void> {
    this.#events = undefined;
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const limit = new Limit(resolve);
      wheel.arm(limit, clock.now() + CLOSING_MS);
      this.#onClosed = () => {
        wheel.disarm(limit);
        resolve();
      };
      this.#socket?.close();
    });
  }

  #follow(socket: MessageSocket): void {
    this.#socket = socket;
    socket.addEventListener("open", () => this.#events?.opened());
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.#events?.received(data);
    });
    socket.addEventListener("error", () => {}); // `close` comes after it
    socket.addEventListener("close", () => this.#closed());
    if (!this.#events) socket.close(); // nobody wants it any more
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClosed?.();
    this.#events?.lost();
  }
}

/** Ends the waiting for a goodbye. */
class Limit extends TimerNode {
  readonly #end: () => void;

  constructor(end: () => void) {
    super();
    this.#end = end;
  }

  override wake(): void {
    this.#end();
  }
}
