/**
 * What every scenario works with. Runs in Deno and in Node.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import {
  createRuntime,
  lxd,
  type OperationHandle,
  type Outcome,
  type Runtime,
  type StartOptions,
} from "../../../mod.ts";
import { type SocketFetch, unixFetch } from "../../../src/fetch/mod.ts";

/** Where a world is. */
export interface WorldInit {
  /** Path of the daemon's socket. */
  readonly socketPath: string;
  /** The daemon's HTTPS address. */
  readonly httpsUrl: string;
  /** The daemon's certificate. */
  readonly serverCert: string;
  /** Path of an image that nobody else uses. */
  readonly image: string;
  /** Name of a container that nobody else uses. */
  readonly container: string;
  /** URL of an image that comes slowly. */
  readonly slowImageUrl: string;
}

/** What a scenario works with. */
export interface World extends WorldInit {
  /** Everything over the unix socket. */
  readonly fetch: SocketFetch;
  /** A runtime on it. */
  readonly runtime: Runtime;
  /** Starts an operation. */
  start(
    method: string,
    url: string,
    body?: object | Uint8Array,
    options?: StartOptions & { readonly events?: boolean; readonly runtime?: Runtime },
  ): OperationHandle<lxd.LxdOperation>;
  /** Starts a command in the container. */
  exec(
    command: readonly string[],
    options?: StartOptions & { readonly events?: boolean; readonly runtime?: Runtime },
  ): OperationHandle<lxd.LxdOperation>;
  /** Rejects where somebody is still connected to the daemon. */
  assertNoConnection(): Promise<void>;
  /** The end. */
  close(): Promise<void>;
}

/** Nothing takes longer, or it hangs. */
const DEADLINE_MS = 60_000;

/** Creates the world. */
export function createWorld(init: WorldInit): World {
  const fetch = unixFetch(init.socketPath);
  const runtime = createRuntime({ fetch });
  const start: World["start"] = (method, url, body, options = {}) => {
    const { events = true, runtime: own = runtime, ...rest } = options;
    const request = {
      method,
      url,
      ...(body instanceof Uint8Array
        ? { headers: { "content-type": "application/octet-stream" }, body }
        : body && { body: body as Record<string, string> }),
    };
    return own.start(lxd.operation({ request, events }), { deadlineMs: DEADLINE_MS, ...rest });
  };
  return {
    ...init,
    fetch,
    runtime,
    start,
    exec: (command, options) =>
      start("POST", `/1.0/instances/${init.container}/exec`, {
        command: [...command],
        environment: {},
        interactive: false,
        "wait-for-websocket": false,
      }, options),
    async assertNoConnection() {
      let count = connections(init);
      for (let tries = 0; count > 0 && tries < 20; tries++) {
        await pause(50); // the kernel and the daemon need a moment
        count = connections(init);
      }
      check(count === 0, `nobody is connected any more, ${count} are`);
    },
    async close() {
      await runtime.dispose();
      await fetch.close();
    },
  };
}

/** Sockets that are connected to the daemon: by unix socket, and by its HTTPS port. */
function connections({ socketPath, httpsUrl }: WorldInit): number {
  const connected = "03";
  const overUnix = readFileSync("/proc/net/unix", "utf8").split("\n")
    .filter((line) => line.endsWith(` ${socketPath}`) && line.split(" ")[5] === connected);
  const port = Number(new URL(httpsUrl).port).toString(16).toUpperCase().padStart(4, "0");
  const established = "01";
  const overTcp = readFileSync("/proc/net/tcp", "utf8").split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${port}`) && state === established);
  return overUnix.length + overTcp.length;
}

/** Real time passes. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The value of an outcome that must be good. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind === "succeeded") return outcome.value;
  throw new Error(`It ended as ${outcome.kind}`, { cause: outcome.error });
}

/** Rejects where a claim does not hold. */
export function check(isSo: boolean, claim: string): asserts isSo {
  if (!isSo) throw new Error(`Expected: ${claim}`);
}

/** The middle one of some numbers. */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}
