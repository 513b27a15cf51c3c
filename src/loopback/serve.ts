/**
 * Request handlers on a real socket, for tests that want one.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { nodeBuiltin } from "../node_builtin.ts";
import { ConnectionDropped, type RequestHandler } from "./connection.ts";

/** Options of {@linkcode serveLoopback}. */
export interface ServeLoopbackOptions {
  /**
   * TCP port.
   *
   * @default {0} Any that is free.
   */
  readonly port?: number | undefined;
  /**
   * Whether connections are used again. Deno's fetch by itself repeats a request,
   * whatever its method, once a used connection was dropped; with `false` a
   * {@linkcode ConnectionDropped} is one request there too.
   *
   * @default {true}
   */
  readonly keepAlive?: boolean | undefined;
}

/** A server on the loopback interface. */
export interface LoopbackServer extends AsyncDisposable {
  /** Its origin, e.g. `"http://127.0.0.1:8080"`. */
  readonly url: string;
  /** Its TCP port. */
  readonly port: number;
  /** Stops it, with every connection that is open. */
  close(): Promise<void>;
}

/**
 * Serves a request handler at 127.0.0.1, in Deno and in Node.
 *
 * The handler's `request.signal` aborts when the client goes away. A
 * {@linkcode ConnectionDropped} closes the connection without an answer; any
 * other error of the handler's is answered with 500.
 *
 * @param handler Answers the requests.
 * @param options The port, and whether connections are used again.
 * @returns The server, listening.
 * @throws {Error} Where the port cannot be had.
 *
 * @example An answer over a real connection
 * ```ts
 * import { serveLoopback } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serveLoopback((request) => Response.json({ method: request.method }));
 *
 * const response = await fetch(server.url, { method: "DELETE" });
 * assertEquals(await response.json(), { method: "DELETE" });
 * ```
 */
export async function serveLoopback(
  handler: RequestHandler,
  options: ServeLoopbackOptions = {},
): Promise<LoopbackServer> {
  const { port = 0, keepAlive = true } = options;
  const { createServer } = nodeBuiltin("node:http");
  const server = createServer((incoming, outgoing) => {
    if (!keepAlive) outgoing.setHeader("connection", "close");
    answer(handler, incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const actualPort = typeof address === "object" && address !== null ? address.port : port;

  async function close(): Promise<void> {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  return {
    url: `http://127.0.0.1:${actualPort}`,
    port: actualPort,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function answer(
  handler: RequestHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const abortion = new AbortController();
  outgoing.once(
    "close",
    () => abortion.abort(new ConnectionDropped("The client went away")),
  );
  let response: Response;
  try {
    response = await handler(toRequest(incoming, abortion.signal));
  } catch (error) {
    if (error instanceof ConnectionDropped) throw error;
    response = new Response(String(error), { status: 500 });
  }
  for (const [name, value] of response.headers) {
    outgoing.appendHeader(name, value);
  }
  outgoing.writeHead(response.status, response.statusText);
  const reader = response.body?.getReader();
  if (reader === undefined) return void outgoing.end();
  abortion.signal.addEventListener("abort", () => {
    reader.cancel(abortion.signal.reason).catch(() => {});
  });
  outgoing.flushHeaders();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return void outgoing.end();
    if (!outgoing.write(value)) {
      await new Promise<void>((resolve) => {
        outgoing.once("drain", resolve);
        outgoing.once("close", resolve);
      });
    }
  }
}

function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET", headers, url = "/" } = incoming;
  const init: RequestInit & { duplex: "half" } = {
    method,
    headers: Object.entries(headers).flatMap(([name, value = []]) =>
      [value].flat().map((each): [string, string] => [name, each])
    ),
    signal,
    duplex: "half",
  };
  if (method !== "GET" && method !== "HEAD") {
    init.body = toStream(incoming);
  }
  return new Request(
    new URL(url, `http://${headers.host ?? "127.0.0.1"}`),
    init,
  );
}

function toStream(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let isOpen = true;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      incoming.on("data", (chunk: Uint8Array) => {
        if (isOpen) controller.enqueue(new Uint8Array(chunk));
      });
      incoming.once("end", () => {
        if (isOpen) controller.close();
      });
      incoming.once("error", (error) => {
        if (isOpen) controller.error(error);
      });
    },
    cancel() {
      isOpen = false; // a handler that has seen enough; the rest comes and goes
    },
  });
}
