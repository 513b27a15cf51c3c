/**
 * A fetch with connections of its own, in Deno and in Node.
 *
 * No connection is kept for another request. LXD 5.0 stops answering anybody
 * while connections are open on which nothing is said, and a new one over a unix
 * socket costs next to nothing; besides, a request on a connection that nobody
 * used before is never sent twice behind our back.
 *
 * @module
 */
import { type MessageSocket, NEVER_SENT, type RefreshableFetch } from "../model/fetch.ts";
import { explainSocketFault } from "./socket_fault.ts";

/** A fetch with connections of its own. */
export interface SocketFetch extends RefreshableFetch, AsyncDisposable {
  /** Opens a websocket over the same connections, for providers that tell what happens by themselves. */
  openSocket(url: string): Promise<MessageSocket>;
  /** Breaks off whatever is under way; nothing can be sent any more. */
  close(): Promise<void>;
}

/** How to connect. */
export interface ConnectionOptions {
  /** The path of a unix socket, whatever host the URL names. */
  readonly socketPath?: string | undefined;
  /** The client's certificate, PEM. */
  readonly cert?: string | undefined;
  /** Its private key, PEM. */
  readonly key?: string | undefined;
  /** Certificates that the server's may be signed with, or be, PEM. */
  readonly ca?: string | undefined;
}

/** Sends requests in the way of one platform. */
interface Carrier {
  fetch(url: string, init: RequestInit): Promise<Response>;
  openSocket(url: string): MessageSocket | Promise<MessageSocket>;
  close(): void | Promise<void>;
}

/** The little of Deno that is needed. */
interface DenoHttp {
  createHttpClient(options: object): { close(): void };
  connect(options: { transport: "unix"; path: string }): Promise<{ close(): void }>;
}

/** Makes a fetch. Nothing is opened before it is called. */
export function createSocketFetch(options: ConnectionOptions): SocketFetch {
  const { Deno: deno } = globalThis as { Deno?: DenoHttp };
  let carrier: Promise<Carrier> | undefined;
  let isClosed = false;
  /** Whether anybody ever answered, so that whoever is away now will come back. */
  let wasAnswered = false;
  const carry = async (): Promise<Carrier> => {
    if (isClosed) throw neverSent(new TypeError("Cannot fetch: it was closed"));
    carrier ??= deno
      ? Promise.resolve().then(() => carryInDeno(deno, options))
      : carryInNode(options);
    return await carrier.catch((error) => {
      throw neverSent(error); // a certificate that is none does not become one
    });
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    const made = await carrier?.catch(() => undefined); // what could not be made is closed
    await made?.close();
  };
  const send = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { fetch: bare } = await carry();
    const fetch: Carrier["fetch"] = async (url, init) => {
      try {
        const response = await bare(url, init);
        wasAnswered = true;
        return response;
      } catch (error) {
        const { socketPath } = options;
        const fault = socketPath === undefined ? undefined : explainSocketFault(error, socketPath);
        if (!fault) throw error;
        throw fault.isLasting && !wasAnswered ? neverSent(fault.error) : fault.error;
      }
    };
    if (!(input instanceof Request)) return await fetch(String(input), init ?? {});
    const { url, method, headers, signal, redirect } = input;
    const body = await input.arrayBuffer();
    return await fetch(url, {
      method,
      headers,
      signal,
      redirect,
      ...(body.byteLength > 0 && { body }),
      ...init,
    });
  };
  return Object.assign(send, {
    openSocket: async (url: string) => (await carry()).openSocket(url),
    close,
    [Symbol.asyncDispose]: close,
  });
}

/** Marks an error: the request cannot be sent, and trying again changes nothing. */
function neverSent(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  try {
    return Object.assign(error, { code: NEVER_SENT });
  } catch { // its code is its own
    return Object.assign(new TypeError(error.message, { cause: error }), { code: NEVER_SENT });
  }
}

function carryInDeno(deno: DenoHttp, options: ConnectionOptions): Carrier {
  const { socketPath, cert, key, ca } = options;
  const client = deno.createHttpClient({
    poolMaxIdlePerHost: 0, // with any, hyper opens connections that it then has no use for
    http2: false, // which would keep its one connection
    ...(socketPath !== undefined && { proxy: { transport: "unix", path: socketPath } }),
    ...(cert !== undefined && { cert, key }),
    ...(ca !== undefined && { caCerts: [ca] }),
  });
  // Deno looks every host up, also one that it does not connect to, and waits for that.
  const aim = (url: string): string =>
    socketPath === undefined
      ? url
      : url.replace(/^(?<scheme>\w+:\/\/)[^/?#]*/, "$<scheme>127.0.0.1");
  // deno-lint-ignore lro/no-ambient-effects -- one of the sockets that are passed in
  const Socket = WebSocket as new (url: string, options: object) => WebSocket;
  return {
    // deno-lint-ignore lro/no-ambient-effects -- one of the fetches that are passed in
    fetch: (url, init) => fetch(aim(url), { ...init, client } as RequestInit),
    openSocket: async (url) => {
      // Deno's own says nothing at all where there is no unix socket, and would be waited for.
      if (socketPath !== undefined && !(await isThere(deno, socketPath))) return lostSocket();
      return new Socket(aim(url), { client });
    },
    close: () => client.close(),
  };
}

/** Whether somebody listens at a unix socket. */
async function isThere(deno: DenoHttp, path: string): Promise<boolean> {
  try {
    (await deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    if (explainSocketFault(error, path)) return false;
    throw error;
  }
}

/** A websocket that could not be opened. */
function lostSocket(): MessageSocket {
  return {
    addEventListener: (type, listener) => {
      if (type === "close") queueMicrotask(() => listener({}));
    },
    close: () => {},
  };
}

/** Node's own fetch takes no unix socket and no certificate; undici, which it is made of, does. */
async function carryInNode(options: ConnectionOptions): Promise<Carrier> {
  const { Agent, fetch, WebSocket } = await import("undici").catch((cause) => {
    throw new TypeError("Cannot fetch: in Node this needs a package, npm install undici@7", {
      cause,
    });
  });
  const { socketPath, cert, key, ca } = options;
  const connect = {
    ...(socketPath !== undefined && { socketPath }),
    ...(cert !== undefined && { cert, key }),
    ...(ca !== undefined && { ca }),
  };
  // A long poll says nothing for longer than undici waits for headers.
  const dispatcher = new Agent({ pipelining: 0, headersTimeout: 0, bodyTimeout: 0, connect });
  return {
    fetch: (url, init) =>
      fetch(url, { ...init, dispatcher } as never) as Promise<unknown> as Promise<Response>,
    openSocket: (url) => new WebSocket(url, { dispatcher }) as unknown as MessageSocket,
    close: () => dispatcher.destroy(),
  };
}
