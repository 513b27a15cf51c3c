/**
 * One request under way, from `fetch` to the whole reply.
 *
 * Attempts are lent and used again, with their abort controllers and callbacks:
 * making a signal costs as much as a whole poll in Node, and closures for every
 * request are most of the garbage. All runtimes share them, because V8 throws away
 * what it compiled for callbacks with the last of them. Only one that was answered
 * is used again, so that nothing late can reach the next owner.
 *
 * @module
 */
import type { FetchReply } from "../../model/protocol.ts";
import type { Fault, Reply } from "../../model/message.ts";
import type { Clock } from "../../services.ts";
import { readFetchError } from "./fetch_error.ts";
import type { HeaderReader } from "./header_reader.ts";
import { completeReply, joinReply, readText, statusOf } from "./reply.ts";
import { isKeptBack } from "../../model/unsent.ts";

/** What attempts are made with. */
export interface AttemptServices {
  /** Sends one request. */
  readonly fetch: typeof globalThis.fetch;
  /** Time, for a `Retry-After`. */
  readonly clock: Clock;
  /** Reads headers; none but the runtime's own may know them. */
  readonly headerReader: HeaderReader;
  /** Largest reply, in bytes. */
  readonly maxReplyBytes: number;
}

/** Whoever makes a request. Told of the end once, unless it aborts the attempt. */
export interface AttemptOwner {
  /** Where to. */
  readonly url: string;
  /** What. */
  init(signal: AbortSignal): RequestInit;
  /**
   * The whole reply is there, or a fault that holds as much of it as can be told.
   *
   * @param text The body as it came, where the reply is made of one.
   */
  received(received: Reply | Fault, text?: string): void;
  /** The connection broke, or there never was one. */
  broken(fault: Fault): void;
}

/** One request under way. */
export class Attempt {
  /** Whose request it is; nobody's in between, for it outlives runtimes. */
  #services: AttemptServices | undefined;
  #controller = new AbortController();
  /** Aborts the request. Kept, because Node's controller looks for it each time. */
  #signal = this.#controller.signal;
  /** Nobody once it is answered or aborted. */
  #owner: AttemptOwner | undefined;
  #status = 0;
  #headers: Readonly<Record<string, string>> | undefined;
  /** How many requests its signal was for. */
  #uses = 0;

  /** Sends the owner's request. */
  fetch(owner: AttemptOwner, services: AttemptServices): void {
    this.#begin(owner, services);
    this.#send(owner).then(this.#onResponse, this.#onError);
  }

  /** Lets the caller get the reply in its own way. */
  ask(owner: AttemptOwner, services: AttemptServices, fetchReply: FetchReply): void {
    this.#begin(owner, services);
    const signal = this.#signal;
    (async () => completeReply(await fetchReply({ signal }), this.#services!.clock.now()))()
      .then(this.#onReply, this.#onError);
  }

  /** Gives it up: its owner hears no more of it. */
  abort(reason: DOMException): void {
    this.#owner = undefined;
    this.#controller.abort(reason);
  }

  /** Whether it is certainly not sent yet: it waits for credentials. */
  get isKeptBack(): boolean {
    return isKeptBack(this.#signal);
  }

  #begin(owner: AttemptOwner, services: AttemptServices): void {
    this.#owner = owner;
    this.#services = services;
    if (++this.#uses > MAX_USES) this.#renew();
  }

  /** Takes another signal. */
  #renew(): void {
    this.#uses = 1;
    this.#controller = new AbortController();
    this.#signal = this.#controller.signal;
  }

  #send(owner: AttemptOwner): Promise<Response> {
    try {
      const { fetch } = this.#services!;
      const pending = fetch(owner.url, owner.init(this.#signal));
      if (typeof pending?.then === "function") return pending;
      throw new TypeError(`fetch returned ${typeof pending} instead of a promise`);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  readonly #onResponse = (response: Response): void => {
    if (!this.#owner) return void response?.body?.cancel().catch(() => {});
    if (response?.type === "opaqueredirect") return this.#end(HIDDEN_REDIRECT);
    let text: string | Promise<string | undefined>;
    try {
      this.#status = statusOf(response);
      const headers = this.#headers = this.#services!.headerReader.read(response);
      text = readText(response, headers, this.#services!.maxReplyBytes);
    } catch (error) {
      return this.#onError(error);
    }
    if (typeof text === "string") this.#onText(text);
    else text.then(this.#onText, this.#onError);
  };

  readonly #onText = (text: string | undefined): void => {
    if (!this.#owner) return;
    this.#end(joinReply(this.#status, this.#headers!, text, this.#services!), text);
  };

  readonly #onReply = (reply: Reply): void => {
    if (this.#owner) this.#end(reply);
  };

  readonly #onError = (error: unknown): void => {
    const owner = this.#owner;
    this.#owner = undefined;
    owner?.broken(readFetchError(error));
  };

  #end(received: Reply | Fault, text?: string): void {
    const owner = this.#owner!;
    this.#owner = this.#headers = this.#services = undefined;
    owner.received(received, text);
  }
}

const HIDDEN_REDIRECT: Fault = {
  kind: "refused",
  message: "a redirect whose target this browser hides; fetch through a proxy that shows it",
};

/** Some fetch implementations leave a listener on a signal until the next collection. */
const MAX_USES = 256;
const MAX_SPARE = 256;
const spare: Attempt[] = [];

/** An attempt that nobody aborted and nobody uses. */
export function takeAttempt(): Attempt {
  return spare.pop() ?? new Attempt();
}

/** Takes one back that was answered. */
export function giveAttempt(attempt: Attempt): void {
  if (spare.length < MAX_SPARE) spare.push(attempt);
}
