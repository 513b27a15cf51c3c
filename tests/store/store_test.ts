/** The same claims for every store. */
import { assert, assertEquals, assertMatch, assertObjectMatch, assertRejects, assertThrows } from "@std/assert";
import {
  createRuntime,
  elasticio,
  type Operation,
  type OperationStore,
  type ResumeToken,
  type RuntimeOptions,
} from "@lro/machines";
import { createFileStore } from "@lro/machines/store/files";
import { createMemoryStore } from "@lro/machines/store/memory";
import { createSqliteStore } from "@lro/machines/store/sqlite";
import { createElasticioEmulator, createVirtualClock } from "@lro/machines/testing";
import { type OpenStore, openStore, type StoreName, tokenOf } from "./_stores.ts";

/** A place for stores that is gone afterwards. */
async function createPlace() {
  const directory = await Deno.makeTempDir();
  const opened: OpenStore[] = [];
  return {
    directory,
    open(name: StoreName, options: { onError?: (error: unknown) => void } = {}): OpenStore {
      const store = openStore(name, directory, options);
      opened.push(store);
      return store;
    },
    async [Symbol.asyncDispose]() {
      for (const store of opened) store.close?.();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** elastic.io of our own, where an execution takes some seconds. */
function createCloud(options: Partial<RuntimeOptions> = {}) {
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const emulator = createElasticioEmulator({ clock, plan: { durationMs: 3_000, result: { answer: 42 } } });
  const reported: unknown[] = [];
  const open = (store: OperationStore, more: Partial<RuntimeOptions> = {}) =>
    createRuntime({
      clock,
      fetch: emulator.fetch,
      store,
      onError: (error) => void reported.push(error),
      ...options,
      ...more,
    });
  return { clock, emulator, reported, open };
}

const execution = (): Operation<{ answer: number }> =>
  elasticio.execution({
    execution: {
      execution_type: "get_meta_model",
      component: "c",
      action_or_trigger: "a",
      account_id: "1",
    },
  });

const ids = (tokens: readonly ResumeToken[]): string[] => tokens.map(({ id }) => id).sort();

/** Ids that a careless store takes for one, or for a way out of its directory. */
const NASTY_IDS = [
  "a",
  "A",
  "ä",
  "Ä",
  "a/b",
  "a%2fb",
  "a%002fb",
  "a\\b",
  "..",
  ".",
  "../../etc/passwd",
  "/etc/passwd",
  "C:\\x",
  "con",
  "CON",
  "nul.json",
  "a.json",
  "a.json.0.tmp",
  "a b",
  " a",
  "a ",
  "a\0",
  "a\0b",
  "\n",
  "'; DROP TABLE lro_operations; --",
  '"',
  '\\"',
  "\\",
  "%",
  "_",
  "~",
  "😀",
  "\ud83d",
  "\ude00",
  "\ufffd",
  "__proto__",
  "constructor",
  "x".repeat(5_000),
  "x".repeat(5_000) + "y",
  "ä".repeat(300),
  "x".repeat(150),
  "x".repeat(151),
];

for (const name of ["memory", "files", "sqlite"] as const) {
  Deno.test(`${name}: what was saved is there until it is removed`, async () => {
    await using place = await createPlace();
    const store = place.open(name);
    assertEquals([await store.list(), await store.load("a")], [[], undefined]);
    await store.save(tokenOf("a"));
    await store.save(tokenOf("b", { polls: 1 }));
    await store.save(tokenOf("a", { polls: 2, memory: { text: 'ä€😀\0"\\\n\u2028', deep: [{ a: null }] } }));
    assertEquals(await store.load("a"), tokenOf("a", {
      polls: 2,
      memory: { text: 'ä€😀\0"\\\n\u2028', deep: [{ a: null }] },
    }));
    assertEquals(ids(await store.list()), ["a", "b"]);
    await store.remove("a");
    await store.remove("a");
    await store.remove("never");
    assertEquals([await store.load("a"), ids(await store.list())], [undefined, ["b"]]);
  });

  Deno.test(`${name}: every id is its own, whatever is in it`, async () => {
    await using place = await createPlace();
    const store = place.open(name);
    for (const [polls, id] of NASTY_IDS.entries()) await store.save(tokenOf(id, { polls }));
    for (const [polls, id] of NASTY_IDS.entries()) {
      assertEquals(await store.load(id), tokenOf(id, { polls }), id);
    }
    assertEquals(ids(await store.list()), [...NASTY_IDS].sort());
    const inPlace = await Array.fromAsync(Deno.readDir(place.directory), ({ name }) => name);
    assert(inPlace.every((each) => each.startsWith("operations")), inPlace.join());
    for (const id of NASTY_IDS) await store.remove(id);
    assertEquals(await store.list(), []);
  });

  Deno.test(`${name}: what is done to a token later changes nothing in the store`, async () => {
    await using place = await createPlace();
    const store = place.open(name);
    const token = tokenOf("a", { memory: { pollUrl: "x" } });
    const saved = store.save(token);
    Object.assign(token.memory, { pollUrl: "y" });
    await saved;
    Object.assign((await store.load("a"))!.memory, { pollUrl: "z" });
    Object.assign((await store.list())[0]!.memory, { pollUrl: "z" });
    assertEquals((await store.load("a"))?.memory, { pollUrl: "x" });
  });

  Deno.test(`${name}: of many saves at once the last one counts`, async () => {
    await using place = await createPlace();
    const store = place.open(name);
    const saves = Array.from({ length: 100 }, (_, polls) => store.save(tokenOf("a", { polls })));
    const others = Array.from({ length: 20 }, (_, polls) => store.save(tokenOf(`b${polls}`)));
    const read = store.load("a");
    await Promise.all([...saves, ...others]);
    assertEquals([(await store.load("a"))?.polls, (await store.list()).length], [99, 21]);
    assertEquals((await read)?.polls, 99);
    await Promise.all([store.save(tokenOf("a")), store.remove("a")]);
    assertEquals(await store.load("a"), undefined);
  });

  Deno.test(`${name}: a token is written down before its start is sent`, async () => {
    await using place = await createPlace();
    const store = place.open(name);
    const { clock, emulator, open } = createCloud();
    const seen: (ResumeToken | undefined)[] = [];
    await using runtime = open(store, {
      fetch: async (input, init) => {
        if (!String(input).includes("/poll/")) seen.push(await store.load("a"));
        return await emulator.fetch(input, init);
      },
    });
    await clock.runUntil(runtime.start(execution(), { id: "a" }).result());
    const [start, read] = seen;
    assertObjectMatch(start!, { value: { initial: "scheduling" }, uncertain: true });
    assertObjectMatch(read!, { value: { polling: "retrieving" }, uncertain: true });
    assert("resultUrl" in read!.memory);
  });

  Deno.test(`${name}: a result is written down before anybody is told`, async () => {
    await using place = await createPlace();
    const store = place.open(name);
    const { clock, open } = createCloud();
    await using runtime = open(store);
    const handle = runtime.start(execution(), { id: "a" });
    const seen = new Map<string, unknown>();
    const look = async (who: string) => seen.set(who, (await store.load("a"))?.outcome);
    handle.subscribe(({ outcome }) => outcome && void look("observer"));
    const waits = [handle.result(), handle.outcome(), handle.reached("succeeded")]
      .map((wait, i) => wait.then(() => look(`wait ${i}`)));
    await clock.runUntil(Promise.all(waits));
    assertEquals(seen.size, 4);
    for (const outcome of seen.values()) {
      assertObjectMatch(outcome as object, { kind: "succeeded", value: { answer: 42 } });
    }
  });

  Deno.test(`${name}: everything that a dead process left goes on in a new one, and is started once`, async () => {
    for (const afterMs of [0, 1, 1_500, 4_000, 8_000]) {
      await using place = await createPlace();
      const { clock, emulator, open } = createCloud();
      const store = place.open(name);
      const before = open(store);
      for (let i = 0; i < 5; i++) {
        before.start(execution(), { id: String(i) });
        await clock.advance(afterMs / 5);
      }
      await before.dispose(); // as good as dead: it writes nothing more
      const scheduled = emulator.executions.length;
      await using after = open(name === "memory" ? store : place.open(name));
      const tokens = await store.list();
      assertEquals(ids(tokens), ["0", "1", "2", "3", "4"]);
      const handles = tokens.map((token) => after.restore(token));
      const ends = await clock.runUntil(Promise.all(handles.map((handle) => handle.outcome())));
      // A start that was written down and perhaps sent is not sent again.
      const lost = ends.filter((end) => end.kind === "failed" && end.error.code === "transport");
      assertEquals(ends.filter(({ kind }) => kind === "succeeded").length, 5 - lost.length);
      assertEquals(emulator.executions.length, scheduled);
      assert(afterMs < 100 || lost.length <= 1, `${lost.length} lost after ${afterMs} ms`);
    }
  });

  if (name === "memory") continue;

  Deno.test(`${name}: another store at the same place sees everything, and both may write`, async () => {
    await using place = await createPlace();
    const [a, b] = [place.open(name), place.open(name)];
    await a.save(tokenOf("x", { polls: 1 }));
    assertEquals((await b.load("x"))?.polls, 1);
    await b.save(tokenOf("x", { polls: 2 }));
    assertEquals((await a.load("x"))?.polls, 2);
    const writes = Array.from({ length: 50 }, (_, i) => (i % 2 ? a : b).save(tokenOf(`y${i}`)));
    const same = Array.from({ length: 50 }, (_, i) => (i % 2 ? a : b).save(tokenOf("z", { polls: i })));
    await Promise.all([...writes, ...same]);
    assertEquals([(await a.list()).length, (await b.list()).length], [52, 52]);
    assert((await a.load("z"))!.polls >= 48); // the last one of either
    await a.remove("x");
    assertEquals(await b.load("x"), undefined);
  });

  Deno.test(`${name}: a process that is killed leaves the newest token or the one before it`, async () => {
    await using place = await createPlace();
    let least = 0;
    for (const kills of [1, 40, 150]) {
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--quiet", "--no-check", "--no-prompt", "--allow-read", "--allow-write"],
          new URL("_writer.ts", import.meta.url).pathname,
          ...[name, place.directory],
        ],
        stdout: "piped",
      }).spawn();
      let text = "";
      const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value = "" } = await reader.read();
        text += value;
        if (done) break;
        if (text.split("\n").length > kills) {
          try {
            child.kill("SIGKILL");
          } catch {
            // it is dead already, and there is more to read
          }
        }
      }
      await child.status;
      const told = text.trimEnd().split("\n").map(Number).at(-1)!;
      const store = place.open(name);
      const { polls } = (await store.load("a"))!;
      assert(polls === told || polls === told + 1, `told ${told}, found ${polls}`);
      assertEquals(ids(await store.list()), ["a"]);
      least = Math.max(least, told);
    }
    assert(least >= 149);
  });

  Deno.test(`${name}: only the owner may read what it keeps`, async () => {
    if (Deno.build.os === "windows") return;
    await using place = await createPlace();
    const store = place.open(name);
    await store.save(tokenOf("a"));
    const modes: string[] = [];
    for await (const entry of Deno.readDir(place.directory)) {
      const path = `${place.directory}/${entry.name}`;
      modes.push(mode(await Deno.stat(path)));
      if (!entry.isDirectory) continue;
      for await (const inner of Deno.readDir(path)) {
        modes.push(mode(await Deno.stat(`${path}/${inner.name}`)));
      }
    }
    assertEquals(new Set(modes), new Set(name === "files" ? ["700", "600"] : ["600"]));
  });
}

