/**
 * One websocket of an event stream, from its opening to its end.
 *
 * @module
 */
import { describe } from "../../model/check_input.ts";
import type { Clock } from "../../services.ts";
import { TimerNode, type TimerWheel } from "../timers.ts";
import type { MessageSocket } from "../../model/fetch.ts";

/** Whoever the socket is for. */
export interface StreamSocketEvents {
  /** It is open. */
  opened(): void;
  /** There is a message. */
  received(text: string): void;
  /**
   * It closed, or could not be opened.
   *
   * @param reason Where there never was a socket: why.
   */
  lost(reason?: { readonly error: unknown }): void;
}

/** What `WebSocket.readyState` says. */
const [OPEN, CLOSING, CLOSED] = [1, 2, 3] as const;
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
    Promise.resolve().then(open).then((socket) => this.#follow(socket))
      .catch((error) => this.#closed({ error }));
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
      this.#hangUp();
    });
  }

  /** Says goodbye; a socket that throws at that is gone. */
  #hangUp(): void {
    try {
      this.#socket?.close();
    } catch {
      this.#closed();
    }
  }

  #follow(socket: MessageSocket): void {
    if (!isSocket(socket)) {
      throw new TypeError(
        `Cannot open event stream: openSocket must yield a WebSocket, got ${describe(socket)}`,
      );
    }
    this.#socket = socket;
    socket.addEventListener("open", () => this.#events?.opened());
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.#events?.received(data);
    });
    socket.addEventListener("error", () => {}); // `close` comes after it
    socket.addEventListener("close", () => this.#closed());
    if (!this.#events) return this.#hangUp(); // nobody wants it any more
    // Whoever yields it may have waited for that already, and it is said once only.
    const { readyState } = socket as { readonly readyState?: unknown };
    if (readyState === OPEN) this.#events.opened();
    if (readyState === CLOSING || readyState === CLOSED) this.#closed();
  }

  #closed(reason?: { readonly error: unknown }): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClosed?.();
    this.#events?.lost(reason);
  }
}

/** Whether there is something to listen to. */
function isSocket(value: unknown): value is MessageSocket {
  const { addEventListener, close } = Object(value) as Partial<MessageSocket>;
  return typeof addEventListener === "function" && typeof close === "function";
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
