import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  type AzureEmulator,
  type AzureEmulatorOptions,
  createAzureEmulator,
  createVirtualClock,
} from "@lro/machines/testing";
import { type Run, run, type RunOptions, tokenIn, withDirectory } from "./_console.ts";

const URL_OF_IT = "https://management.azure.com/vm/1?api-version=1";
const BODY = '{"location":"westeurope"}';
const PUT = ["wait", "azure", URL_OF_IT, "--method", "PUT", "--body", BODY, "--no-store"];

interface Stage {
  readonly emulator: AzureEmulator;
  run(args: readonly string[], options?: RunOptions): Promise<Run>;
}

/** An emulator and the command, on one virtual clock. */
function createStage(options: AzureEmulatorOptions = {}): Stage {
  const clock = createVirtualClock({ startMs: 1_800_000_000_000 });
  const emulator = createAzureEmulator({ clock, ...options });
  return {
    emulator,
    run: (args, given = {}) =>
      clock.runUntil(run(args, { clock, fetch: emulator.fetch, ...given })),
  };
}

/** The same in real time, which waits for files. */
function createFileStage(options: AzureEmulatorOptions = {}): Stage {
  const emulator = createAzureEmulator(options);
  const clock = {
    now: () => Date.now(),
    setTimeout: (fn: () => void, ms: number): unknown => setTimeout(fn, ms),
    clearTimeout: (id: unknown) => clearTimeout(id as number),
  };
  return {
    emulator,
    run: (args, given = {}) => run(args, { clock, fetch: emulator.fetch, ...given }),
  };
}

Deno.test("lro wait azure makes a resource and prints it", async () => {
  const { emulator, run } = createStage({ plan: { durationMs: 5_000 } });
  const { exitCode, stdout, stderr } = await run(PUT);
  assertEquals([exitCode, JSON.parse(stdout)], [0, emulator.resources["/vm/1"]]);
  assertEquals(emulator.log.map(({ atMs, kind }) => `${atMs} ${kind}`), [
    "0 start",
    "0 poll",
    "2000 poll", // more often than the library's own 30 s
    "4000 poll",
    "6000 poll",
    "6000 read",
  ]);
  assertMatch(stderr, /polling\.finalizing[\s\S]*succeeded \(4 polls, 6 requests\)/);
});

Deno.test("lro wait azure takes every option of azure.operation()", async () => {
  const { emulator, run } = createStage({
    plan: { durationMs: 5_000, resultAtLocation: true, result: { key: 1 }, unknownForMs: 2_500 },
  });
  const { exitCode, stdout } = await run([
    ...["wait", "azure", URL_OF_IT, "--method", "POST", "--no-store"],
    ...["--final-state-via", "location", "--algorithms", "azure-async-operation,status"],
    ...["--poll-interval", "3s", "--not-found-grace", "1m"],
    ...["--repeat-query", "api-version", "--repeat-query", "x"],
    ...["--allowed-origin", "https://a.example", "--allowed-origin", "https://b.example"],
    ...["--header", "x-ms-client-request-id: 1:2 ", "--header", "Accept:a/b"],
  ]);
  assertEquals([exitCode, stdout], [0, '{"key":1}\n']);
  assertEquals(emulator.log.map(({ atMs }) => atMs), [0, 0, 2_000, 4_000, 7_000, 7_000]);
});

Deno.test("lro wait azure sends its headers with every request, and warns about credentials in them", async () => {
  const { emulator, run } = createStage();
  const seen: (string | null)[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    seen.push(`${headers.get("x-ms-client-request-id")} ${headers.get("authorization")}`);
    return emulator.fetch(input, init);
  };
  const id = ["--header", "x-ms-client-request-id: 7"];
  const harmless = await run([...PUT, ...id], { fetch });
  assertEquals(harmless.stderr.includes("warning"), false);
  const { stderr } = await run([...PUT, ...id, "--header", "Authorization: Bearer hush"], {
    fetch,
  });
  assertStringIncludes(stderr, "warning: Authorization on the command line can be seen by every");
  assertEquals(stderr.includes("hush"), false);
  assertEquals(new Set(seen), new Set(["7 null", "7 Bearer hush"]));
  for (const name of ["api-key", "Ocp-Apim-Subscription-Key", "Cookie", "x-ms-encryption-key"]) {
    assertStringIncludes(
      (await run([...PUT, "--header", `${name}: k`])).stderr,
      `warning: ${name}`,
    );
  }
});

