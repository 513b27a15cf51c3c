/**
 * The npm package in the hands of its users: the command, and strict TypeScript.
 * Part of `deno task pack:test`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { createProject, type Installed, installPackage, run, succeed, tool } from "./_npm.ts";

let installed: Installed;

// The package outlives the test that asks for it first.
Deno.test.sanitizer({ ops: false, resources: false });
Deno.test.beforeAll(async () => {
  installed = await installPackage(["typescript@5.9.3"]);
});
Deno.test.afterAll(() => installed.remove());

Deno.test("lro says what it needs, and runs once that is there", async () => {
  const { peerDependencies } = JSON.parse(
    await Deno.readTextFile(`${installed.project}/node_modules/@lro/machines/package.json`),
  );
  const plan = ["plan", "--schedule", "fixed:20s", "--deadline", "1m", "--json"];
  const program = "node_modules/.bin/lro";
  const without = await run("node", [program, ...plan], installed.project);
  assertEquals([without.code, without.stdout], [2, ""]);
  const [, missing] = without.stderr.match(/^error: .*: npm install (\S+)\n$/) ?? [];
  assert(missing !== undefined && missing in peerDependencies, without.stderr);

  const folder = `${installed.project}/command`;
  await createProject(folder, [installed.tarball, ...Object.keys(peerDependencies)]);
  assertEquals(JSON.parse(await succeed("node", [program, ...plan], folder)), [20_000, 40_000]);
});

for (const resolution of ["nodenext", "bundler"]) {
  Deno.test(`a strict TypeScript consumer compiles with ${resolution} resolution`, async () => {
    const source = new URL("consumer/strict.ts", import.meta.url);
    for (const file of ["strict.ts", "strict.cts"]) {
      await Deno.copyFile(source, `${installed.project}/${file}`);
    }
    const { code, stdout } = await run("node", [
      tool(installed, "typescript/bin/tsc"),
      "--noEmit",
      "--strict",
      "--noUncheckedIndexedAccess",
      "--target",
      "es2022",
      "--lib",
      "es2022,dom,esnext.disposable",
      "--module",
      resolution === "bundler" ? "preserve" : "nodenext",
      "--moduleResolution",
      resolution,
      "strict.ts",
      "strict.cts",
    ], installed.project);
    assertEquals([code, stdout], [0, ""]);
  });
}