function mode({ mode }: Deno.FileInfo): string {
  return ((mode ?? 0) & 0o777).toString(8);
}

Deno.test("a directory of tokens is created when the first is saved, with all above it", async () => {
  await using place = await createPlace();
  const directory = `${place.directory}/state/lro`;
  const store = createFileStore(directory);
  assertEquals([await store.list(), await store.load("a")], [[], undefined]);
  await store.remove("a");
  await assertRejects(() => Deno.stat(directory), Deno.errors.NotFound);
  await store.save(tokenOf("a"));
  assertEquals(ids(await store.list()), ["a"]);
  await Deno.remove(directory, { recursive: true });
  await store.save(tokenOf("b"));
  assertEquals(ids(await store.list()), ["b"]);
});

const strangers: [what: string, file: string, content: string | undefined, complaint: RegExp][] = [
  ["an empty file", "x.json", "", /x\.json is damaged, it holds no whole JSON/],
  ["half a token", "x.json", JSON.stringify(tokenOf("x")).slice(0, 100), /x\.json is damaged/],
  ["bytes", "x.json", "\0\x01\xff", /x\.json is damaged/],
  ["other JSON", "package.json", '{"name":"x","version":"1"}', /package\.json holds something else than a token/],
  ["a list", "x.json", "[]", /holds something else/],
  ["null", "x.json", "null", /holds something else/],
  ["a directory", "x.json", undefined, /EISDIR|directory/i],
  ["a copy under another name", "a copy.json", JSON.stringify(tokenOf("a")), /holds operation "a", whose file is a\.json/],
];

