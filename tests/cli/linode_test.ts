import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  createLinodeEmulator,
  createVirtualClock,
  type LinodeEmulator,
  type LinodeEmulatorOptions,
  serveLoopback,
  type VirtualClock,
} from "@lro/machines/testing";
import { type Run, run, type RunOptions, tokenIn, withDirectory } from "./_console.ts";
import { type Process, spawnLro } from "./_process.ts";

const EVENT = ["wait", "linode", "event", "--entity-id", "7", "--no-store"];
const BOOT = [...EVENT, "--action", "linode_boot", "--trigger", "/linode/instances/7/boot"];
const entity = { type: "linode", id: 7 };

interface Stage {
  readonly clock: VirtualClock;
  readonly emulator: LinodeEmulator;
  run(args: readonly string[], options?: RunOptions): Promise<Run>;
}

/** An emulator and the command, on one virtual clock. */
function createStage(options: LinodeEmulatorOptions = {}): Stage {
  const clock = createVirtualClock({ startMs: 1_800_000_000_000 });
  const emulator = createLinodeEmulator({ clock, instances: [7], ...options });
  return {
    clock,
    emulator,
    run: (args, given = {}) =>
      clock.runUntil(run(args, { clock, fetch: emulator.fetch, ...given })),
  };
}

const requests = ({ emulator }: Stage): string[] =>
  emulator.log.map(({ atMs, kind }) => `${atMs} ${kind}`);

Deno.test("lro wait linode event sends the trigger and prints the event", async () => {
  const stage = createStage({ plan: { durationMs: 8_000 } });
  const { exitCode, stdout, stderr } = await stage.run(BOOT);
  assertEquals([exitCode, JSON.parse(stdout).status], [0, "finished"]);
  assertEquals(requests(stage), [
    "0 list",
    "0 action",
    "0 list",
    "0 event",
    "5000 event",
    "10000 event",
  ]);
  assertMatch(stderr, /initial\.baselining\n.*initial\.triggering\n.*polling\.awaitingEvent/);
  assertMatch(stderr, /polling\.awaitingFinish {2}62 % {2}started/);
});

Deno.test("lro wait linode event without a trigger waits for what somebody else causes", async () => {
  const stage = createStage();
  stage.emulator.addEvent({ action: "linode_boot", entity, agoMs: 60_000 });
  const { clock, emulator } = stage;
  clock.setTimeout(() => emulator.addEvent({ action: "linode_boot", entity }), 7_000);
  const { exitCode, stdout, stderr } = await stage.run([...EVENT, "--action", "linode_boot"]);
  assertEquals([exitCode, JSON.parse(stdout).id], [0, 2]);
  assertStringIncludes(stderr, "Ready: whatever causes the event may be done now.\n");
});

Deno.test("lro wait linode event learns the entity's id from the trigger's reply", async () => {
  const stage = createStage({ instances: [], plan: { durationMs: 100 } });
  const { exitCode, stdout } = await stage.run([
    ...["wait", "linode", "event", "--action", "linode_create", "--no-store", "--interval", "2s"],
    ...["--trigger", "https://api.linode.com/v4/linode/instances", "--body", '{"region":"us"}'],
  ]);
  assertEquals([exitCode, JSON.parse(stdout).entity.id], [0, 1]);
  assertEquals(requests(stage), ["0 create", "0 list", "0 event", "2000 event"]);
});

Deno.test("lro wait linode event --until appears is content with the beginning", async () => {
  const stage = createStage({ plan: { startsAfterMs: 60_000 } });
  const { stdout } = await stage.run([...BOOT, "--until", "appears"]);
  assertEquals(JSON.parse(stdout).status, "scheduled");
});

Deno.test("lro wait linode event tells what the provider says of a failure", async () => {
  const stage = createStage({ plan: { end: "failed", message: "no host" } });
  const { exitCode, stderr } = await stage.run(BOOT);
  assertEquals(exitCode, 1);
  assertStringIncludes(stderr, "error: operation-failed: Event 1 failed: no host\n");
  assertMatch(stderr, /provider message: no host\n/);
});

