/**
 * A fetch that calls a handler instead of opening a socket.
 *
 * @module
 */
import {
  ConnectionDropped,
  droppedFetchError,
  type RequestHandler,
} from "../../loopback/connection.ts";
import { labelResponse, relayBody } from "./response_body.ts";

const MAX_REDIRECTS = 20;

/**
 * Makes a fetch of a request handler.
 *
 * It honours method, headers, body, `redirect` and `signal`, also while the body
 * is being read; the handler's `request.signal` aborts with it. The handler is
 * called before fetch returns, so that requests arrive in the order in which
 * they were made. A {@linkcode ConnectionDropped} becomes the `TypeError` of a
 * broken connection; any other error of the handler's rejects as it is.
 *
 * Only `307` and `308` after a request with a body cannot be followed, with a
 * `TypeError`.
 *
 * @param handler Answers the requests.
 * @returns The fetch.
 *
 * @example A server in one line
 * ```ts
 * import { inProcessFetch } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const fetch = inProcessFetch((request) => Response.json({ path: new URL(request.url).pathname }));
 *
 * const response = await fetch("http://localhost/jobs/1");
 * assertEquals(await response.json(), { path: "/jobs/1" });
 * ```
 */
export function inProcessFetch(
  handler: RequestHandler,
): typeof globalThis.fetch {
  return (input, init) => {
    const signal = init?.signal ??
      (input instanceof Request ? input.signal : undefined);
    return new Promise<Response>((resolve, reject) => {
      signal?.throwIfAborted();
      // Not the caller's own signal: some runtimes never take their listeners off.
      const abortion = new AbortController();
      const aborted = new Promise<never>((_, rejectWaiting) => {
        abortion.signal.addEventListener(
          "abort",
          () => rejectWaiting(abortion.signal.reason),
        );
      });
      aborted.catch(reject);
      const abort = () => abortion.abort(signal?.reason);
      const release = () => signal?.removeEventListener("abort", abort);
      signal?.addEventListener("abort", abort, { once: true });

      const request = new Request(input, { ...init, signal: abortion.signal });
      answer(handler, request).then((response) => {
        if (signal === undefined) return resolve(response);
        resolve(relayBody(response, {
          during: (reading) => Promise.race([aborted, reading]),
          ended: release,
        }));
      }, (error) => {
        release();
        reject(
          error instanceof ConnectionDropped ? droppedFetchError() : error,
        );
      });
    });
  };
}

async function answer(
  handler: RequestHandler,
  request: Request,
  redirects = 0,
): Promise<Response> {
  const response = labelResponse(
    await handler(request),
    request.url,
    redirects > 0,
  );
  const location = response.headers.get("location");
  const isRedirect = [301, 302, 303, 307, 308].includes(response.status) &&
    location !== null;
  if (!isRedirect || request.redirect === "manual") return response;
  if (request.redirect === "error" || redirects === MAX_REDIRECTS) {
    throw new TypeError(
      `Cannot follow the redirect of ${request.url}: ${
        redirects === MAX_REDIRECTS ? `${redirects} were followed already` : `redirect is "error"`
      }`,
    );
  }
  return await answer(
    handler,
    redirected(request, response.status, location),
    redirects + 1,
  );
}

/** The request that a redirect asks for, as the Fetch standard has it. */
function redirected(
  request: Request,
  status: number,
  location: string,
): Request {
  const url = new URL(location, request.url);
  const headers = new Headers(request.headers);
  if (url.origin !== new URL(request.url).origin) {
    headers.delete("authorization");
    headers.delete("cookie");
  }
  const { signal } = request;
  const becomesGet = status === 303
    ? request.method !== "HEAD"
    : status <= 302 && request.method === "POST";
  if (!becomesGet) {
    if (request.body !== null) {
      throw new TypeError(
        `Cannot follow the redirect of ${request.url}: ${status} asks to send the body again`,
      );
    }
    return new Request(url, { method: request.method, headers, signal });
  }
  headers.delete("content-type");
  headers.delete("content-length");
  return new Request(url, { headers, signal });
}