Deno.test("lro wait azure takes its token from the environment", async () => {
  const env = { AZURE_ACCESS_TOKEN: "t0ken" };
  assertEquals((await createStage({ token: "t0ken" }).run(PUT, { env })).exitCode, 0);
  const { exitCode, stderr } = await createStage({ token: "t0ken" }).run(PUT);
  assertEquals(exitCode, 1);
  assertStringIncludes(stderr, "check the credentials: AZURE_ACCESS_TOKEN in the environment");
  assertStringIncludes(stderr, "InvalidAuthenticationToken");
});

Deno.test("lro wait azure takes its token from a file, and reads it again when it is refused", () =>
  withDirectory(async (directory) => {
    const file = join(directory, "token");
    await Deno.writeTextFile(file, "old\n", { mode: 0o600 });
    const { emulator, run } = createFileStage({ token: "new" });
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const response = await emulator.fetch(input, init);
      if (response.status === 401) await Deno.writeTextFile(file, "new\n");
      return response;
    };
    const args = [...PUT, "--token-file", file];
    const { exitCode, stderr } = await run(args, { fetch, env: { AZURE_ACCESS_TOKEN: "other" } });
    assertEquals([exitCode, stderr.includes("warning")], [0, false]);
    assertEquals(emulator.log.map(({ status }) => status), [401, 201, 200, 200]);

    await Deno.chmod(file, 0o644);
    assertStringIncludes((await run(args)).stderr, `${file} holds credentials and can be read by`);
    const missing = await run([...PUT, "--token-file", join(directory, "none")]);
    assertEquals(missing.exitCode, 2);
    assertStringIncludes(missing.stderr, "Cannot read --token-file");
  }));

Deno.test("lro wait azure takes its token from a credentials file, and its body from a file", () =>
  withDirectory(async (directory) => {
    const file = join(directory, "credentials.json");
    await Deno.writeTextFile(file, '{"token":"t"}', { mode: 0o600 });
    const body = join(directory, "body.json");
    await Deno.writeTextFile(body, '["a"]');
    const { emulator, run } = createFileStage({ token: "t" });
    const { exitCode } = await run([
      ...["wait", "azure", URL_OF_IT, "--method", "PUT", "--body", `@${body}`],
      ...["--no-store", "--credentials", file],
    ]);
    assertEquals([exitCode, emulator.operations[0]?.body], [0, ["a"]]);
  }));

Deno.test("lro wait azure joins an operation that somebody else started", async () => {
  const { emulator, run } = createStage({ plan: { durationMs: 9_000, pollBy: "location" } });
  const { status, headers } = await emulator.fetch(URL_OF_IT, { method: "PUT", body: BODY });
  const reply = { status, headers: Object.fromEntries(headers) };
  const { exitCode, stdout } = await run([
    ...["wait", "azure", URL_OF_IT, "--method", "PUT", "--no-store", "--initial-reply", "-"],
  ], { stdin: JSON.stringify(reply) });
  assertEquals([exitCode, JSON.parse(stdout)], [0, emulator.resources["/vm/1"]]);
  assertEquals(emulator.count("start"), 1);
});

Deno.test("lro wait azure joins by the URL of a monitor, and starts nothing", async () => {
  const { emulator, run } = createStage({ plan: { durationMs: 5_000 } });
  const { headers } = await emulator.fetch(URL_OF_IT, { method: "PUT", body: BODY });
  const monitor = headers.get("azure-asyncoperation")!;
  const alone = await run(["wait", "azure", "--monitor", monitor, "--no-store"]);
  assertEquals([alone.exitCode, JSON.parse(alone.stdout).status], [0, "Succeeded"]);
  const args = ["wait", "azure", URL_OF_IT, "--method", "PUT", "--monitor", monitor, "--no-store"];
  const { exitCode, stdout } = await run(args);
  assertEquals([exitCode, JSON.parse(stdout)], [0, emulator.resources["/vm/1"]]);
  const asked = await run(["wait", "azure", monitor, "--method", "get", "--no-store"]);
  assertEquals([asked.exitCode, JSON.parse(asked.stdout).status], [0, "Succeeded"]);
  assertEquals(emulator.count("start"), 1);
});

Deno.test("lro wait azure takes status words, the origin to ask, and texts as results", async () => {
  const post = ["wait", "azure", URL_OF_IT, "--method", "POST", "--no-store"];
  const words = createStage({ plan: { durationMs: 3_000, finalWord: "Ready" } });
  const { exitCode, stdout } = await words.run([
    ...post,
    ...["--status-word", "succeeded=Ready", "--status-word", "running=Completed"],
  ]);
  assertEquals([exitCode, JSON.parse(stdout).status], [0, "Ready"]);
  const gateway = createStage({ pollingOrigin: "http://10.0.0.7:8080" });
  assertEquals((await gateway.run(post)).exitCode, 1);
  assertEquals((await gateway.run([...post, "--poll-at-request-origin"])).exitCode, 0);
  const text = createStage();
  const fetch: typeof globalThis.fetch = () => Promise.resolve(new Response("a,b"));
  assertEquals((await text.run(post, { fetch })).exitCode, 1);
  const csv = await text.run([...post, "--result-type", "text"], { fetch });
  assertEquals([csv.exitCode, csv.stdout.includes("a,b")], [0, true]);
});

