/**
 * `lro` is killed again and again, at random moments, the waiting and each one
 * that takes it up: in the end there is the value, and one start.
 */
import { assertEquals } from "@std/assert";
import { createAzureEmulator, createLinodeEmulator, serveLoopback } from "@lro/machines/testing";
import { withDirectory } from "./_console.ts";
import { spawnLro } from "./_process.ts";

/** How often each is killed. */
const KILLS = 4;
/** At the latest so long after it began: while it loads, reads its journal, asks or pauses. */
const LATEST_MS = 900;

/** Longer than all those who are killed live. */
const DURATION_MS = 5_000;

interface Service {
  readonly handle: (request: Request) => Response | Promise<Response>;
  /** The command's arguments. */
  readonly args: (baseUrl: string) => readonly string[];
  /** How often it was started. */
  readonly starts: () => number;
  /** How often it was asked how far it is. */
  readonly polls: () => number;
  readonly check: (value: unknown) => void;
}

const SERVICES: Readonly<Record<string, () => Service>> = {
  azure: () => {
    const plan = {
      pollBy: "location",
      durationMs: DURATION_MS,
      result: { restarted: "web" },
    } as const;
    const emulator = createAzureEmulator({ plan });
    return {
      handle: emulator.handle,
      args: (url) => [
        "azure",
        `${url}/virtualMachines/web/restart?api-version=1`,
        ...["--method", "POST", "--schedule", "fixed:100ms"],
      ],
      starts: () => emulator.count("start"),
      polls: () => emulator.count("poll"),
      check: (value) => assertEquals(value, { restarted: "web" }),
    };
  },
  linode: () => {
    const emulator = createLinodeEmulator({ plan: { durationMs: DURATION_MS }, instances: [7] });
    return {
      handle: emulator.handle,
      args: (url) => [
        ...["linode", "event", "--base-url", `${url}/v4`, "--entity-type", "linode"],
        ...["--entity-id", "7", "--action", "linode_boot"],
        ...["--trigger", `${url}/v4/linode/instances/7/boot`, "--interval", "100ms"],
      ],
      starts: () => emulator.count("action"),
      polls: () => emulator.count("event"),
      check: (value) => assertEquals((value as { status?: string }).status, "finished"),
    };
  },
};

for (const [name, createService] of Object.entries(SERVICES)) {
  Deno.test(`lro wait ${name}, killed ${KILLS} times at random moments, ends with the value and one start`, () =>
    withDirectory(async (directory) => {
      const service = createService();
      await using server = await serveLoopback((request) => service.handle(request));
      let lro = spawnLro(["wait", ...service.args(server.url)], { directory });
      const token = await lro.token();
      while (service.polls() === 0) await pause(5); // what was accepted is what must not get lost
      for (let killed = 0; killed < KILLS; killed++) {
        await pause(Math.random() * LATEST_MS);
        lro.kill();
        await lro.ended();
        lro = spawnLro(["resume", token], { directory });
      }
      const { exitCode, stdout } = await lro.ended();
      assertEquals(exitCode, 0, lro.stderr);
      service.check(JSON.parse(stdout));
      assertEquals(service.starts(), 1);
    }));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
