import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { createElasticioEmulator } from "@lro/machines/testing";
import { createStage, EXECUTION, tokenIn, withDirectory } from "./_console.ts";

const LOCKED = { user: "me@example.com", password: "key", plan: { result: 1 } };
const ENV = { ELASTICIO_USER: "me@example.com", ELASTICIO_PASSWORD: "key" };

Deno.test("credentials are taken from the environment, the password under either name", async () => {
  const { ELASTICIO_USER, ELASTICIO_PASSWORD } = ENV;
  for (const env of [ENV, { ELASTICIO_USER, ELASTICIO_API_KEY: ELASTICIO_PASSWORD }]) {
    assertEquals((await createStage(LOCKED).wait([], { env })).exitCode, 0);
  }
});

Deno.test("credentials are taken from a file instead, which only its owner should read", () =>
  withDirectory(async (directory) => {
    const file = join(directory, "credentials.json");
    await Deno.writeTextFile(file, '{"user":"me@example.com","apiKey":"key"}', { mode: 0o600 });
    const env = { ELASTICIO_USER: "somebody else", ELASTICIO_PASSWORD: "?" };
    const args = ["--credentials", file];
    const kept = await createStage(LOCKED).wait(args, { env });
    assertEquals([kept.exitCode, kept.stderr.includes("warning")], [0, false]);

    await Deno.chmod(file, 0o644);
    const open = await createStage(LOCKED).wait(args, { env });
    assertEquals(open.exitCode, 0);
    assertStringIncludes(
      open.stderr,
      `warning: ${file} holds credentials and can be read by others (mode 0644): chmod 600 ${file}`,
    );
  }));

Deno.test("a credentials file that is damaged is refused without repeating what it holds", () =>
  withDirectory(async (directory) => {
    const file = join(directory, "credentials.json");
    await Deno.writeTextFile(file, '{"user":"me","password":"hush"', { mode: 0o600 });
    const { exitCode, stderr } = await createStage().wait(["--credentials", file]);
    assertEquals([exitCode, stderr.includes("hush")], [2, false]);
  }));

Deno.test("half of the credentials is a mistake", async () => {
  const stage = createStage(LOCKED);
  const { exitCode, stderr } = await stage.wait([], { env: { ELASTICIO_USER: "me" } });
  assertEquals([exitCode, stage.emulator.log.length], [2, 0]);
  assertStringIncludes(stderr, "the password or API key is missing");
});

Deno.test("a refusal for want of credentials says how to give them", async () => {
  const { exitCode, stderr } = await createStage(LOCKED).wait();
  assertEquals(exitCode, 1);
  assertStringIncludes(stderr, "check the credentials: ELASTICIO_USER (your email) and");
});

Deno.test("account data on the command line is warned about, in a file it is not", () =>
  withDirectory(async (directory) => {
    const file = join(directory, "account.json");
    await Deno.writeTextFile(file, '{"key":"hush"}');
    const verify = (data: string) =>
      createStage().run([
        ...["wait", "elasticio", "--base-url", "http://127.0.0.1:1", "--no-store"],
        ...["--type", "verify_credentials", "--component", "c", "--account-data", data],
      ]);
    const warning = "warning: account data on the command line can be seen by every process";
    assertStringIncludes((await verify('{"key":"hush"}')).stderr, warning);
    assertEquals((await verify(`@${file}`)).stderr.includes("warning"), false);
  }));

const HOME = "http://somewhere.example";
const AT_HOME = EXECUTION.map((arg) => arg === "http://127.0.0.1:1" ? HOME : arg);

/** The emulator's fetch, and what authorised each request. */
function watchedFetch(): { fetch: typeof globalThis.fetch; seen: (string | null)[] } {
  const emulator = createElasticioEmulator(LOCKED);
  const seen: (string | null)[] = [];
  return {
    seen,
    fetch(input, init) {
      seen.push(new Headers(init?.headers).get("authorization"));
      return emulator.fetch(input, init);
    },
  };
}

Deno.test("a token's origin gets credentials only if it is trusted", async () => {
  const { fetch, seen } = watchedFetch();
  const options = { env: ENV, fetch };
  const stage = createStage();
  const started = await stage.run(
    ["wait", "elasticio", ...AT_HOME, "--no-store", "--deadline", "500ms"],
    options,
  );
  const resume = ["resume", tokenIn(started.stderr), "--no-store", "--deadline", "none"];
  const requests = seen.length;

  const refused = await stage.run(resume, options);
  assertEquals([refused.exitCode, seen.length], [2, requests]);
  assertStringIncludes(refused.stderr, `add --trust ${HOME} if that is where they belong`);

  const trusted = await stage.run([...resume, "--trust", HOME], options);
  assertEquals([trusted.exitCode, trusted.stdout], [0, "1\n"]);
});

Deno.test("the line that resumes trusts the origin that the user named", async () => {
  const { fetch } = watchedFetch();
  const { stderr } = await createStage().run(
    ["wait", "elasticio", ...AT_HOME, "--no-store", "--deadline", "500ms"],
    { env: ENV, fetch },
  );
  assertMatch(stderr, new RegExp(`^lro resume \\S+ --trust ${HOME}$`, "m"));
});

Deno.test("a token of unknown origin can be resumed where there are no credentials to lose", async () => {
  const stage = createStage({ plan: { result: 1 } });
  const started = await stage.run(
    ["wait", "elasticio", ...AT_HOME, "--no-store", "--deadline", "500ms"],
  );
  const { stdout } = await stage.run(
    ["resume", tokenIn(started.stderr), "--no-store", "--deadline", "none"],
  );
  assertEquals(stdout, "1\n");
});
