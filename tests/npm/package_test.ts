/** The npm package, installed into an empty project: what is in it, and that it works there. `everywhere.ts` has the rest. */
import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { azure, createRuntime, elasticio, linode, lxd, oci } from "@lro/machines";
import { createAzureEmulator } from "@lro/machines/testing";
import { entryPoints } from "../../tools/entry_points.ts";
import { bundle } from "./_bundle.ts";
import { findChromium, openBundle } from "./_chromium.ts";
import { readmeProgram } from "./_readme.ts";
import { type Installed, installPackage, succeed } from "./_npm.ts";

let installed: Installed;

// The package outlives the test that asks for it first.
Deno.test.sanitizer({ ops: false, resources: false });
Deno.test.beforeAll(async () => {
  installed = await installPackage();
});
Deno.test.afterAll(() => installed.remove());

/** A file of the installed package. */
function read(path: string): Promise<string> {
  return Deno.readTextFile(`${installed.project}/node_modules/@lro/machines/${path}`);
}

Deno.test("the npm package has every entry point of deno.json, with code and types", async () => {
  const { exports } = JSON.parse(await read("package.json"));
  assertEquals(Object.keys(exports), [...Object.keys(entryPoints), "./package.json"]);
  for (const entry of Object.keys(entryPoints)) {
    assert((await read(exports[entry].types)).includes("export"), `the types of ${entry}`);
    assert((await read(exports[entry].default)).includes("export"), `the code of ${entry}`);
  }
});

Deno.test("the npm package brings xstate and nothing else", async () => {
  const { dependencies, peerDependenciesMeta } = JSON.parse(await read("package.json"));
  assertEquals(Object.keys(dependencies), ["xstate"]);
  assertEquals(
    Object.values(peerDependenciesMeta),
    Object.keys(peerDependenciesMeta).map(() => ({ optional: true })),
  );
  const there = [...Deno.readDirSync(`${installed.project}/node_modules`)]
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("."));
  assertEquals(there.sort(), ["@lro", "xstate"]);
});

Deno.test("the npm package has no sources, tests or tools", async () => {
  const names = (await succeed("tar", ["-tzf", installed.tarball], installed.project)).trim()
    .split("\n").map((name) => name.replace(/^package\//, ""));
  const others = names.filter((name) => !/^(mod|chunk-\w+|src\/.+)(\.d\.ts|\.js)$/.test(name));
  assertEquals(others.sort(), ["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
});

Deno.test("the npm package is a few files, each entry point one of them", async () => {
  const names = (await succeed("tar", ["-tzf", installed.tarball], installed.project)).split("\n");
  const modules = names.filter((name) => name.endsWith(".js")).length;
  const entries = Object.keys(entryPoints).length;
  assert(modules >= entries && modules < 4 * entries, `${modules} modules`); // of 244
});

Deno.test("a bundle of who imports createRuntime alone can restore any provider's token", async () => {
  const fetch = () => new Promise<Response>(() => {});
  await using runtime = createRuntime({ fetch });
  const url = "https://management.azure.com/x";
  const operations = [
    azure.operation({ request: { method: "PUT", url } }),
    elasticio.poll({ executionId: "1" }),
    linode.entityFree({ entityType: "linode", entityId: 1 }),
    lxd.operation({ operation: "0c0c4a2a-8d3b-4a5f-9d7c-0d6a0b6d2f11" }),
    oci.workRequest({
      workRequestId: "ocid1.w",
      baseUrl: "https://iaas.us-ashburn-1.oraclecloud.com",
    }),
  ];
  const tokens = operations.map((operation) => JSON.stringify(runtime.start(operation).token()));
  const file = await bundle(installed, {
    entry: "consumer/restore.ts",
    output: "restore.js",
    format: "esm",
    external: ["node:process"],
    minify: true,
  });
  const output = await succeed("node", [file, ...tokens], installed.project);
  assertEquals(output.trim().split("\n"), operations.map(({ kind }) => kind));
});

Deno.test("require() in Node gives the modules that import gives", async () => {
  const { exports } = JSON.parse(await read("package.json"));
  const names = Object.keys(exports)
    .filter((entry) => !entry.endsWith(".json") && entry !== "./cli") // which takes commander
    .map((entry) => `@lro/machines${entry.slice(1)}`);
  const script = `for (const name of ${JSON.stringify(names)}) {
    const required = require(name);
    import(name).then((imported) => console.log(name, imported === required));
  }`;
  const output = await succeed("node", ["-e", script], installed.project);
  assertEquals(output.trim().split("\n").sort(), names.map((name) => `${name} true`).sort());
});

Deno.test("README's first program runs in Node as it is pasted", async () => {
  await Deno.writeTextFile(`${installed.project}/wait.mjs`, await readmeProgram());
  const output = await succeed("node", ["wait.mjs"], installed.project);
  assertMatch(output, /^polling \d+\n(.*\n)*.*provisioningState: 'Succeeded'/);
});

Deno.test("an operation runs in Chromium, from a bundle", {
  ignore: await findChromium() === "", // there is none on this machine
}, async () => {
  const emulator = createAzureEmulator({ token: "secret", plan: { durationMs: 120 } });
  assertEquals(await openBundle(installed, "consumer/page.ts", emulator.handle), {
    states: ["initial", "polling", "succeeded"],
    end: "westeurope",
  });
});

Deno.test("the core and one provider weigh what README says, minified and gzipped", async () => {
  const readme = (await read("README.md")).replaceAll(/\s+/g, " ");
  const said = /are (\d+) kB, minified and gzipped, or (\d+) kB with XState/.exec(readme) ?? [];
  const seen = [await kilobytes(["xstate"]), await kilobytes([])];
  console.log(`core and one provider: ${seen[0]} kB, with xstate ${seen[1]} kB`);
  for (const [index, size] of seen.entries()) assertAlmostEquals(size, Number(said[index + 1]), 3);
});

async function kilobytes(external: readonly string[]): Promise<number> {
  const file = await bundle(installed, {
    entry: "consumer/small.ts",
    output: `small${external.length}.js`,
    format: "esm",
    minify: true,
    external,
  });
  const { body } = new Response((await Deno.open(file)).readable);
  const gzipped = await new Response(body!.pipeThrough(new CompressionStream("gzip"))).bytes();
  return Math.round(gzipped.length / 100) / 10;
}