for (const [what, file, content, complaint] of strangers) {
  Deno.test(`files: ${what} among the tokens is reported and hides no other`, async () => {
    await using place = await createPlace();
    const reported: unknown[] = [];
    const store = place.open("files", { onError: (error) => void reported.push(error) });
    for (const id of ["a", "z"]) await store.save(tokenOf(id));
    const path = `${place.directory}/operations/${file}`;
    if (content === undefined) await Deno.mkdir(path);
    else await Deno.writeTextFile(path, content);
    assertEquals(ids(await store.list()), ["a", "z"]);
    assertEquals(reported.length, 1);
    assertMatch(String(reported[0]), complaint);
    if (file !== "x.json") return;
    await assertRejects(async () => await store.load("x"), Error);
    if (content === undefined) return;
    await store.save(tokenOf("x")); // which mends it
    assertEquals((await store.load("x"))?.id, "x");
  });
}

Deno.test("files: other files are left alone, and nobody speaks of them", async () => {
  await using place = await createPlace();
  const reported: unknown[] = [];
  const store = place.open("files", { onError: (error) => void reported.push(error) });
  await store.save(tokenOf("a"));
  await Deno.writeTextFile(`${place.directory}/operations/README.md`, "# tokens");
  assertEquals([ids(await store.list()), reported], [["a"], []]);
});

