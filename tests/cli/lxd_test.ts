import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  createLxdEmulator,
  createVirtualClock,
  type LxdEmulatorOptions,
} from "@lro/machines/testing";
import { type Run, run as runCommand, tokenIn } from "./_console.ts";

const BASE = ["--base-url", "http://127.0.0.1:1"];

/** An emulator and the command, on one virtual clock. */
function createStage(options: LxdEmulatorOptions = {}) {
  const clock = createVirtualClock({ startMs: 1_800_000_000_000 });
  const emulator = createLxdEmulator({ clock, ...options });
  return {
    clock,
    emulator,
    run: (...args: string[]): Promise<Run> =>
      clock.runUntil(runCommand([...args, ...BASE], { clock, fetch: emulator.fetch })),
    begin: async (): Promise<string> => {
      await emulator.fetch("http://127.0.0.1:1/1.0/images", { method: "POST" });
      return emulator.operations.at(-1)!.id;
    },
  };
}

Deno.test("lro wait lxd request starts an operation and prints it", async () => {
  const { run, emulator } = createStage({ plan: { durationMs: 3_000, metadata: { return: 0 } } });
  const args = ["--method", "PUT", "--body", '{"action":"start"}', "--no-store"];
  const { exitCode, stdout, stderr } = await run(
    ...["wait", "lxd", "request", "/1.0/instances/c1/state", ...args],
  );
  const { status, metadata } = JSON.parse(stdout);
  assertEquals([exitCode, status, metadata], [0, "Success", { return: 0 }]);
  assertMatch(stderr, /succeeded \(0 polls, 1 request/);
  assertEquals(emulator.log.map(({ method, path }) => `${method} ${path.split("?")[0]}`), [
    "GET /1.0/events",
    "PUT /1.0/instances/c1/state",
  ]);
});

Deno.test("lro wait lxd operation joins one, and its token goes on", async () => {
  const { run, begin } = createStage({ plan: { durationMs: 60_000, end: "fails", err: "boom" } });
  const id = await begin();
  const waited = await run("wait", "lxd", "operation", id, "--deadline", "5s", "--no-store");
  assertEquals(waited.exitCode, 124);
  const { clock, emulator } = createStage();
  const resumed = await clock.runUntil(
    runCommand(["resume", tokenIn(waited.stderr), "--no-store"], { clock, fetch: emulator.fetch }),
  );
  assertEquals(resumed.exitCode, 3); // another server, which does not know it
  assertEquals((await run("wait", "lxd", "operation", id, "--no-store")).exitCode, 1);
});

Deno.test("lro lxd ls --all-projects fails where the server would list one project only", async () => {
  const { run, begin } = createStage({ plan: { durationMs: 10_000 }, apiExtensions: ["projects"] });
  await begin();
  const { exitCode, stdout, stderr } = await run("lxd", "ls", "--all-projects");
  assertEquals([exitCode === 0, stdout], [false, ""]);
  assertStringIncludes(stderr, "lacks the API extension operations_get_query_all_projects");
});

Deno.test("lro lxd ls prints a table, and with --json what the server says", async () => {
  const { clock, run, begin } = createStage({
    plan: { durationMs: 10_000, progress: "download_progress" },
  });
  const id = await begin();
  await clock.advance(5_000);
  const { exitCode, stdout } = await run("lxd", "ls");
  assertEquals([exitCode, stdout.split("\n").map((line) => line.split(/ {2,}/))], [0, [
    ["ID", "STATUS", "DESCRIPTION", "PROGRESS"],
    [id, "Running", "POST /1.0/images", "50% (1.00MB/s)"],
    [""],
  ]]);
  const json = await run("lxd", "ls", "--json", "--all-projects");
  assertEquals(JSON.parse(json.stdout)[0].id, id);
});

Deno.test("lro lxd show prints an operation, and exits 3 for one that is gone", async () => {
  const { clock, run, begin } = createStage({ plan: { durationMs: 1_000 } });
  const id = await begin();
  const { exitCode, stdout } = await run("lxd", "show", id);
  assertEquals([exitCode, JSON.parse(stdout).status], [0, "Running"]);
  await clock.advance(6_000);
  const gone = await run("lxd", "show", id);
  assertEquals([gone.exitCode, gone.stdout], [3, ""]);
  assertStringIncludes(gone.stderr, "Operation not found");
});

Deno.test("lro lxd cancel cancels, or says why not", async () => {
  const { run, begin, emulator } = createStage({
    plan: (_, index) => ({ durationMs: 60_000, mayCancel: index === 0 }),
  });
  assertEquals((await run("lxd", "cancel", await begin())).exitCode, 0);
  assertEquals(emulator.operations[0]?.status, "Cancelled");
  const refused = await run("lxd", "cancel", await begin());
  assertEquals(refused.exitCode, 1);
  assertStringIncludes(refused.stderr, "This operation can't be cancelled");
});

const mistakes: [claim: string, args: string[], text: string][] = [
  ["an operation that is none", ["lxd", "show", "c1"], "operation must be"],
  ["an action that is none", ["lxd", "list"], "unknown command 'list'"],
  ["a body that is no JSON", ["wait", "lxd", "request", "/1.0", "--body", "{"], "--body"],
];

for (const [claim, args, text] of mistakes) {
  Deno.test(`lro lxd: ${claim} exits 2`, async () => {
    const { exitCode, stderr } = await createStage().run(...args);
    assertEquals(exitCode, 2);
    assertStringIncludes(stderr, text);
  });
}

Deno.test("lro lxd: half a certificate exits 2", async () => {
  const env = { LXD_CLIENT_KEY: "deno.json" };
  const args = ["lxd", "ls", "--base-url", "https://lxd.example:8443"];
  const { exitCode, stderr } = await runCommand(args, { env, clock: realClock });
  assertEquals(exitCode, 2);
  assertStringIncludes(stderr, "both LXD_CLIENT_CERT and LXD_CLIENT_KEY");
});

/** Files are read in real time. */
const realClock = {
  now: () => Date.now(),
  setTimeout: (fn: () => void, ms: number): unknown => setTimeout(fn, ms),
  clearTimeout: (id: unknown) => clearTimeout(id as number),
};