Deno.test("lro wait linode event waits for one disk of several", async () => {
  const disk = ["--action", "disk_create", "--trigger", "/linode/instances/7/disks"];
  const stage = createStage({ plan: { siblings: 2, durationMs: 3_000 } });
  const { exitCode, stdout } = await stage.run([
    ...EVENT,
    ...disk,
    "--secondary-entity-id-from",
    "id",
  ]);
  assertEquals([exitCode, JSON.parse(stdout).secondary_entity.id], [0, 1_001]);

  const other = createStage({ disks: { 7: [5] }, plan: { siblings: 2 } });
  const trigger = ["--method", "DELETE", "--trigger", "/linode/instances/7/disks/5"];
  const removed = await other.run([
    ...EVENT,
    ...["--action", "disk_delete", "--secondary-entity-id", "5", ...trigger],
  ]);
  assertEquals([removed.exitCode, JSON.parse(removed.stdout).secondary_entity.id], [0, 5]);
});

Deno.test("lro wait linode event sends the trigger again while its instance is busy", async () => {
  const stage = createStage({ busyAnswers: 3, plan: { durationMs: 1_000 } });
  const { exitCode, stderr } = await stage.run(BOOT);
  assertEquals([exitCode, stage.emulator.count("action")], [0, 4]);
  assertMatch(stderr, /initial {2}Linode busy\.\n/);
  assertMatch(stderr, /polling\.awaitingEvent\n/);
});

Deno.test("lro wait linode --notification-is-final says what a notification is", async () => {
  const database = ["--entity-type", "database", "--action", "database_create"];
  for (const [answer, status] of [["yes", "notification"], ["no", "finished"]] as const) {
    const stage = createStage({ plan: { durationMs: 8_000 } });
    const { exitCode, stdout } = await stage.run([
      ...["wait", "linode", "event", "--no-store", ...database],
      ...["--trigger", "/databases/mysql/instances", "--notification-is-final", answer],
    ]);
    assertEquals([exitCode, JSON.parse(stdout).status], [0, status]);
  }
  const stage = createStage();
  const about = { type: "database", id: 7 };
  stage.emulator.addEvent({ action: "database_update", entity: about, end: "notification" });
  const free = ["wait", "linode", "free", "--entity-type", "database", "--entity-id", "7"];
  const { exitCode } = await stage.run([...free, "--no-store", "--notification-is-final", "yes"]);
  assertEquals(exitCode, 0);
});

Deno.test("lro wait linode free waits until nothing goes on, and prints null", async () => {
  const stage = createStage();
  stage.emulator.addEvent({ action: "linode_boot", entity, durationMs: 6_000 });
  const { exitCode, stdout, stderr } = await stage.run([
    ...["wait", "linode", "free", "--entity-id", "7", "--interval", "4s", "--no-store"],
  ]);
  assertEquals([exitCode, stdout], [0, "null\n"]);
  assertEquals(requests(stage), ["0 list", "4000 list", "8000 list"]);
  assertStringIncludes(stderr, "polling  linode_boot started");
});

Deno.test("lro wait linode takes its token from the environment or from a file", async () => {
  for (const env of [{ LINODE_TOKEN: "t" }, { LINODE_CLI_TOKEN: "t" }]) {
    assertEquals((await createStage({ token: "t" }).run(BOOT, { env })).exitCode, 0);
  }
  const { exitCode, stderr } = await createStage({ token: "t" }).run(BOOT);
  assertEquals(exitCode, 1);
  assertStringIncludes(stderr, "check the credentials (LINODE_TOKEN or LINODE_CLI_TOKEN in");
  await withDirectory(async (directory) => {
    const file = join(directory, "token");
    await Deno.writeTextFile(file, "t\n", { mode: 0o600 });
    const emulator = createLinodeEmulator({ token: "t", instances: [7] });
    const clock = createRealClock();
    const args = [...BOOT, "--token-file", file];
    assertEquals((await run(args, { clock, fetch: emulator.fetch })).exitCode, 0);
  });
});