Deno.test("files: what a killed process left half-written does no harm, and is swept away after an hour", async () => {
  await using place = await createPlace();
  const store = place.open("files");
  const directory = `${place.directory}/operations`;
  await store.save(tokenOf("a"));
  const [young, old] = [`${directory}/a.json.0.tmp`, `${directory}/a.json.1.tmp`];
  for (const path of [young, old]) await Deno.writeTextFile(path, '{"version":1,');
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  await Deno.utime(old, longAgo, longAgo);
  await store.save(tokenOf("a", { polls: 7 }));
  assertEquals((await store.list()).map(({ polls }) => polls), [7]);
  const names = await Array.fromAsync(Deno.readDir(directory), ({ name }) => name);
  assertEquals(names.sort(), ["a.json", "a.json.0.tmp"]);
});

Deno.test("files: a save that fails says why, and leaves the token from before", async () => {
  await using place = await createPlace();
  const store = place.open("files");
  await store.save(tokenOf("a"));
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  await assertRejects(async () => await store.save(tokenOf("a", { memory: circular })), TypeError);
  await Deno.mkdir(`${place.directory}/operations/b.json`);
  await assertRejects(async () => await store.save(tokenOf("b")), Error, "b.json");
  assertEquals((await store.load("a"))?.polls, 0);
  const names = await Array.fromAsync(Deno.readDir(`${place.directory}/operations`), ({ name }) => name);
  assertEquals(names.sort(), ["a.json", "b.json"]);
});

Deno.test("createFileStore() refuses what is no path", () => {
  for (const directory of ["", undefined, null, 5, new URL("file:///x")]) {
    assertThrows(() => createFileStore(directory as string), TypeError, "directory must be a path");
  }
});

Deno.test("sqlite: a damaged row is reported and hides no other", async () => {
  await using place = await createPlace();
  const reported: unknown[] = [];
  const store = place.open("sqlite", { onError: (error) => void reported.push(error) });
  for (const id of ["a", "m", "z"]) await store.save(tokenOf(id));
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(`${place.directory}/operations.db`);
  database.exec("UPDATE lro_operations SET token = '{\"version\":1,' WHERE id = 'm'");
  database.close();
  assertEquals(ids(await store.list()), ["a", "z"]);
  assertMatch(String(reported[0]), /row "m" of .*operations\.db is damaged/);
  assertThrows(() => store.load("m"), TypeError, 'row "m"');
});

Deno.test("sqlite: the rest of a database is left alone", async () => {
  await using place = await createPlace();
  const path = `${place.directory}/operations.db`;
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE mine (a); INSERT INTO mine VALUES (1); PRAGMA user_version = 7");
  const store = place.open("sqlite");
  await store.save(tokenOf("a"));
  assertEquals({ ...database.prepare("SELECT a FROM mine").get() }, { a: 1 });
  assertEquals({ ...database.prepare("PRAGMA user_version").get() }, { user_version: 7 });
  database.close();
});

Deno.test("sqlite: a store can be closed twice, and is closed at the end of its scope", async () => {
  await using place = await createPlace();
  let kept: OperationStore;
  {
    using store = createSqliteStore(`${place.directory}/operations.db`);
    kept = store;
    store.save(tokenOf("a"));
    store.close();
  }
  assertThrows(() => kept.list(), Error, "not open");
});

Deno.test("createSqliteStore() refuses what is no path, and a file that is no database", async () => {
  for (const options of ["", {}, { path: 5 }, { path: "" }]) {
    assertThrows(() => createSqliteStore(options as string), TypeError, "path must be a path");
  }
  const bad = { path: ":memory:", busyTimeoutMs: -1 };
  assertThrows(() => createSqliteStore(bad), RangeError, "busyTimeoutMs must be");
  await using place = await createPlace();
  const path = `${place.directory}/x.db`;
  await Deno.writeTextFile(path, "this is no database, and long enough to be taken for one".repeat(20));
  assertThrows(() => createSqliteStore(path), Error, "not a database");
});

