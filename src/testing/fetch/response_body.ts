/**
 * A response with something between its body and the reader.
 *
 * @module
 */

/** What stands between a body and its reader. */
export interface BodyRelay {
  /** Gets each read that the reader waits for, and may end it earlier. */
  during<R>(reading: Promise<R>): Promise<R>;
  /** Nothing more will be read. */
  ended(): void;
}

/**
 * The same response, with every read of its body passed through `relay`.
 * Nothing is read before the reader asks for it.
 */
export function relayBody(response: Response, relay: BodyRelay): Response {
  if (response.body === null) {
    relay.ended();
    return response;
  }
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = response
    .body.getReader();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await relay.during(reader.read());
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
        reader.cancel(error).catch(() => {});
      }
      relay.ended();
    },
    cancel(reason) {
      relay.ended();
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  const { status, statusText, headers, url, redirected } = response;
  const relayed = new Response(body, { status, statusText, headers });
  return labelResponse(relayed, url, redirected);
}

/** Gives a made response the URL that a fetched one would have. */
export function labelResponse(
  response: Response,
  url: string,
  redirected: boolean,
): Response {
  return Object.defineProperties(response, {
    url: { value: url, configurable: true },
    redirected: { value: redirected, configurable: true },
  });
}
