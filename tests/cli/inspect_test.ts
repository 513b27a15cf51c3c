import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createVirtualClock } from "@lro/machines/testing";
import { createFileStage, createStage, run, tokenIn, withDirectory } from "./_console.ts";

const LINK = /^inspector: (http:\/\/127\.0\.0\.1:\d+\/\?token=[0-9a-f]{48})$/m;

Deno.test("lro wait --inspect prints a link, and ends with the operation", async () => {
  const { exitCode, stderr } = await createStage().wait(["--inspect"]);
  assertEquals(exitCode, 0);
  assertMatch(stderr, LINK);
});

Deno.test("lro wait without --inspect listens nowhere", async () => {
  const { exitCode, stderr } = await createStage().wait(["--allow-actions"]);
  assertEquals(exitCode, 0);
  assert(!stderr.includes("inspector"));
});

Deno.test("lro wait --inspect-port takes a TCP port and nothing else", async () => {
  for (const port of ["0", "65536", "x", "-1", "1.5"]) {
    const { exitCode, stderr } = await createStage().wait(["--inspect", "--inspect-port", port]);
    assertEquals(exitCode, 2, port);
    assertStringIncludes(stderr, "Expected a TCP port.");
  }
});

Deno.test("lro demo --inspect goes on until Ctrl-C", async () => {
  const clock = createVirtualClock();
  const fetch = clock.watch((input, init) => globalThis.fetch(input, init));
  const { exitCode, stdout, stderr } = await clock.runUntil(
    run(["demo", "--inspect"], { clock, fetch, signalAt: ["round 2", "SIGINT"] }),
  );
  assertMatch(stderr, LINK);
  assertEquals(exitCode, 130);
  assertStringIncludes(stdout, "ended as they should");
});

Deno.test("lro inspect takes up what the journal holds, and leaves it there", async () => {
  await withDirectory(async (directory) => {
    const stage = createFileStage(directory, { plan: { durationMs: 3_600_000 } });
    const first = await stage.wait(["--id", "mine"], { signalAt: ["lro resume", "SIGINT"] });
    assertEquals(first.exitCode, 130);
    assert(tokenIn(first.stderr) !== "");
    const { exitCode, stderr } = await stage.run(["inspect"], {
      signalAt: ["1 unfinished", "SIGINT"],
    });
    assertEquals(exitCode, 130);
    assertMatch(stderr, LINK);
    const again = await stage.run(["inspect"], { signalAt: ["unfinished", "SIGTERM"] });
    assertStringIncludes(again.stderr, "1 unfinished in the journal");
    assertEquals(again.exitCode, 143);
  });
});

Deno.test("lro inspect sends no credentials where only the journal says so, unless --trust does", async () => {
  await withDirectory(async (directory) => {
    const stage = createFileStage(directory, { plan: { durationMs: 3_600_000 } });
    const args = ["--base-url", "https://stranger.example", "--id", "mine"];
    await stage.wait(args, { signalAt: ["lro resume", "SIGINT"] });
    const env = { XDG_STATE_HOME: directory, ELASTICIO_USER: "u", ELASTICIO_API_KEY: "k" };
    const refused = await stage.run(["inspect"], { env, signalAt: ["unfinished", "SIGINT"] });
    assertStringIncludes(
      refused.stderr,
      "left out mine: Cannot send credentials to https://stranger",
    );
    assertStringIncludes(refused.stderr, "0 unfinished");
    const trusted = await stage.run(["inspect", "--trust", "https://stranger.example"], {
      env,
      signalAt: ["unfinished", "SIGINT"],
    });
    assertStringIncludes(trusted.stderr, "1 unfinished");
  });
});

Deno.test("lro inspect without a journal is a usage error", async () => {
  const { exitCode, stderr } = await run(["inspect"], { env: {} });
  assertEquals(exitCode, 2);
  assertStringIncludes(stderr, "there is no journal");
});

Deno.test("lro machines --format svg draws one, or all", async () => {
  const one = await run(["machines", "azure.operation", "--format", "svg"]);
  assertEquals(one.exitCode, 0);
  assertMatch(one.stdout, /^<svg [^]*<title>azure\.operation<\/title>[^]*<\/svg>\n$/);
  const all = await run(["machines", "--format", "svg"]);
  assert(all.stdout.split("<svg ").length > 4);
});

Deno.test("lro inspect begins nothing that was given up before it began", async () => {
  await withDirectory(async (directory) => {
    const stage = createFileStage(directory, {
      faults: [{ on: "schedule", status: 503, headers: { "retry-after": "30" } }],
    });
    const first = await stage.wait(["--id", "mine", "--deadline", "1s"]);
    assertEquals(first.exitCode, 124);
    assertStringIncludes(first.stderr, "the last attempt came to nothing: HTTP 503");
    assertStringIncludes(first.stderr, "nothing was started by this command yet; go on with\nlro ");
    const sent = stage.emulator.count("schedule");
    const { stderr } = await stage.run(["inspect"], { signalAt: ["0 unfinished", "SIGINT"] });
    assertStringIncludes(stderr, "left out mine: it was given up before it began");
    assertEquals(stage.emulator.count("schedule"), sent);
  });
});
