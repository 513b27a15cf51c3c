/**
 * Starts and stops the Autorest test server, and reads its scoreboard.
 *
 * @module
 */

/** A running Autorest test server. */
export interface AutorestServer {
  /** Where it listens, e.g. `"http://127.0.0.1:41234"`. */
  readonly url: string;
  /** How often each of its operations was asked for, by the server's own names. */
  coverage(): Promise<Readonly<Record<string, number>>>;
  /** Stops it. */
  stop(): Promise<void>;
}

/** The server's long-running operations, among much else. */
const LONG_RUNNING = /lro|^CustomHeaderP(?:ut|ost)/i;
/** The parts of its scoreboard that have any. */
const CATEGORIES = ["azure", "optional", "dpg"];

/** Starts one on a free port of the loopback interface. */
export async function startAutorestServer(): Promise<AutorestServer> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-lock",
      "--no-prompt",
      "--allow-read",
      "--allow-env",
      "--allow-net=127.0.0.1",
      new URL("autorest_server.ts", import.meta.url).href,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: line = "nothing" } = await output.read();
  const [, port] = /^port (\d+)\n$/.exec(line) ?? [];
  const stop = async (): Promise<void> => {
    await child.stdin.close();
    await child.status;
    await output.cancel();
  };
  if (port === undefined) {
    await stop();
    throw new Error(`Cannot start the Autorest test server: it says ${line}`);
  }
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    stop,
    async coverage() {
      const counts: Record<string, number> = {};
      for (const category of CATEGORIES) {
        const report = await (await fetch(`${url}/report/${category}`)).json();
        for (const [name, count] of Object.entries<number>(report)) {
          if (LONG_RUNNING.test(name)) counts[`${category}/${name}`] = count;
        }
      }
      return counts;
    },
  };
}
