/**
 * Connections that break, as a server breaks them and as a client sees it.
 *
 * @module
 */

/**
 * Thrown by a request handler to close the connection without an answer:
 * {@linkcode serveLoopback} destroys the socket, and {@linkcode inProcessFetch}
 * rejects as Node's fetch does.
 *
 * @example A server that hangs up
 * ```ts
 * import { ConnectionDropped, inProcessFetch } from "@lro/machines/testing";
 * import { assertRejects } from "@std/assert";
 *
 * const fetch = inProcessFetch(() => {
 *   throw new ConnectionDropped();
 * });
 *
 * await assertRejects(() => fetch("http://localhost/"), TypeError, "fetch failed");
 * ```
 */
export class ConnectionDropped extends Error {
  /** Its class, for those who have no other way to tell. */
  override readonly name = "ConnectionDropped";

  /**
   * Makes one.
   *
   * @param message Why.
   */
  constructor(message: string = "Connection closed without an answer") {
    super(message);
  }
}

/** What Node's fetch rejects with when the server closes the connection. */
export function droppedFetchError(): TypeError {
  return fetchError("UND_ERR_SOCKET", "other side closed");
}

/** What Node's fetch rejects with when nobody listens at `url`. */
export function refusedFetchError(url: string): TypeError {
  return fetchError(
    "ECONNREFUSED",
    `connect ECONNREFUSED ${new URL(url).host}`,
  );
}

function fetchError(code: string, message: string): TypeError {
  const cause = Object.assign(new Error(message), { code });
  return new TypeError("fetch failed", { cause });
}

/** A server, as a function. */
export type RequestHandler = (request: Request) => Response | Promise<Response>;
