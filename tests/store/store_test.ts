/** The same claims for every store. */
import { assert, assertEquals, assertObjectMatch } from "@std/assert";
import type { ResumeToken } from "@lro/machines";
import { tokenOf } from "./_stores.ts";
import { createCloud, createPlace, execution, ids } from "./_place.ts";

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
    await store.save(
      tokenOf("a", { polls: 2, memory: { text: 'ä€😀\0"\\\n\u2028', deep: [{ a: null }] } }),
    );
    assertEquals(
      await store.load("a"),
      tokenOf("a", {
        polls: 2,
        memory: { text: 'ä€😀\0"\\\n\u2028', deep: [{ a: null }] },
      }),
    );
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
    const { clock, emulator, open, wait } = createCloud();
    const seen: (ResumeToken | undefined)[] = [];
    await using runtime = open(store, {
      fetch: async (input, init) => {
        if (!String(input).includes("/poll/")) seen.push(await wait(() => store.load("a")));
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
    const { clock, open, wait } = createCloud();
    await using runtime = open(store);
    const handle = runtime.start(execution(), { id: "a" });
    const seen = new Map<string, unknown>();
    const look = async (who: string) => {
      seen.set(who, (await wait(() => store.load("a")))?.outcome);
    };
    handle.subscribe(({ outcome }) => outcome && void look("observer"));
    const waits = [handle.result(), handle.outcome(), handle.reached("succeeded")]
      .map((waiting, i) => waiting.then(() => look(`wait ${i}`)));
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
    const same = Array.from(
      { length: 50 },
      (_, i) => (i % 2 ? a : b).save(tokenOf("z", { polls: i })),
    );
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
