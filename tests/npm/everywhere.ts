/**
 * The npm package on every platform that it is for, and before the tools that
 * judge packages. It fetches whole runtimes, so it is no part of the tests that
 * run all the time (hence its name):
 *
 * ```sh
 * deno task pack:test
 * ```
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { findChromium, openBundle, openProgram } from "./_chromium.ts";
import { bundleConformance, checkConformance, runConformance } from "./_conformance.ts";
import type { ConformanceReport } from "./consumer/conformance.ts";
import { readmeProgram } from "./_readme.ts";
import { type Installed, installPackage, run, succeed, tool } from "./_npm.ts";

/** `latest` is what comes after the versions named, once it is there. */
const NODES = ["20", "22", "24", "latest"];

let installed: Installed;

// The package outlives the test that asks for it first.
Deno.test.sanitizer({ ops: false, resources: false });
Deno.test.beforeAll(async () => {
  installed = await installPackage([
    "@arethetypeswrong/cli@0.18.5",
    "esbuild@0.28.2",
    "playwright-core@1.65.1",
    "publint@0.3.25",
    "typescript@7.0.2",
  ]);
});
Deno.test.afterAll(() => installed.remove());

for (const version of NODES) {
  const node = ["npx", "-y", `node@${version}`] as const;
  for (const loading of ["import", "require"] as const) {
    Deno.test(`Node ${version} keeps every conformance claim, by ${loading}`, async () => {
      console.log(`Node ${(await succeed("npx", ["-y", `node@${version}`, "-v"], ".")).trim()}`);
      await runConformance(installed, node, await bundleConformance(installed, loading));
    });
  }
}

for (const version of NODES) {
  Deno.test(`Node ${version} runs README's first program as it is pasted`, async () => {
    const file = `${installed.project}/wait.mjs`;
    await Deno.writeTextFile(file, await readmeProgram());
    const output = await succeed("npx", ["-y", `node@${version}`, file], installed.project);
    assertMatch(output, /provisioningState: 'Succeeded'/);
  });
}

Deno.test("Deno runs README's first program by an import map", async () => {
  const folder = `${installed.tools}/map`; // where no node_modules are of help
  await Deno.mkdir(folder);
  const modules = `${installed.project}/node_modules/@lro/machines`;
  const imports = {
    "@lro/machines": `${modules}/mod.js`,
    "@lro/machines/testing": `${modules}/src/testing/mod.js`,
    "xstate": "npm:xstate@^5.33.3",
  };
  await Deno.writeTextFile(`${folder}/map.json`, JSON.stringify({ imports }));
  await Deno.writeTextFile(`${folder}/wait.mjs`, await readmeProgram());
  const flags = ["run", "--no-lock", "--node-modules-dir=none", "--import-map=map.json"];
  const output = await succeed(Deno.execPath(), [...flags, "wait.mjs"], folder);
  assertMatch(output, /provisioningState: "Succeeded"/);
});

Deno.test("Chromium runs README's first program by an import map", {
  ignore: await findChromium() === "", // there is none on this machine
}, async () => {
  const shown = await openProgram(installed, await readmeProgram());
  assertMatch(shown, /^\{id: \/resourceGroups\/demo, /);
});

Deno.test("Bun keeps every conformance claim", async () => {
  const bun = ["npx", "-y", "bun@1"] as const;
  await runConformance(installed, bun, await bundleConformance(installed, "import"));
});

Deno.test("Deno keeps every conformance claim with the npm package", async () => {
  const deno = [Deno.execPath(), "run", "--no-lock"] as const;
  await runConformance(installed, deno, await bundleConformance(installed, "import"));
});

Deno.test("Chromium keeps every conformance claim", {
  ignore: await findChromium() === "", // there is none on this machine
}, async () => {
  const nothing = () => new Response(null, { status: 404 });
  const report = await openBundle(installed, "consumer/conformance.ts", nothing);
  checkConformance(report as ConformanceReport);
});

Deno.test("publint has nothing to say", async () => {
  const output = await succeed("node", [
    tool(installed, "publint/src/cli.js"),
    "run",
    "--strict",
    installed.tarball,
  ], installed.project);
  assertMatch(output, /All good!/);
});

Deno.test("the types are right, says attw: there are ES modules and nothing else", async () => {
  const { code, stdout } = await run("node", [
    tool(installed, "@arethetypeswrong/cli/dist/index.js"),
    "--profile",
    "esm-only",
    "--format",
    "json",
    installed.tarball,
  ], installed.project);
  const { problems = {} } = JSON.parse(stdout);
  // The profile leaves out who cannot load ES modules, in the exit code alone.
  const others = Object.keys(problems).filter((kind) =>
    kind !== "CJSResolvesToESM" && kind !== "NoResolution"
  );
  assertEquals([code, others], [0, []]);
});

Deno.test("a strict TypeScript consumer compiles with the newest compiler too", async () => {
  await Deno.copyFile(
    new URL("consumer/strict.ts", import.meta.url),
    `${installed.project}/strict.ts`,
  );
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "esnext"];
  const { code, stdout } = await run(
    "node",
    [tool(installed, "typescript/bin/tsc"), ...options, "strict.ts"],
    installed.project,
  );
  assertEquals([code, stdout], [0, ""]);
});
