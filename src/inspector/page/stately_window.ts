/// <reference lib="dom" />
/**
 * Shows an operation in Stately Inspector: its history once the viewer is there,
 * then whatever comes. Nothing is sent to any other window or origin.
 *
 * @module
 */
import type { WireStately } from "../wire/wire.ts";

/** An operation that a viewer shows. */
export class StatelyWindow {
  readonly #window: Window | null;
  readonly #origin: string;
  readonly #load: (after: number) => Promise<WireStately | undefined>;
  #isConnected = false;
  #told = 0;
  #telling: Promise<void> = Promise.resolve();

  /** Opens the viewer; to be called in a click, or the browser refuses. */
  constructor(url: string, load: (after: number) => Promise<WireStately | undefined>) {
    this.#load = load;
    this.#origin = new URL(url).origin;
    this.#window = open(url, "lro-stately-inspector");
    addEventListener("message", this.#onMessage);
  }

  /** Tells the viewer what is new. */
  update(): void {
    if (!this.#isConnected) return;
    if (this.#window?.closed) return this.close();
    this.#telling = this.#telling.then(() => this.#tell()).catch(() => {});
  }

  /** Tells it nothing more. */
  close(): void {
    this.#isConnected = false;
    removeEventListener("message", this.#onMessage);
  }

  readonly #onMessage = ({ source, origin, data }: MessageEvent): void => {
    if (source !== this.#window || origin !== this.#origin) return;
    if ((data as { type?: unknown } | null)?.type !== "@statelyai.connected") return;
    this.#isConnected = true;
    this.#told = 0;
    this.update();
  };

  async #tell(): Promise<void> {
    const news = await this.#load(this.#told);
    if (!news) return;
    this.#told = news.entry;
    for (const event of news.events) this.#window?.postMessage(event, this.#origin);
  }
}