Deno.test("lro wait linode sends no token to a trigger elsewhere", async () => {
  const { emulator, clock } = createStage();
  const seen: string[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const { host } = new URL(String(input));
    seen.push(`${host} ${new Headers(init?.headers).get("authorization")}`);
    return emulator.fetch(input, init);
  };
  const trigger = ["--trigger", "https://else.example/v4/linode/instances/7/boot"];
  const args = [...EVENT, "--action", "linode_boot", ...trigger];
  const env = { LINODE_TOKEN: "t" };
  const { exitCode } = await clock.runUntil(run(args, { clock, fetch, env }));
  assertEquals(exitCode, 0);
  assertEquals(seen.slice(0, 2), ["api.linode.com Bearer t", "else.example null"]);
});

for (
  const [args, message] of [
    [[...EVENT], "Expected --action, e.g. --action linode_boot"],
    [[...EVENT, "--action", "x", "--method", "PUT"], "Expected --trigger with --method"],
    [["wait", "linode", "event", "--action", "x"], "Expected --entity-id, or the --trigger"],
    [["wait", "linode", "free"], "Expected --entity-id"],
    [[...EVENT, "--action", "x", "--secondary-entity-id-from", "id"], "Expected --trigger with"],
    [
      [...BOOT, "--secondary-entity-id", "1", "--secondary-entity-id-from", "id"],
      "Expected --secondary-entity-id or --secondary-entity-id-from, not both",
    ],
    [[...BOOT, "--notification-is-final", "maybe"], "Expected yes or no with"],
    [
      ["wait", "linode", "free", "--entity-id", "abc"],
      "entityId must be a whole number or a text of digits",
    ],
    [["wait", "linode", "free", "--entity-id", "1", "--entity-type", "lindoe"], "did you mean"],
    [[...EVENT, "--action", "linode_bot"], 'did you mean "linode_boot"?'],
    [[...BOOT, "--until", "later"], 'until must be "finished" or "appears"'],
    [[...BOOT, "--interval", "often"], "expected such as 4m, 1.5s, 250ms"],
    [["wait", "linode", "evnt"], "unknown command 'evnt'\n(Did you mean event?)"],
    [["linode", "events", "--last", "101"], "Expected a whole number, 0 to 100."],
    [["linode", "events", "--interval", "0"], "Cannot list events: --interval must be more than 0"],
    [["linode", "events", "--base-url", "nowhere"], "Cannot list events: baseUrl"],
  ] as const
) {
  Deno.test(`lro ${args.join(" ")} exits with 2 and says why`, async () => {
    const { exitCode, stdout, stderr } = await run(args);
    assertEquals([exitCode, stdout], [2, ""]);
    assertStringIncludes(stderr, message);
  });
}

Deno.test("lro resume takes a Linode event up after a deadline", async () => {
  const stage = createStage({ plan: { durationMs: 60_000 } });
  const stopped = await stage.run([...BOOT, "--deadline", "7s"]);
  assertEquals(stopped.exitCode, 124);
  const token = tokenIn(stopped.stderr);
  const { exitCode, stdout } = await stage.run([
    ...["resume", token, "--no-store", "--deadline", "none"],
  ]);
  assertEquals([exitCode, JSON.parse(stdout).status], [0, "finished"]);
  assertEquals(stage.emulator.count("action"), 1);
});

Deno.test("lro resume of an event that was not triggered yet says when it may be", async () => {
  const stage = createStage();
  const ready = ["Ready: ", "SIGINT"] as const;
  const stopped = await stage.run([...EVENT, "--action", "linode_boot"], { signalAt: ready });
  assertEquals(stopped.exitCode, 130);
  stage.emulator.addEvent({ action: "linode_boot", entity }); // while nobody waits
  const token = stopped.stderr.trimEnd().split("lro resume ").at(-1)!;
  const { exitCode, stdout } = await stage.run(["resume", token, "--no-store"]);
  assertEquals([exitCode, JSON.parse(stdout).id], [0, 1]);
});

