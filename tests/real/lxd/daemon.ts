/**
 * A private LXD daemon, with a directory of its own, no network and no systemd.
 * Needs root and the Debian packages `lxd` and `busybox-static`.
 *
 * @module
 */
import { unixFetch } from "../../../src/fetch/mod.ts";

/** A running daemon. */
export interface LxdDaemon {
  /** Path of its unix socket; it has to stay short. */
  readonly socketPath: string;
  /** Its HTTPS address. */
  readonly httpsUrl: string;
  /** Its own certificate, PEM. */
  readonly serverCert: string;
  /** Ends it with a signal and starts it again. */
  restart(signal: Deno.Signal): Promise<void>;
  /** Stops its instances and itself, and leaves nothing mounted. */
  stop(): Promise<void>;
}

/** How long anything about it may take. */
const LIMIT_MS = 30_000;

/** Nothing leaves the machine: there is nobody at that port. */
const NOWHERE = "http://127.0.0.1:9";
const ENVIRONMENT = {
  HTTP_PROXY: NOWHERE,
  HTTPS_PROXY: NOWHERE,
  http_proxy: NOWHERE,
  https_proxy: NOWHERE,
  NO_PROXY: "127.0.0.1",
  no_proxy: "127.0.0.1",
};

/** Whether one can be started here, or why not. */
export async function whyNoDaemon(): Promise<string | undefined> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "it needs Linux and root";
  for (const program of ["lxd", "busybox", "tar"]) {
    try {
      await new Deno.Command(program, { args: ["--help"], stdout: "null", stderr: "null" })
        .output();
    } catch {
      return "apt-get install -y --no-install-recommends lxd busybox-static";
    }
  }
  return undefined;
}

/**
 * Starts one.
 *
 * @param base An empty directory, which it fills.
 */
export async function startDaemon(base: string): Promise<LxdDaemon> {
  const directory = `${base}/d`;
  const socketPath = `${directory}/unix.socket`;
  await Deno.mkdir(directory, { mode: 0o711 });
  let child = spawn(directory);
  await answers(socketPath);
  await using fetch = unixFetch(socketPath);
  const send = async (method: string, path: string, body: object): Promise<void> => {
    const response = await fetch(`http://lxd${path}`, { method, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    await response.body?.cancel();
  };
  await send("POST", "/1.0/storage-pools", { name: "default", driver: "dir" });
  const root = { type: "disk", path: "/", pool: "default" };
  await send("PUT", "/1.0/profiles/default", { devices: { root } });
  const address = `127.0.0.1:${freePort()}`;
  await send("PATCH", "/1.0", { config: { "core.https_address": address } });

  const end = async (signal: Deno.Signal): Promise<void> => {
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
    await child.status;
    clearTimeout(timer);
  };
  return {
    socketPath,
    httpsUrl: `https://${address}`,
    serverCert: await Deno.readTextFile(`${directory}/server.crt`),
    async restart(signal) {
      await end(signal);
      child = spawn(directory);
      await answers(socketPath);
    },
    async stop() {
      await stopInstances(socketPath).catch((error) => console.error("Cannot stop:", error));
      await end("SIGTERM");
      for (const mount of ["shmounts", "devlxd"]) {
        await new Deno.Command("umount", { args: ["-l", `${directory}/${mount}`], stderr: "null" })
          .output(); // it does so itself, unless it was killed
      }
    },
  };
}

function spawn(directory: string): Deno.ChildProcess {
  return new Deno.Command("lxd", {
    args: ["--logfile", `${directory}/../lxd.log`],
    env: { ...ENVIRONMENT, LXD_DIR: directory },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Waits until it answers. */
async function answers(socketPath: string): Promise<void> {
  await using fetch = unixFetch(socketPath);
  const until = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      const response = await fetch("http://lxd/1.0");
      await response.body?.cancel();
      if (response.ok) return;
    } catch (error) {
      if (Date.now() > until) throw new Error("The LXD daemon does not answer", { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Instances outlive the daemon, so that they go first. */
async function stopInstances(socketPath: string): Promise<void> {
  await using fetch = unixFetch(socketPath);
  const state = { action: "stop", force: true };
  const init = { method: "PUT", body: JSON.stringify({ state }) };
  const { operation } = await (await fetch("http://lxd/1.0/instances", init)).json();
  if (operation) await (await fetch(`http://lxd${operation}/wait?timeout=20`)).text();
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}
