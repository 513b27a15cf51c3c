/**
 * Fetches for servers that the plain one cannot reach: behind a unix socket, or
 * asking for a client certificate. In Deno they need nothing; in Node they use version 7 of
 * [undici](https://www.npmjs.com/package/undici), which Node's own fetch is made of.
 *
 * @module
 */
import { createSocketFetch, type SocketFetch } from "./socket_fetch.ts";

export type { SocketFetch } from "./socket_fetch.ts";

/** What {@linkcode certificateFetch} takes. All are PEM texts. */
export interface CertificateOptions {
  /** The client's certificate. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
  /**
   * Certificates that the server's is signed with, or the server's own where it
   * signed that itself.
   *
   * @default {undefined} The platform's.
   */
  readonly ca?: string | undefined;
}

/**
 * Makes a fetch that sends every request over a unix socket, whatever host its
 * URL names. Every request has a connection of its own, which ends with it.
 *
 * In Deno it needs `--allow-net=unix:PATH`, `--allow-read=PATH` and
 * `--allow-write=PATH`, and `--allow-net=127.0.0.1`, which stands for the URL's host.
 *
 * @example LXD on this machine
 * ```ts
 * import { createRuntime, lxd } from "@lro/machines";
 * import { unixFetch } from "@lro/machines/fetch";
 *
 * export async function startContainer(name: string): Promise<void> {
 *   await using fetch = unixFetch("/var/lib/lxd/unix.socket");
 *   await using runtime = createRuntime({ fetch });
 *   const url = `/1.0/instances/${name}/state`;
 *   const request = { method: "PUT", url, body: { action: "start" } };
 *   await runtime.start(lxd.operation({ request })).result();
 * }
 * ```
 *
 * @param path Path of the socket.
 * @throws {TypeError} If it is no path.
 */
export function unixFetch(path: string): SocketFetch {
  if (typeof path !== "string" || path === "") {
    throw new TypeError("Cannot make fetch: path must be the path of a unix socket");
  }
  return createSocketFetch({ socketPath: path });
}

/**
 * Makes a fetch that shows a client certificate. Every request has a connection
 * of its own, which ends with it.
 *
 * @example LXD on another machine
 * ```ts
 * import { createRuntime, lxd } from "@lro/machines";
 * import { certificateFetch } from "@lro/machines/fetch";
 *
 * export async function waitFor(operation: string): Promise<void> {
 *   const read = (name: string) => Deno.readTextFileSync(name);
 *   const [cert, key, ca] = [read("client.crt"), read("client.key"), read("server.crt")];
 *   await using fetch = certificateFetch({ cert, key, ca });
 *   await using runtime = createRuntime({ fetch });
 *   const baseUrl = "https://lxd.example:8443";
 *   await runtime.start(lxd.operation({ operation, baseUrl })).result();
 * }
 * ```
 *
 * @param options Certificate and key, and whom to trust.
 * @throws {TypeError} If one of them is no text.
 */
export function certificateFetch(options: CertificateOptions): SocketFetch {
  const { cert, key, ca } = options;
  for (const [name, value] of Object.entries({ cert, key, ca })) {
    const isPem = typeof value === "string" && value.includes("-----BEGIN ");
    if (isPem || (name === "ca" && value === undefined)) continue;
    throw new TypeError(`Cannot make fetch: ${name} must be a PEM text`);
  }
  return createSocketFetch({ cert, key, ca });
}