interface Scene {
  readonly emulator: LinodeEmulator;
  /** `lro wait linode event` over real HTTP, with a journal. */
  start(): Process;
  resume(token: string): Process;
  /** Does something before the server looks at the nth request of a kind. */
  before(kind: string, nth: number, action: () => void): void;
}

function crash(name: string, play: (scene: Scene) => Promise<void>): void {
  Deno.test(name, () =>
    withDirectory(async (directory) => {
      const emulator = createLinodeEmulator({ instances: [7], plan: { durationMs: 400 } });
      const actions = new Map<string, () => void>();
      await using server = await serveLoopback((request) => {
        const [, kind = ""] = /\/(events\/\d+|events|boot)$/.exec(new URL(request.url).pathname) ??
          [];
        const name = kind.replace(/\d+/, "ID");
        counts.set(name, (counts.get(name) ?? 0) + 1);
        actions.get(`${name} ${counts.get(name)}`)?.();
        return emulator.handle(request);
      });
      const counts = new Map<string, number>();
      const args = [...BOOT.filter((arg) => arg !== "--no-store"), "--interval", "150ms"];
      await play({
        emulator,
        start: () => spawnLro([...args, "--base-url", `${server.url}/v4`], { directory }),
        resume: (token) => spawnLro(["resume", token], { directory }),
        before: (kind, nth, action) => void actions.set(`${kind} ${nth}`, action),
      });
    }));
}

for (
  const [moment, kind, nth] of [
    ["while it looks for the event", "events", 2],
    ["while it looks at the event for the first time", "events/ID", 1],
    ["while the event goes on", "events/ID", 3],
  ] as const
) {
  crash(`killed ${moment}, lro ends with the same event, triggered once`, async (scene) => {
    const lro = scene.start();
    scene.before(kind, nth, () => lro.kill());
    await lro.ended();
    const { exitCode, stdout } = await scene.resume(await lro.token()).ended();
    assertEquals([exitCode, JSON.parse(stdout).status], [0, "finished"]);
    assertEquals([scene.emulator.count("action"), scene.emulator.events.length], [1, 1]);
  });
}

Deno.test("lro linode events lists the latest and goes on with what comes", async () => {
  const stage = createStage();
  const { clock, emulator } = stage;
  for (let minutes = 5; minutes > 0; minutes--) {
    emulator.addEvent({ action: "linode_boot", entity, agoMs: minutes * 60_000 });
  }
  clock.setTimeout(() => {
    emulator.addEvent({ action: "disk_resize", entity, durationMs: 9_000, end: "failed" });
    emulator.addEvent({ action: "linode_boot", entity: { type: "linode", id: 8 } });
  }, 6_000);
  const { exitCode, stdout } = await stage.run(["linode", "events", "--last", "1", "--for", "22s"]);
  assertEquals(exitCode, 0);
  assertEquals(stdout.split("\n"), [
    "01-15 07:59:00          5  linode_boot           finished       linode 7 (linode-7)  by emulated",
    "01-15 08:00:06          6  disk_resize           started 44 %   linode 7 (linode-7)  by emulated",
    "01-15 08:00:06          7  linode_boot           finished       linode 8 (linode-8)  by emulated",
    "01-15 08:00:06          6  disk_resize           failed         linode 7 (linode-7)  by emulated",
    "",
  ]);
  assertEquals(requests(stage), [0, 5, 10, 15, 20].map((seconds) => `${seconds * 1_000} list`));
});

