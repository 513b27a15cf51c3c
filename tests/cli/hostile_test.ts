/** A server may say what it likes: no command lets it do anything to the terminal. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createRuntime, encodeToken, lxd, type ResumeToken } from "@lro/machines";
import { createFileStore } from "@lro/machines/store/files";
import { createVirtualClock } from "@lro/machines/testing";
import { resultsText } from "../../src/cli/demo/results.ts";
import { createLineDisplay } from "../../src/cli/display/lines.ts";
import { createLiveDisplay } from "../../src/cli/display/live.ts";
import { type Run, run as runCommand, type RunOptions, withDirectory } from "./_console.ts";

/** Every control character, sequences that do something, words turned round, and a line that looks like ours. */
const HOSTILE = [
  ...Array.from({ length: 0xa0 }, (_, code) => code).filter((code) => code < 32 || code > 126)
    .map((code) => String.fromCharCode(code)),
  "\x1b[31m\x1b[2J\x1b[5A\x1b]0;title\x07\x1b]8;;https://evil\x1b\\link\x1b[?25l\x9b2J\x9d0;t\x9c",
  "\u202eabc\u2066def\u2069\u200e\u200f\u061c\u200b\ufeff\u{e0061}",
  "\nlro resume evil\r\nerror: evil\u2028lro resume evil\x85lro resume evil",
].join("x");

