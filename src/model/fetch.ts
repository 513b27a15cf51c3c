/**
 * A fetch that can do more than the global one: renew credentials, open websockets.
 *
 * @module
 */

/**
 * A fetch that knows how to renew its credentials. The wrappers of `./auth` are
 * such; a plain fetch has no `refresh` and 401 is final.
 */
export interface RefreshableFetch {
  /** As the global `fetch`. */
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /**
   * Called after a 401, at most twice in a row for one request. Where it is
   * rejected it is called again, after a pause as after a fault of the connection.
   *
   * @param url The URL that was refused.
   * @param options A signal that is aborted when nobody waits for it any longer.
   * @returns Whether there are new credentials, so that trying again makes sense.
   */
  refresh?(url: string, options?: { readonly signal?: AbortSignal }): Promise<boolean>;
  /**
   * Opens a websocket on the same way as requests go. Where a fetch has this,
   * providers that tell what happens by themselves are listened to.
   *
   * @param url A `ws:` or `wss:` URL.
   */
  openSocket?(url: string): MessageSocket | Promise<MessageSocket>;
}

/** As much of a `WebSocket` as it takes to listen. */
export interface MessageSocket {
  /** Listens to `open`, `message` and `close`. */
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  /** Closes it; `close` comes when it is. */
  close(): void;
}

/** Our own fetches' way to say that a request cannot be sent, now or later. */
export const NEVER_SENT = "ERR_NEVER_SENT";