Deno.test("lro linode events loses none of more events than a page holds", async () => {
  const stage = createStage();
  const { clock, emulator } = stage;
  emulator.addEvent({ action: "linode_boot", entity });
  clock.setTimeout(() => {
    for (let index = 0; index < 250; index++) emulator.addEvent({ action: "linode_boot", entity });
  }, 1_000);
  const { stdout } = await stage.run(["linode", "events", "--json", "--for", "7s"]);
  const ids = stdout.trimEnd().split("\n").map((line) => JSON.parse(line).id as number);
  assertEquals(ids.sort((a, b) => a - b), Array.from({ length: 251 }, (_, index) => index + 1));
  assertEquals(emulator.count("list"), 4);
});

Deno.test("lro linode events --once looks once, at what is asked for", async () => {
  const stage = createStage();
  const { emulator } = stage;
  emulator.addEvent({ action: "linode_boot", entity });
  emulator.addEvent({ action: "linode_boot", entity: { type: "linode", id: 8 } });
  const { exitCode, stdout } = await stage.run([
    ...["linode", "events", "--once", "--json", "--entity-type", "linode", "--entity-id", "8"],
    ...["--action", "linode_boot"],
  ]);
  assertEquals([exitCode, JSON.parse(stdout).id], [0, 2]);
  assertEquals(emulator.log[0]!.filter as unknown, {
    "entity.type": "linode",
    "entity.id": 8,
    action: "linode_boot",
    "+order": "desc",
    "+order_by": "id",
  });
});

Deno.test("lro linode events tells what to do about a refusal", async () => {
  const { exitCode, stderr } = await createStage({ token: "t" }).run(["linode", "events"]);
  assertEquals(exitCode, 1);
  assertEquals(
    stderr,
    'error: Cannot list events: HTTP 401 "Invalid Token"\n' +
      "  next: check the credentials: LINODE_TOKEN or LINODE_CLI_TOKEN in the environment, " +
      '--token-file FILE, or --credentials FILE with {"token": "..."}\n',
  );
});

Deno.test("lro linode events goes on after a trouble, and stops at Ctrl-C", async () => {
  const stage = createStage({ faults: [{ on: "list", nth: 1, status: 502 }] });
  stage.emulator.addEvent({ action: "linode_boot", entity });
  let hear: ((signal: "SIGINT") => void) | undefined;
  const onSignal = (listener: (signal: "SIGINT") => void) => {
    hear = listener;
    return () => {};
  };
  stage.clock.setTimeout(() => hear?.("SIGINT"), 3_000);
  const { exitCode, stdout } = await stage.run(["linode", "events"], { onSignal });
  assertEquals([exitCode, stdout.split("\n").length], [130, 2]);
});

Deno.test("lro linode events --for ends badly where it never saw the list", async () => {
  const stage = createStage({
    faults: [{ on: "list", status: 502, headers: { "retry-after": "30" } }],
  });
  const { exitCode, stdout, stderr } = await stage.run(["linode", "events", "--for", "1s"]);
  assertEquals([exitCode, stdout], [124, ""]);
  assertStringIncludes(stderr, "the last attempt came to nothing: HTTP 502");
});

Deno.test("on a terminal running events stay below and move, and what others write is harmless", async () => {
  const stage = createStage();
  const message = "\x1b[31mred\x07";
  stage.emulator.addEvent({ action: "linode_boot", entity, durationMs: 7_000, message });
  let screen = "";
  const stdout = { isTTY: true, columns: 80, write: (text: string) => screen += text };
  await stage.run(["linode", "events", "--for", "12s"], { stdout, env: { NO_COLOR: "1" } });
  const at = (text: string): number => screen.indexOf(text);
  assert(at("started 0 %") >= 0 && at("started 0 %") < at("started 71 %"));
  assert(at("started 71 %") < at("finished"));
  assertEquals([at("\x1b[31m"), at("\x07")], [-1, -1]);
  assert(screen.lastIndexOf("\x1b[?25h") > screen.lastIndexOf("\x1b[?25l"), "cursor");
});

function createRealClock() {
  return {
    now: () => Date.now(),
    setTimeout: (fn: () => void, ms: number): unknown => setTimeout(fn, ms),
    clearTimeout: (id: unknown) => clearTimeout(id as number),
  };
}
