import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ResumeToken } from "@lro/machines";
import { join } from "node:path";
import { newerToken } from "../../src/cli/newer_token.ts";
import { createFileStage, tokenIn, withDirectory } from "./_console.ts";

Deno.test("the journal holds the result, for its owner alone", () =>
  withDirectory(async (directory) => {
    const stage = createFileStage(directory, { plan: { result: "kept" } });
    assertEquals((await stage.wait(["--quiet"])).stdout, '"kept"\n');
    const journal = join(directory, "lro");
    const [entry] = await tokensIn(journal);
    assertEquals(entry?.outcome?.kind, "succeeded");
    assertEquals((await Deno.stat(journal)).mode! & 0o777, 0o700);
    for (const { name } of Deno.readDirSync(journal)) {
      assertEquals((await Deno.stat(join(journal, name))).mode! & 0o777, 0o600);
    }
  }));

Deno.test("the journal holds no credentials and no account data", () =>
  withDirectory(async (directory) => {
    const stage = createFileStage(directory, { user: "user-name", password: "pass-word" });
    const execution = {
      execution_type: "verify_credentials",
      component: "c",
      account_data: { key: "account-secret" },
    };
    const { exitCode, stdout, stderr } = await stage.run(
      [
        ...["wait", "elasticio", "--base-url", "http://127.0.0.1:1", "--execution", "-"],
        ...["--schedule", "fixed:1ms"],
      ],
      {
        stdin: JSON.stringify(execution),
        env: {
          XDG_STATE_HOME: directory,
          ELASTICIO_USER: "user-name",
          ELASTICIO_API_KEY: "pass-word",
        },
      },
    );
    assertEquals(exitCode, 0);
    const written = JSON.stringify(await tokensIn(join(directory, "lro")));
    for (const text of [stdout, stderr, atob(base64(tokenIn(stderr))), written]) {
      for (const secret of ["user-name", "pass-word", "account-secret", btoa("user-name")]) {
        assertEquals(text.includes(secret), false, secret);
      }
    }
  }));

Deno.test("lro resume prints a result that the journal holds without any request", () =>
  withDirectory(async (directory) => {
    const stage = createFileStage(directory, { plan: { result: { a: 1 } } });
    const { stderr } = await stage.wait();
    const requests = stage.emulator.log.length;
    const resumed = await stage.run(["resume", tokenIn(stderr)]);
    assertEquals([resumed.exitCode, resumed.stdout], [0, '{"a":1}\n']);
    assertEquals(stage.emulator.log.length, requests);
  }));

Deno.test("lro resume prints an error that the journal holds without any request", () =>
  withDirectory(async (directory) => {
    const stage = createFileStage(directory, { plan: { end: "rejected", reason: "why" } });
    const { stderr } = await stage.wait();
    const requests = stage.emulator.log.length;
    const resumed = await stage.run(["resume", tokenIn(stderr), "--quiet"]);
    assertEquals(resumed.exitCode, 1);
    assertStringIncludes(resumed.stderr, '  details:          "why"');
    assertEquals(stage.emulator.log.length, requests);
  }));

Deno.test("lro resume reads the token from the standard input and from a file", () =>
  withDirectory(async (directory) => {
    const stage = createFileStage(directory, { plan: { result: 1 } });
    const token = tokenIn((await stage.wait()).stderr);
    const file = join(directory, "token");
    await Deno.writeTextFile(file, `${token}\n`);
    assertEquals((await stage.run(["resume", `@${file}`])).stdout, "1\n");
    assertEquals((await stage.run(["resume", "-"], { stdin: `${token}\n` })).stdout, "1\n");
  }));

Deno.test("of two processes that wait for one result both print it", () =>
  withDirectory(async (directory) => {
    const stage = createFileStage(directory, { plan: { result: "ours" } });
    const stopped = await stage.wait([], { signalAt: ["lro resume", "SIGINT"] });
    const resume = ["resume", tokenIn(stopped.stderr)];
    const firstEnded = Promise.withResolvers<void>();
    const late: typeof fetch = async (input, init) => {
      await firstEnded.promise; // it has read the journal, and now the result is gone
      return await stage.emulator.fetch(input, init);
    };
    const second = stage.run(resume, { fetch: late });
    const first = await stage.run(resume);
    firstEnded.resolve();
    assertEquals([first.stdout, (await second).stdout], ['"ours"\n', '"ours"\n']);
    const [entry] = await tokensIn(join(directory, "lro"));
    assertEquals(entry?.outcome?.kind, "succeeded");
  }));

Deno.test("lro wait --store names the directory in the line that resumes", () =>
  withDirectory(async (directory) => {
    const store = join(directory, "my journal");
    const { stderr } = await createFileStage(directory).wait(["--store", store]);
    assertMatch(stderr, new RegExp(`^lro resume \\S+ --store '${store}'$`, "m"));
  }));

Deno.test("lro wait --id refuses a name that the journal has", () =>
  withDirectory(async (directory) => {
    const stage = createFileStage(directory, { plan: { result: "first" } });
    await stage.wait(["--id", "nightly"]);
    const { exitCode, stderr } = await stage.wait(["--id", "nightly"]);
    assertEquals([exitCode, stage.emulator.count("schedule")], [2, 1]);
    assertStringIncludes(stderr, 'operation "nightly": the journal has one of that name');
    assertEquals((await stage.run(["resume", tokenIn(stderr)])).stdout, '"first"\n');
  }));