/** A store some of whose writes fail or take their time. */
function createOddStore(save: (token: ResumeToken, store: OperationStore) => void | Promise<void>) {
  const store = createMemoryStore();
  return { ...store, save: (token: ResumeToken) => save(token, store) };
}

for (const how of ["rejects", "throws"]) {
  const fail = () => {
    const error = new Error("disk full");
    if (how === "throws") throw error;
    return Promise.reject(error);
  };

  Deno.test(`a store that ${how} before a start: nothing is sent, and the error says why`, async () => {
    const { clock, emulator, reported, open } = createCloud();
    await using runtime = open(createOddStore(fail));
    const outcome = await clock.runUntil(runtime.start(execution(), { id: "a" }).outcome());
    assert(outcome.kind === "failed");
    assertEquals([outcome.error.code, outcome.requests, emulator.log.length], ["transport", 0, 0]);
    assertMatch(outcome.error.message, /the store cannot be written, so nothing was sent: disk full/);
    assert(reported.every((error) => String(error) === "Error: disk full"));
    assert("token" in outcome.error);
  });

  Deno.test(`a store that ${how} at the end: it is reported, and the outcome is told all the same`, async () => {
    const { clock, reported, open } = createCloud();
    const store = createOddStore((token, store) => token.outcome ? fail() : store.save(token));
    await using runtime = open(store);
    const handle = runtime.start(execution());
    assertEquals(await clock.runUntil(handle.result()), { answer: 42 });
    assertEquals(reported.map(String), ["Error: disk full"]);
  });

  Deno.test(`a store that ${how} in between is reported, and keeps nobody waiting`, async () => {
    const { clock, reported, open } = createCloud();
    const store = createOddStore((token, store) =>
      token.value !== "succeeded" && "pollUrl" in token.memory && !token.uncertain ? fail() : store.save(token)
    );
    await using runtime = open(store);
    assertEquals(await clock.runUntil(runtime.start(execution()).result()), { answer: 42 });
    assert(reported.length > 0);
  });
}

Deno.test("a store that is slow delays what must be written first, and nothing else", async () => {
  const { clock, emulator, open } = createCloud();
  const saved: string[] = [];
  const store = createOddStore((token) =>
    new Promise((resolve) =>
      void clock.setTimeout(() => {
        saved.push(JSON.stringify(token.value));
        resolve();
      }, 200)
    )
  );
  await using runtime = open(store);
  const handle = runtime.start(execution());
  const value = await clock.runUntil(handle.result());
  assertEquals(value, { answer: 42 });
  const times = Object.fromEntries(emulator.log.map(({ kind, atMs }) => [kind, atMs]));
  // Two writes before the start; the poll waits for none; one or two before the result.
  assertEquals(times["schedule"], 400);
  assert(times["result"]! - times["poll"]! >= 200 && times["result"]! - times["poll"]! <= 600);
  assertEquals(saved.at(-1), '"succeeded"');
  assertEquals(handle.snapshot.outcome?.polls, emulator.count("poll"));
});

Deno.test("tokens of one operation are written in the order of its life, however long each takes", async () => {
  const { clock, open } = createCloud();
  const started: number[] = [];
  const order: string[] = [];
  let running = 0;
  const store = createOddStore((token) => {
    assertEquals(++running, 1, "two writes at once");
    started.push(started.length);
    return new Promise((resolve) =>
      void clock.setTimeout(() => {
        running--;
        order.push(`${JSON.stringify(token.value)}${token.uncertain ? "?" : ""}`);
        resolve();
      }, started.length % 2 ? 300 : 10)
    );
  });
  await using runtime = open(store);
  await clock.runUntil(runtime.start(execution()).result());
  assertEquals([order[0], order[1], order.at(-1)], [
    '{"initial":"scheduling"}',
    '{"initial":"scheduling"}?',
    '"succeeded"',
  ]);
  assertEquals(order.indexOf('{"polling":"waiting"}') > 1, true);
});

Deno.test("an operation that was told how it ended stays in the store until somebody removes it", async () => {
  const { clock, open } = createCloud();
  const store = createMemoryStore();
  await using runtime = open(store);
  await clock.runUntil(runtime.start(execution(), { id: "a" }).result());
  const [token] = store.list();
  assertEquals(token?.outcome?.kind, "succeeded");
  assertEquals(await runtime.restore(token!).result(), { answer: 42 });
  store.remove("a");
  assertEquals(store.list(), []);
});