Deno.test("lro wait azure tells what the provider says of a failure", async () => {
  const error = { code: "A", message: "no", innererror: { code: "B" } };
  const { exitCode, stderr } = await createStage({ plan: { end: "fails", error } }).run(PUT);
  assertEquals(exitCode, 1);
  assertMatch(stderr, /provider code: +A\n +innermost code: +B\n +provider message: no\n/);
});

Deno.test("lro resume takes an Azure operation up after a deadline, and after a refusal", async () => {
  const stage = createStage({
    token: "t",
    plan: { durationMs: 60_000 },
    faults: [{ on: "poll", nth: 3, status: 403 }],
  });
  const env = { AZURE_ACCESS_TOKEN: "t" };
  const stopped = await stage.run([...PUT, "--deadline", "1s"], { env });
  assertEquals(stopped.exitCode, 124);
  const resume = (stderr: string) =>
    stage.run(["resume", tokenIn(stderr), "--no-store", "--deadline", "none"], { env });
  const refused = await resume(stopped.stderr);
  assertEquals(refused.exitCode, 1);
  assertStringIncludes(refused.stderr, "check the credentials (AZURE_ACCESS_TOKEN");
  const done = await resume(refused.stderr);
  assertEquals([done.exitCode, stage.emulator.count("start")], [0, 1]);
});

const mistakes: [string[], string][] = [
  [["--body", BODY], "Expected --method PUT, PATCH, POST or DELETE"],
  [["--method", "PUT", "--body", "{"], "Cannot read --body: it is not JSON"],
  [["--method", "PUT", "--header", "nonsense"], "Cannot read --header: expected 'Name: value'"],
  [["--method", "PUT", "--final-state-via", "there"], "finalStateVia must be"],
  [["--method", "PUT", "--algorithms", "magic"], "algorithms must be"],
  [["--method", "PUT", "--poll-interval", "soon"], "Cannot read duration"],
  [["--method", "PUT", "--poll-interval", "0"], "pollIntervalMs must be more than 0"],
  [["--method", "PUT", "--allowed-origin", "there"], "allowedOrigins must be an absolute http URL"],
  [["--method", "PUT", "--initial-reply", "{}"], "initialReply.status must be an HTTP status"],
  [["--method", "PUT", "--token-file", "a", "--credentials", "b"], "cannot be used with"],
  [
    ["--method", "PATSH"],
    'Expected --method PUT, PATCH, POST or DELETE, or GET to join, got "PATSH"',
  ],
  [["--method", "PUT", "--result-type", "html"], "resultType must be json, text"],
  [["--method", "PUT", "--status-word", "Ready"], "expected MEANING=WORD"],
  [["--method", "PUT", "--status-word", "done=Ready"], "unknown field statusWords.done"],
  [["--method", "PUT", "--monitor", "there"], "monitor must be an absolute http URL"],
  [["--method", "PUT", "--monitor", URL_OF_IT, "--body", BODY], "Expected --body or --monitor"],
];
for (const [args, text] of mistakes) {
  Deno.test(`lro wait azure URL ${args.join(" ")} is a mistake: ${text}`, async () => {
    const { emulator, run } = createStage();
    const { exitCode, stderr } = await run(["wait", "azure", URL_OF_IT, ...args, "--no-store"]);
    assertEquals([exitCode, emulator.log.length], [2, 0]);
    assertStringIncludes(stderr, text);
  });
}

Deno.test("lro wait azure without a URL, or with a relative one, is a mistake", async () => {
  const { run } = createStage();
  assertEquals((await run(["wait", "azure", "--method", "PUT"])).exitCode, 2);
  const nothing = await run(["wait", "azure"]);
  assertEquals(nothing.exitCode, 2);
  assertStringIncludes(nothing.stderr, "or --monitor URL");
  const { exitCode, stderr } = await run([
    "wait",
    "azure",
    "/vm/1",
    "--method",
    "PUT",
    "--no-store",
  ]);
  assertEquals(exitCode, 2);
  assertStringIncludes(stderr, "request.url must be an absolute http URL");
});
