/// <reference lib="dom" />
/**
 * The page's server as the source of everything: a stream of changes, histories
 * on request, commands.
 *
 * @module
 */
import type {
  WireChanges,
  WireCommand,
  WireHello,
  WireHistory,
  WireStately,
} from "../wire/wire.ts";
import { ask, later, listen } from "./browser.ts";
import type { Connection } from "./model.ts";

/** Pause before the stream is opened again, in milliseconds. */
const RETRY_MS = 1_000;

/** Whoever is told what the server says. */
export interface ServerListener {
  /** Everything as it is. */
  hello(hello: WireHello): void;
  /** What changed. */
  changes(changes: WireChanges): void;
  /** How the page stands to the server. */
  connection(connection: Connection): void;
}

/** The server. */
export class Server {
  readonly #listener: ServerListener;
  #stream: EventSource | undefined;
  #lastEventId = "";

  /** Connects, and again whenever the connection is lost. */
  constructor(listener: ServerListener) {
    this.#listener = listener;
    this.#open();
    // A browser allows six streams to a server; a page that nobody sees needs none.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#close();
      else if (!this.#stream) this.#open();
    });
  }

  /** The history of an operation, from after an entry on. */
  async history(id: string, after: number): Promise<WireHistory | undefined> {
    const response = await ask(`/operations/${encodeURIComponent(id)}/history?after=${after}`);
    return response.ok ? await response.json() : undefined;
  }

  /** The same for Stately Inspector. */
  async stately(id: string, after: number): Promise<WireStately | undefined> {
    const response = await ask(`/operations/${encodeURIComponent(id)}/stately?after=${after}`);
    return response.ok ? await response.json() : undefined;
  }

  /** Sends a command. */
  async send(type: WireCommand, ids: readonly string[]): Promise<boolean> {
    const response = await ask("/commands", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ type, ids }),
    });
    return response.ok;
  }

  #open(): void {
    const stream = listen(`/events?since=${this.#lastEventId}`);
    this.#stream = stream;
    const read = <T>(tell: (data: T) => void) => (event: MessageEvent<string>): void => {
      this.#lastEventId = event.lastEventId;
      this.#listener.connection("live");
      tell(JSON.parse(event.data));
    };
    stream.onopen = () => this.#listener.connection("live");
    stream.addEventListener("hello", read((hello: WireHello) => this.#listener.hello(hello)));
    stream.addEventListener(
      "changes",
      read((changes: WireChanges) => this.#listener.changes(changes)),
    );
    stream.onerror = () => {
      this.#listener.connection("lost");
      if (stream.readyState !== stream.CLOSED) return; // the browser tries by itself
      this.#close();
      this.#findOut();
      later(() => {
        if (!this.#stream && !document.hidden) this.#open();
      }, RETRY_MS);
    };
  }

  #close(): void {
    this.#stream?.close();
    this.#stream = undefined;
  }

  /** Whether it is gone, or does not know us any more. */
  #findOut(): void {
    ask("/operations/-/history").then(
      ({ status }) => this.#listener.connection(status === 401 ? "refused" : "lost"),
      () => this.#listener.connection("lost"),
    );
  }
}
