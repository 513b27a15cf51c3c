/** Where the output goes is not the command's to choose: a pipe may end, a disk may be full. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createElasticioEmulator, serveLoopback } from "@lro/machines/testing";
import { createFileStage, createStage, EXECUTION, tokenIn, withDirectory } from "./_console.ts";

const BROKEN = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });

/** A standard output that takes so many writes, and is gone then. */
function createPipe(writes: number) {
  let tell: (error: unknown) => void = () => {};
  let left = writes;
  const taken: string[] = [];
  return {
    taken,
    write(text: string) {
      if (left-- > 0) taken.push(text);
      else tell(BROKEN);
    },
    onError: (listener: (error: unknown) => void) => void (tell = listener),
    flush: () => left < 0 ? Promise.reject(BROKEN) : Promise.resolve(),
  };
}

Deno.test("a value that cannot be written is no success, and is printed again from the journal", () =>
  withDirectory(async (directory) => {
    const stage = createFileStage(directory, { plan: { durationMs: 3, result: { answer: 42 } } });
    for (const args of [[], ["--quiet"], ["--store", `${directory}/own`]]) {
      const lost = await stage.wait(args, { stdout: createPipe(0) });
      assertEquals(lost.exitCode, 141);
      assertMatch(lost.stderr, /error: The operation succeeded, .*: EPIPE; print it again with\n/);
      const token = lost.stderr.trimEnd().split("\n").at(-1)!.split(" ")[2]!;
      const store = args[0] === "--store" ? args : [];
      const requests = stage.emulator.log.length;
      const again = await stage.run(["resume", token, ...store]);
      assertEquals([again.exitCode, again.stdout], [0, '{"answer":42}\n']);
      assertEquals(stage.emulator.log.length, requests);
    }
  }));

Deno.test("without a journal the token itself takes the lost value along", async () => {
  const stage = createStage({ plan: { result: { answer: 42 } } });
  const lost = await stage.wait([], { stdout: createPipe(0) });
  assertEquals(lost.exitCode, 141);
  const token = lost.stderr.trimEnd().split("\n").at(-1)!.split(" ")[2]!;
  const again = await stage.run(["resume", token, "--no-store"]);
  assertEquals([again.exitCode, again.stdout], [0, '{"answer":42}\n']);
});

Deno.test("an operation that failed says so, whether or not its output can be written", async () => {
  const stage = createStage({ plan: { result: { rejected: "no" } as never, durationMs: 1 } });
  const { exitCode } = await stage.wait(["--deadline", "0"], { stdout: createPipe(0) });
  assertEquals(exitCode, 124);
});

Deno.test("lro wait --json stops waiting when nobody reads any more, with a token that goes on", async () => {
  const stage = createStage({ plan: { durationMs: 60_000, result: { answer: 42 } } });
  const stdout = createPipe(2);
  const { exitCode, stderr } = await stage.wait(["--json"], { stdout });
  assertEquals([exitCode, stdout.taken.length], [141, 2]);
  assertStringIncludes(
    stderr,
    "Stopped waiting (nobody reads the output any more); the operation goes on. Take it up again with\n",
  );
  const again = await stage.run(["resume", tokenIn(stderr), "--no-store"]);
  assertEquals([again.exitCode, again.stdout], [0, '{"answer":42}\n']);
});

for (
  const args of [
    ["machines"],
    ["machines", "--format", "json"],
    ["plan", "--deadline", "1m"],
    ["plan", "--deadline", "1m", "--json"],
    ["--help"],
  ]
) {
  Deno.test(`lro ${args.join(" ")} whose output cannot be written exits with 141 and says so`, async () => {
    const { exitCode, stderr } = await createStage().run(args, { stdout: createPipe(0) });
    assertEquals([exitCode, stderr], [
      141,
      "error: Cannot write to the standard output: EPIPE\n",
    ]);
  });
}

Deno.test("a standard error stream that nobody reads loses nothing of the value", async () => {
  const stage = createStage({ plan: { result: { answer: 42 } } });
  const { exitCode, stdout } = await stage.wait([], { stderr: createPipe(0) });
  assertEquals([exitCode, stdout], [0, '{"answer":42}\n']);
});

Deno.test("lro wait --json | head -1 ends, as a process, soon after the pipe does", () =>
  withDirectory(async (directory) => {
    const emulator = createElasticioEmulator({ plan: { durationMs: 600_000 } });
    await using server = await serveLoopback(emulator.handle);
    const args = EXECUTION.map((arg) => arg === "http://127.0.0.1:1" ? server.url : arg);
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env", "--allow-read"],
        ...["--allow-write", "--no-check", "--frozen", "src/cli/main.ts", "wait", "elasticio"],
        ...[...args, "--schedule", "fixed:20ms", "--json"],
      ],
      cwd: new URL("../..", import.meta.url),
      env: { XDG_STATE_HOME: directory, NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
    const [{ code }, stderr] = await Promise.all([
      child.status,
      new Response(child.stderr).text(),
    ]);
    assertEquals(code, 141);
    assertMatch(stderr, /nobody reads the output any more.*\nlro resume \S+\n$/);
  }));

const isLinux = Deno.build.os === "linux"; // others have no /dev/full

Deno.test("lro as a process says with its exit code that a full disk took nothing", {
  ignore: !isLinux,
}, async () => {
  const script = '"$0" run -A --no-check --frozen src/cli/main.ts plan --deadline 1m >/dev/full';
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", script, Deno.execPath()],
    cwd: new URL("../..", import.meta.url),
  }).output();
  const text = new TextDecoder().decode(stderr);
  assertEquals([code, text], [141, "error: Cannot write to the standard output: ENOSPC\n"]);
});