Deno.test("lro resume refuses a token whose name is another operation's in the journal", () =>
  withDirectory(async (directory) => {
    const stage = createFileStage(directory);
    const other = tokenIn((await stage.wait(["--id", "x", "--no-store"])).stderr);
    await stage.wait(["--id", "x"]);
    const { exitCode, stderr } = await stage.run(["resume", other]);
    assertEquals(exitCode, 2);
    assertStringIncludes(stderr, "the journal has another one of that name");
  }));

Deno.test("the journal forgets an operation a day after its end, and not before", () =>
  withDirectory(async (directory) => {
    const stage = createFileStage(directory);
    await stage.wait(["--id", "old"]);
    await stage.wait(["--id", "young"]);
    await stage.wait(["--id", "unfinished", "--deadline", "0"]);
    const day = 24 * 3_600_000;
    await change(directory, "old.json", (token) => ({ startedAt: token.startedAt - day - 60_000 }));
    await change(
      directory,
      "young.json",
      (token) => ({ startedAt: token.startedAt - day + 60_000 }),
    );
    await change(directory, "unfinished.json", () => ({ startedAt: 0 }));
    await stage.wait(["--id", "new"]);
    const ids = (await tokensIn(join(directory, "lro"))).map(({ id }) => id);
    assertEquals(ids.sort(), ["new", "unfinished", "young"]);
  }));

Deno.test("without a writable home lro says so and goes on without a journal", () =>
  withDirectory(async (directory) => {
    const file = join(directory, "file");
    await Deno.writeTextFile(file, "");
    const stage = createFileStage(directory, { plan: { result: 1 } });
    for (const env of [{}, { XDG_STATE_HOME: file }, { HOME: file }]) {
      const { exitCode, stdout, stderr } = await stage.wait([], { env });
      assertEquals([exitCode, stdout], [0, "1\n"]);
      assertStringIncludes(stderr, "warning: no journal (");
    }
  }));

Deno.test("a relative XDG_STATE_HOME is ignored", () =>
  withDirectory(async (directory) => {
    await createFileStage(directory).wait([], { env: { XDG_STATE_HOME: "here", HOME: directory } });
    assertEquals((await tokensIn(join(directory, ".local/state/lro"))).length, 1);
  }));

Deno.test("a --store that cannot be written is a mistake of the caller's", () =>
  withDirectory(async (directory) => {
    const file = join(directory, "file");
    await Deno.writeTextFile(file, "");
    const stage = createFileStage(directory);
    const { exitCode, stderr } = await stage.wait(["--store", file]);
    assertEquals([exitCode, stage.emulator.log.length], [2, 0]);
    assertStringIncludes(stderr, "Cannot write to the directory of --store");
  }));

Deno.test("a damaged entry of the journal is as good as none", () =>
  withDirectory(async (directory) => {
    const stage = createFileStage(directory, { plan: { result: 1 } });
    const stopped = await stage.wait(["--id", "x"], { signalAt: ["lro resume", "SIGINT"] });
    await Deno.writeTextFile(join(directory, "lro", "x.json"), "{");
    const resumed = await stage.run(["resume", tokenIn(stopped.stderr)]);
    assertEquals([stopped.exitCode, resumed.stdout], [130, "1\n"]);
    assertStringIncludes(resumed.stderr, "warning: in the journal: ");
  }));

Deno.test("of two tokens the one that knows more wins, the journal's where both know the same", () => {
  const token = (fields: Partial<ResumeToken>): ResumeToken =>
    ({ value: { polling: "waiting" }, requests: 1, polls: 0, pauses: 1, ...fields }) as ResumeToken;
  const waiting = token({});
  const later = token({ requests: 3, polls: 2 });
  const writtenAhead = token({ uncertain: true });
  const scheduling = token({ value: { initial: "scheduling" }, requests: 5, uncertain: true });
  const over = token({ outcome: { kind: "succeeded", value: 1, elapsedMs: 1 } });
  for (
    const [given, kept, winner] of [
      [waiting, later, later],
      [later, waiting, later],
      [waiting, scheduling, waiting], // killed before the journal heard that it was accepted
      [waiting, writtenAhead, writtenAhead],
      [later, over, over],
      [waiting, token({}), undefined],
    ] as const
  ) {
    assertEquals(newerToken(given, kept) === (winner ?? kept), true);
  }
});

async function tokensIn(directory: string): Promise<ResumeToken[]> {
  const tokens: ResumeToken[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    tokens.push(JSON.parse(await Deno.readTextFile(join(directory, name))));
  }
  return tokens;
}

async function change(
  directory: string,
  name: string,
  edit: (token: ResumeToken) => Partial<ResumeToken>,
): Promise<void> {
  const path = join(directory, "lro", name);
  const { checksum: _checksum, ...token } = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(path, JSON.stringify({ ...token, ...edit(token) }));
}

function base64(token: string): string {
  return token.replaceAll("-", "+").replaceAll("_", "/");
}
