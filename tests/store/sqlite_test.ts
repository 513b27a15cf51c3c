import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { OperationStore } from "@lro/machines";
import { createSqliteStore } from "@lro/machines/store/sqlite";
import { tokenOf } from "./_stores.ts";
import { createPlace, ids } from "./_place.ts";

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
  for (const use of [() => kept.list(), () => kept.load("a"), () => kept.save(tokenOf("a"))]) {
    assertThrows(use, Error, "operations.db was closed");
  }
});

Deno.test("createSqliteStore() refuses what is no path, and a file that is no database", async () => {
  for (const options of ["", {}, { path: 5 }, { path: "" }]) {
    assertThrows(() => createSqliteStore(options as string), TypeError, "path must be a path");
  }
  const bad = { path: ":memory:", busyTimeoutMs: -1 };
  assertThrows(() => createSqliteStore(bad), RangeError, "busyTimeoutMs must be");
  await using place = await createPlace();
  const path = `${place.directory}/x.db`;
  await Deno.writeTextFile(
    path,
    "this is no database, and long enough to be taken for one".repeat(20),
  );
  assertThrows(() => createSqliteStore(path), Error, "not a database");
});

Deno.test("sqlite: a row so rotten that SQLite cannot hand it out hides no other", async () => {
  await using place = await createPlace();
  const reported: unknown[] = [];
  const store = place.open("sqlite", { onError: (error) => void reported.push(error) });
  for (const id of ["a", "m", "z"]) await store.save(tokenOf(id));
  const { DatabaseSync } = await import("node:sqlite");
  const [{ name }] = [...Deno.readDirSync(place.directory)].filter(({ name }) =>
    !/-(?:wal|shm)$/.test(name)
  ) as [Deno.DirEntry];
  const database = new DatabaseSync(`${place.directory}/${name}`);
  database.exec("UPDATE lro_operations SET token = CAST(x'ff00fe' AS TEXT) WHERE id = 'm'");
  database.exec("UPDATE lro_operations SET id = CAST(x'fffe' AS BLOB) WHERE id = 'm'");
  database.close();
  const kept = await store.list();
  assertEquals([kept.map(({ id }) => id), reported.length], [["a", "z"], 1]);
});
