/**
 * `lro` is killed at every moment after its token line, and `lro resume` ends
 * with the value all the same: one execution was scheduled, one result was read.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  ConnectionDropped,
  createElasticioEmulator,
  type ElasticioEmulator,
  serveLoopback,
} from "@lro/machines/testing";
import { join } from "node:path";
import { EXECUTION, withDirectory } from "./_console.ts";
import { type Process, spawnLro } from "./_process.ts";

const RESULT = { answer: 42 };

interface Scene {
  readonly emulator: ElasticioEmulator;
  readonly directory: string;
  /** `lro wait` for an execution. */
  start(options?: { readonly isClogged?: boolean }): Process;
  /** `lro resume`. */
  resume(token: string): Process;
  /** Does something before the server looks at the nth request of a kind. */
  before(kind: "poll" | "result", nth: number, action: () => void): void;
  /** Does something after the server answered, before the answer goes out. */
  after(kind: "poll" | "result", nth: number, action: () => void): void;
}

interface Options {
  readonly durationMs?: number;
  readonly result?: typeof RESULT | string;
}

function crash(name: string, play: (scene: Scene) => Promise<void>, options: Options = {}): void {
  Deno.test(name, () => withDirectory((directory) => set(directory, options, play)));
}

async function set(
  directory: string,
  { durationMs = 100, result = RESULT }: Options,
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  const emulator = createElasticioEmulator({ plan: { durationMs, result } });
  const actions = new Map<string, () => void>();
  const counts = new Map<string, number>();
  await using server = await serveLoopback(async (request) => {
    const [, kind = ""] = /\/exec\/(\w+)/.exec(request.url) ?? [];
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const nth = counts.get(kind);
    actions.get(`before ${kind} ${nth}`)?.();
    const response = await emulator.handle(request);
    actions.get(`after ${kind} ${nth}`)?.();
    return response;
  });
  const args = EXECUTION.map((arg) => arg === "http://127.0.0.1:1" ? server.url : arg);
  await play({
    emulator,
    directory,
    start: (more) =>
      spawnLro(["wait", "elasticio", ...args, "--schedule", "fixed:150ms"], { directory, ...more }),
    resume: (token) => spawnLro(["resume", token], { directory }),
    before: (kind, nth, action) => void actions.set(`before ${kind} ${nth}`, action),
    after: (kind, nth, action) => void actions.set(`after ${kind} ${nth}`, action),
  });
}

/** Resumes, and checks that the end is the one that there would have been. */
async function assertSameEnd(scene: Scene, token: string, value: unknown = RESULT): Promise<void> {
  const { exitCode, stdout } = await scene.resume(token).ended();
  assertEquals(exitCode, 0);
  assertEquals(JSON.parse(stdout), value);
  assertEquals([scene.emulator.count("schedule"), scene.emulator.count("result")], [1, 1]);
}

crash("killed while it waits for the next poll, lro ends with the same value", async (scene) => {
  const lro = scene.start();
  const token = await lro.token();
  lro.kill();
  assertEquals((await lro.ended()).stdout, "");
  await assertSameEnd(scene, token);
});

crash("killed during a poll, lro ends with the same value", async (scene) => {
  const lro = scene.start();
  scene.before("poll", 1, () => lro.kill());
  await lro.ended();
  await assertSameEnd(scene, await lro.token());
});

crash(
  "killed between the last poll and the result, lro ends with the same value",
  async (scene) => {
    const lro = scene.start();
    scene.before("result", 1, () => {
      lro.kill();
      throw new ConnectionDropped(); // the request never arrives
    });
    await lro.ended();
    await assertSameEnd(scene, await lro.token());
  },
);

crash("killed while the result is on its way, lro says that it is perhaps lost", async (scene) => {
  const lro = scene.start();
  const token = await lro.token();
  scene.after("result", 1, () => lro.kill());
  await lro.ended();
  const resumed = scene.resume(token);
  assertEquals((await resumed.ended()).exitCode, 3);
  assertStringIncludes(resumed.stderr, "the result was perhaps sent and lost on the way");
  assertEquals(scene.emulator.count("schedule"), 1);
});

const LONG = "x".repeat(1_000_000); // longer than a pipe holds

crash(
  "killed after the result was read and before it was printed, lro ends with the same value",
  async (scene) => {
    const lro = scene.start({ isClogged: true });
    const token = await lro.token();
    await untilWritten(scene.directory);
    lro.kill();
    const { stdout } = await lro.ended();
    assert(stdout.length < LONG.length, "it was printed after all");
    await assertSameEnd(scene, token, LONG);
  },
  { result: LONG },
);

crash(
  "after everything was printed, lro resume prints it again without a request",
  async (scene) => {
    const lro = scene.start();
    const { exitCode, stdout } = await lro.ended();
    assertEquals([exitCode, stdout], [0, '{"answer":42}\n']);
    const requests = scene.emulator.log.length;
    await assertSameEnd(scene, await lro.token());
    assertEquals(scene.emulator.log.length, requests);
  },
);

crash("stopped by Ctrl-C and by SIGTERM, lro prints a token that goes on", async (scene) => {
  const lro = scene.start();
  await lro.token();
  lro.kill("SIGINT");
  assertEquals((await lro.ended()).exitCode, 130);
  const again = scene.resume(lastToken(lro.stderr));
  await untilFollowed(again);
  again.kill("SIGTERM");
  assertEquals((await again.ended()).exitCode, 143);
  await assertSameEnd(scene, lastToken(again.stderr));
}, { durationMs: 1_000 });

function lastToken(stderr: string): string {
  return [...stderr.matchAll(/^lro resume (\S+)$/gm)].at(-1)?.[1] ?? "";
}

/** Waits until the journal says how the operation ended. */
async function untilWritten(directory: string): Promise<void> {
  for (;;) {
    for (const { name } of Deno.readDirSync(join(directory, "lro"))) {
      if (!name.endsWith(".json")) continue;
      const text = Deno.readTextFileSync(join(directory, "lro", name));
      if (JSON.parse(text).outcome !== undefined) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until a process has said that it waits. */
async function untilFollowed(lro: Process): Promise<void> {
  while (!lro.stderr.includes("polling")) await new Promise((resolve) => setTimeout(resolve, 10));
}
