/**
 * The event websockets of the LXD emulator.
 *
 * @module
 */
import type { MessageSocket } from "../runtime/transport.ts";
import type { Clock } from "../services.ts";
import type { LxdEmulatedOperation, LxdOperationState } from "./lxd_operation.ts";

type Listener = (event: { readonly data?: unknown }) => void;

/** A websocket without a network. */
class EmulatedSocket implements MessageSocket {
  readonly #listeners: [type: string, listener: Listener][] = [];
  readonly #onClose: (socket: EmulatedSocket) => void;
  #isClosed = false;

  constructor(onClose: (socket: EmulatedSocket) => void) {
    this.#onClose = onClose;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push([type, listener]);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose(this);
    queueMicrotask(() => this.#dispatch("close"));
  }

  open(): void {
    if (!this.#isClosed) this.#dispatch("open");
  }

  receive(data: string): void {
    if (!this.#isClosed) this.#dispatch("message", data);
  }

  #dispatch(type: string, data?: string): void {
    for (const [name, listener] of this.#listeners) if (name === type) listener({ data });
  }
}

/** Tells all sockets what becomes of operations, as it happens. */
export class LxdEvents {
  readonly #clock: Clock;
  readonly #sockets = new Set<EmulatedSocket>();
  readonly #timers = new Map<LxdEmulatedOperation, unknown>();

  /** No sockets yet. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many sockets are open. */
  get size(): number {
    return this.#sockets.size;
  }

  /** Opens a socket, or one that closes at once. */
  connect(operations: Iterable<LxdEmulatedOperation>, isRefused: boolean): MessageSocket {
    const socket = new EmulatedSocket((closed) => {
      this.#sockets.delete(closed);
      if (this.#sockets.size > 0) return;
      for (const timer of this.#timers.values()) this.#clock.clearTimeout(timer);
      this.#timers.clear();
    });
    if (isRefused) {
      queueMicrotask(() => queueMicrotask(() => socket.close())); // when it is listened to
      return socket;
    }
    this.#sockets.add(socket);
    queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => socket.open())));
    for (const operation of operations) this.#follow(operation);
    return socket;
  }

  /** Closes every socket. */
  disconnect(): void {
    for (const socket of [...this.#sockets]) socket.close();
  }

  /** Something happened to an operation. */
  tell(operation: LxdEmulatedOperation): void {
    this.#send(operation.stateAt(this.#clock.now()));
    this.#follow(operation);
  }

  /** LXD tells of a cancel that is over at once in the wrong order. */
  tellBackwards(operation: LxdEmulatedOperation): void {
    const state = operation.stateAt(this.#clock.now());
    this.#send(state);
    this.#send({ ...state, status: "Cancelling", status_code: 104 });
    this.#follow(operation);
  }

  #send(metadata: LxdOperationState): void {
    const timestamp = new Date(this.#clock.now()).toISOString();
    const text = JSON.stringify({ type: "operation", timestamp, metadata, project: "default" });
    for (const socket of [...this.#sockets]) queueMicrotask(() => socket.receive(text));
  }

  /** Tells of the next change when it comes. */
  #follow(operation: LxdEmulatedOperation): void {
    this.#clock.clearTimeout(this.#timers.get(operation));
    this.#timers.delete(operation);
    const now = this.#clock.now();
    const next = operation.nextChangeAt(now);
    if (this.#sockets.size === 0 || next === Infinity) return;
    this.#timers.set(operation, this.#clock.setTimeout(() => this.tell(operation), next - now));
  }
}
