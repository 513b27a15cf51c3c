import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { createFileStore } from "@lro/machines/store/files";
import { tokenOf } from "./_stores.ts";
import { createPlace, ids } from "./_place.ts";

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
  [
    "other JSON",
    "package.json",
    '{"name":"x","version":"1"}',
    /package\.json holds something else than a token/,
  ],
  ["a list", "x.json", "[]", /holds something else/],
  ["null", "x.json", "null", /holds something else/],
  ["a directory", "x.json", undefined, /EISDIR|directory/i],
  [
    "a copy under another name",
    "a copy.json",
    JSON.stringify(tokenOf("a")),
    /holds operation "a", whose file is a\.json/,
  ],
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
  const names = await Array.fromAsync(
    Deno.readDir(`${place.directory}/operations`),
    ({ name }) => name,
  );
  assertEquals(names.sort(), ["a.json", "b.json"]);
});

Deno.test("createFileStore() refuses what is no path", () => {
  for (const directory of ["", undefined, null, 5, new URL("file:///x")]) {
    assertThrows(() => createFileStore(directory as string), TypeError, "directory must be a path");
  }
});

Deno.test("files: no flipped bit goes unnoticed, and files without a checksum are read", async () => {
  await using place = await createPlace();
  const errors: unknown[] = [];
  const store = place.open("files", { onError: (error) => void errors.push(error) });
  const token = tokenOf("a");
  await store.save(token);
  const path = `${place.directory}/operations/a.json`;
  const bytes = await Deno.readFile(path);
  assertEquals(JSON.parse(new TextDecoder().decode(bytes)).id, "a");
  let damaged = 0;
  for (let index = 0; index < bytes.length; index++) {
    for (const bit of [1, 4, 64]) {
      const broken = bytes.slice();
      broken[index]! ^= bit;
      await Deno.writeFile(path, broken);
      damaged++;
      assertEquals(await store.list(), [], `bit ${bit} of byte ${index}`);
    }
  }
  assertEquals(errors.length, damaged);
  await Deno.writeTextFile(path, JSON.stringify(token));
  assertEquals(await store.list(), [JSON.parse(JSON.stringify(token))]);
});
