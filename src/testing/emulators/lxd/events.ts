/**
 * The event websockets of the LXD emulator.
 *
 * @module
 */
import type { MessageSocket } from "../../../model/fetch.ts";
import type { Clock } from "../../../services.ts";
import type { LxdEmulatedOperation, LxdOperationState } from "./operation.ts";

type Listener = (event: { readonly data?: unknown }) => void;

/** A websocket without a network. */
class EmulatedSocket implements MessageSocket {
  /** Whose operations it tells of; `undefined` for all. */
  readonly project: string | undefined;
  readonly #listeners: [type: string, listener: Listener][] = [];
  readonly #onClose: (socket: EmulatedSocket) => void;
  #isClosed = false;

  constructor(project: string | undefined, onClose: (socket: EmulatedSocket) => void) {
    this.project = project;
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

/** What a new socket is to do. */
export interface LxdSocketPlan {
  /** `refuses`: it closes, and was never open. */
  readonly does: "tells" | "mute" | "closes" | "refuses";
  /** Whose operations it tells of; `undefined` for all. */
  readonly project: string | undefined;
}

/** Tells all sockets what becomes of operations, as it happens. */
export class LxdEvents {
  readonly #clock: Clock;
  readonly #sockets = new Set<EmulatedSocket>();
  /** Those that say nothing. */
  readonly #mute = new Set<EmulatedSocket>();
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
  connect(
    operations: Iterable<LxdEmulatedOperation>,
    { does, project }: LxdSocketPlan,
  ): MessageSocket {
    const socket = new EmulatedSocket(project, (closed) => {
      this.#sockets.delete(closed);
      this.#mute.delete(closed);
      if (this.#sockets.size > 0) return;
      for (const timer of this.#timers.values()) this.#clock.clearTimeout(timer);
      this.#timers.clear();
    });
    if (does === "refuses") {
      queueMicrotask(() => queueMicrotask(() => socket.close())); // when it is listened to
      return socket;
    }
    this.#sockets.add(socket);
    if (does === "mute") this.#mute.add(socket);
    queueMicrotask(() =>
      queueMicrotask(() =>
        queueMicrotask(() => {
          socket.open();
          if (does === "closes") socket.close();
        })
      )
    );
    for (const operation of operations) this.#follow(operation);
    return socket;
  }

  /** Closes every socket. */
  disconnect(): void {
    for (const socket of [...this.#sockets]) socket.close();
  }

  /** Something happened to an operation. */
  tell(operation: LxdEmulatedOperation): void {
    this.#send(operation.stateAt(this.#clock.now()), operation.project);
    this.#follow(operation);
  }

  /** LXD tells of a cancel that is over at once in the wrong order. */
  tellBackwards(operation: LxdEmulatedOperation): void {
    const state = operation.stateAt(this.#clock.now());
    this.#send(state, operation.project);
    this.#send({ ...state, status: "Cancelling", status_code: 104 }, operation.project);
    this.#follow(operation);
  }

  #send(metadata: LxdOperationState, project: string): void {
    const timestamp = new Date(this.#clock.now()).toISOString();
    const text = JSON.stringify({ type: "operation", timestamp, metadata, project });
    for (const socket of [...this.#sockets]) {
      const isTold = socket.project === undefined || socket.project === project;
      if (isTold && !this.#mute.has(socket)) queueMicrotask(() => socket.receive(text));
    }
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