const HARMFUL =
  // deno-lint-ignore no-control-regex -- these are what must not be there
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
/** What moves the cursor of our own live lines. */
// deno-lint-ignore no-control-regex -- they are our own
const FRAME = /\x1b\[(?:\?25[lh]|\?7[lh]|K|J|\d+A)/g;

function assertHarmless(text: string): void {
  const [found] = HARMFUL.exec(text) ?? [];
  assertEquals(found, undefined, `${escape(found ?? "")} in ${JSON.stringify(text)}`);
  assert(!/^(?:\s*)(?:lro resume evil|error: evil)/m.test(text), text);
}

const headers = { "content-type": "application/json", "retry-after": "1" };

/** A server that says the hostile text wherever a text may be. */
const answers: Record<string, readonly [status: number, body: unknown, headers?: object][]> = {
  refusal: [[400, {
    message: HOSTILE,
    code: HOSTILE,
    error: { code: HOSTILE, message: HOSTILE, details: [{ code: HOSTILE, message: HOSTILE }] },
    errors: [{ id: HOSTILE, code: HOSTILE, title: HOSTILE, detail: HOSTILE, reason: HOSTILE }],
  }]],
  lxdError: [[400, { type: "error", error: HOSTILE, error_code: 400, metadata: null }]],
  text: [[500, HOSTILE, { "content-type": `text/plain` }]],
  lxdList: [[200, {
    type: "sync",
    status: "Success",
    status_code: 200,
    metadata: { running: [lxdOperation()] },
  }]],
  lxdOne: [[200, {
    type: "sync",
    status: "Success",
    status_code: 200,
    metadata: { ...lxdOperation(), status: "Failure", status_code: 400, err: HOSTILE },
  }]],
  events: [[200, { page: 1, pages: 1, results: 1, data: [event()] }]],
};

function lxdOperation() {
  return {
    id: "b8d84888-1dc2-44fd-b386-7f679e171ba5",
    class: "task",
    description: HOSTILE,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    status: HOSTILE,
    status_code: 103,
    resources: { [HOSTILE]: [HOSTILE] },
    metadata: { download_progress: HOSTILE },
    may_cancel: true,
    err: "",
    location: HOSTILE,
  };
}

function event() {
  return {
    id: 1,
    action: HOSTILE,
    created: HOSTILE,
    status: "started",
    percent_complete: 3,
    entity: { id: 7, type: HOSTILE, label: HOSTILE, url: HOSTILE },
    username: HOSTILE,
    message: HOSTILE,
  };
}

function createFetch(name: keyof typeof answers): typeof fetch {
  const replies = answers[name]!;
  let next = 0;
  return () => {
    const [status, body, more = {}] = replies[Math.min(next++, replies.length - 1)]!;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return Promise.resolve(new Response(text, { status, headers: { ...headers, ...more } }));
  };
}

const BASE = ["--base-url", "http://127.0.0.1:1"];
const WAIT = ["--no-store", "--deadline", "30s", "--retry-attempts", "2"];
const ID = "b8d84888-1dc2-44fd-b386-7f679e171ba5";
const OCID = "ocid1.coreservicesworkrequest.oc1.iad.abc";

const commands: [args: string[], server: keyof typeof answers][] = [
  [[
    "wait",
    "elasticio",
    "--type",
    "get_meta_model",
    "--component",
    "c",
    "--action-or-trigger",
    "a",
    "--account-id",
    "1",
    ...BASE,
    ...WAIT,
  ], "refusal"],
  [[
    "wait",
    "elasticio",
    "--type",
    "get_meta_model",
    "--component",
    "c",
    "--action-or-trigger",
    "a",
    "--account-id",
    "1",
    ...BASE,
    ...WAIT,
  ], "text"],
  [["wait", "azure", "http://127.0.0.1:1/x?api-version=1", "--method", "PUT", ...WAIT], "refusal"],
  [["wait", "azure", "http://127.0.0.1:1/x?api-version=1", "--method", "PUT", ...WAIT], "text"],
  [
    ["wait", "linode", "event", "--entity-id", "7", "--action", "linode_boot", ...BASE, ...WAIT],
    "refusal",
  ],
  [["wait", "oci", "work-request", OCID, ...BASE, ...WAIT], "refusal"],
  [["wait", "lxd", "operation", ID, ...BASE, ...WAIT], "lxdOne"],
  [["wait", "lxd", "operation", ID, ...BASE, ...WAIT], "lxdError"],
  [["wait", "lxd", "request", "/1.0/images", ...BASE, ...WAIT], "lxdError"],
  [["lxd", "ls", ...BASE], "lxdList"],
  [["lxd", "ls", ...BASE], "lxdError"],
  [["lxd", "ls", "--json", ...BASE], "lxdList"],
  [["lxd", "show", ID, ...BASE], "lxdOne"],
  [["lxd", "show", ID, "--json", ...BASE], "lxdOne"],
  [["lxd", "cancel", ID, ...BASE], "lxdError"],
  [["linode", "events", "--once", ...BASE], "events"],
  [["linode", "events", "--once", "--json", ...BASE], "events"],
  [["linode", "events", "--once", ...BASE], "refusal"],
];

function play(args: readonly string[], server: keyof typeof answers, options: RunOptions = {}) {
  const clock = createVirtualClock({ startMs: 1_800_000_000_000 });
  const env = { ELASTICIO_USER: "u", ELASTICIO_PASSWORD: "p", LINODE_TOKEN: "t", NO_COLOR: "1" };
  const fetch = createFetch(server);
  return clock.runUntil(runCommand(args, { clock, fetch, env, ...options }));
}

for (const [args, server] of commands) {
  const name = `lro ${args.slice(0, 3).join(" ")}${args.includes("--json") ? " --json" : ""}`;
  Deno.test(`${name} lets a server (${server}) do nothing to a pipe or a terminal`, async () => {
    const piped = await play(args, server);
    assert(piped.exitCode !== 2, piped.stderr); // it got as far as the server
    assertShown(piped);
    const screen: string[] = [];
    const stream = { isTTY: true, columns: 200, write: (text: string) => screen.push(text) };
    await play(args, server, { stdout: stream, stderr: stream });
    assertHarmless(screen.join("").replace(FRAME, ""));
  });
}

function assertShown({ stdout, stderr }: Run): void {
  assertHarmless(stdout);
  assertHarmless(stderr);
  assert(`${stdout}${stderr}`.length > 20, "something is shown");
}

for (
  const [args, server] of [
    [["lxd", "ls", "--json", ...BASE], "lxdList"],
    [["lxd", "show", ID, "--json", ...BASE], "lxdOne"],
    [["lxd", "show", ID, ...BASE], "lxdOne"],
    [["linode", "events", "--once", "--json", ...BASE], "events"],
    [["wait", "lxd", "operation", ID, "--json", ...BASE, ...WAIT], "lxdOne"],
    [["wait", "azure", "http://127.0.0.1:1/x", "--method", "PUT", "--json", ...WAIT], "refusal"],
  ] as const
) {
  Deno.test(`lro ${args.slice(0, 3).join(" ")} as JSON says what the server said, escaped`, async () => {
    const { stdout } = await play(args, server);
    assertHarmless(stdout);
    const values = args.includes("--json" as never)
      ? stdout.trimEnd().split("\n").map((line) => JSON.parse(line))
      : [JSON.parse(stdout)];
    assertStringIncludes(JSON.stringify(values), JSON.stringify(HOSTILE).slice(1, -1));
  });
}

Deno.test("a token with hostile names is taken or refused harmlessly", async () => {
  await using runtime = createRuntime({ fetch: () => Promise.reject(new Error("unused")) });
  const token = runtime.start(lxd.operation({ operation: ID, baseUrl: "http://127.0.0.1:1" }))
    .token();
  for (
    const changed of [
      { ...token, id: HOSTILE },
      { ...token, kind: HOSTILE },
      { ...token, input: { ...token.input, operation: HOSTILE } },
      { ...token, value: HOSTILE },
    ]
  ) {
    const text = btoa(unescape(encodeURIComponent(JSON.stringify(changed))))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    assertShown(await play(["resume", text, ...WAIT], "lxdError"));
  }
});

Deno.test("a journal that holds hostile names is listed harmlessly", () =>
  withDirectory(async (directory) => {
    await using runtime = createRuntime({ fetch: () => Promise.reject(new Error("unused")) });
    const operation = lxd.operation({ operation: ID, baseUrl: "http://127.0.0.1:1" });
    const token: ResumeToken = { ...runtime.start(operation).token(), id: HOSTILE };
    await createFileStore(directory).save(token);
    const { exitCode, stdout, stderr } = await runCommand(
      ["resume", encodeToken({ ...token, startedAt: 1 }), "--store", directory],
      { clock: realClock },
    );
    assertEquals([exitCode, stdout], [2, ""]);
    assertStringIncludes(stderr, "the journal has another one of that name");
    assertHarmless(stderr);
  }));

const realClock = {
  now: () => Date.now(),
  setTimeout: (fn: () => void, ms: number): unknown => setTimeout(fn, ms),
  clearTimeout: (id: unknown) => clearTimeout(id as number),
};

Deno.test("lines, live lines and the table of the demo show hostile names as harmless ones", async () => {
  const clock = createVirtualClock();
  await using runtime = createRuntime({ clock, fetch: createFetch("lxdList") });
  const handle = runtime.start(
    lxd.operation({ operation: ID, baseUrl: "http://127.0.0.1:1" }),
    { id: HOSTILE, deadlineMs: 5_000 },
  );
  const written: string[] = [];
  const stderr = { columns: 100, write: (text: string) => written.push(text) };
  const lines = createLineDisplay({ stderr, clock }, { provider: 5, label: 5 });
  const live = createLiveDisplay({ stderr, clock, env: {} });
  for (const display of [lines, live]) {
    display.follow({ provider: HOSTILE, label: HOSTILE }, handle);
  }
  const outcome = await clock.runUntil(handle.outcome());
  live.close();
  const paint = (_colour: string, text: string): string => text;
  for (const value of [outcome, { ...outcome, kind: "succeeded", value: HOSTILE }] as const) {
    const result = { provider: HOSTILE, label: HOSTILE, outcome: value as never, isExpected: true };
    written.push(resultsText([result], { width: 100, paint }));
  }
  assertHarmless(written.join("").replace(FRAME, ""));
});
