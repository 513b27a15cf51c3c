/**
 * The npm package in the tests of its users: Vitest, Jest and `node:test`, each
 * with its own fake timers. Part of `deno task pack:test`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { createProject, type Installed, installPackage, succeed } from "./_npm.ts";

const RUNNERS = ["vitest@3.2.4", "jest@30.5.2", "@jest/globals@30.5.2"];

/** How each runner fakes timers; see `consumer/fakes.mjs`. */
const FAKING = {
  vitest: `
    import { test, vi } from "vitest";
    const runner = {
      fakes: {
        "by default": () => vi.useFakeTimers(),
        "from 1970": () => vi.useFakeTimers({ now: 0 }),
        "no performance": () => vi.useFakeTimers({
          toFake: ["setTimeout", "clearTimeout", "setImmediate", "Date"],
        }),
        "no Date": () => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }),
        "timers alone": () => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }),
      },
      real: () => vi.useRealTimers(),
      advance: (ms) => vi.advanceTimersByTimeAsync(ms),
      fakeDate: () => vi.useFakeTimers({ toFake: ["Date"] }),
    };`,
  jest: `
    import { jest, test } from "@jest/globals";
    const others = ["hrtime", "nextTick", "queueMicrotask", "setInterval", "clearInterval"];
    const immediates = ["setImmediate", "clearImmediate"];
    const runner = {
      fakes: {
        "by default": () => jest.useFakeTimers(),
        "from 1970": () => jest.useFakeTimers({ now: 0 }),
        "no performance": () => jest.useFakeTimers({ doNotFake: ["performance"] }),
        "no Date": () => jest.useFakeTimers({ doNotFake: ["Date"] }),
        "timers alone": () => jest.useFakeTimers({
          doNotFake: ["Date", "performance", ...immediates, ...others],
        }),
      },
      real: () => jest.useRealTimers(),
      advance: (ms) => jest.advanceTimersByTimeAsync(ms),
      fakeDate: () => jest.useFakeTimers({
        doNotFake: ["setTimeout", "clearTimeout", "performance", ...immediates, ...others],
      }),
    };`,
  node: `
    import { mock, test } from "node:test";
    const { setImmediate } = globalThis;
    const runner = {
      fakes: {
        "by default": () => mock.timers.enable(),
        "from 2030": () => mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2030) }),
        "timers alone": () => mock.timers.enable({ apis: ["setTimeout"] }),
      },
      real: () => mock.timers.reset(),
      advance: async (ms) => {
        for (let passedMs = 0; passedMs < ms; passedMs += 1_000) {
          await new Promise((resolve) => setImmediate(resolve));
          mock.timers.tick(1_000);
        }
      },
      fakeDate: () => mock.timers.enable({ apis: ["Date"] }),
    };`,
};

const CLAIMING = `
  const { claims } = await import("./fakes.mjs");
  for (const [name, run] of claims(runner)) test(name, run);
`;

let installed: Installed;
let project: string;

// The package outlives the test that asks for it first.
Deno.test.sanitizer({ ops: false, resources: false });
Deno.test.beforeAll(async () => {
  installed = await installPackage([]);
  project = await createProject(`${installed.tools}/runners`, [installed.tarball, ...RUNNERS]);
  const fakes = new URL("consumer/fakes.mjs", import.meta.url);
  await Deno.copyFile(fakes, `${project}/fakes.mjs`);
  await Deno.writeTextFile(
    `${project}/jest.config.mjs`,
    `export default { testMatch: ["**/*.jest.mjs"], transform: {} };`,
  );
  await Deno.writeTextFile(
    `${project}/vitest.config.mjs`,
    `export default { test: { include: ["*.vitest.mjs"] } };`,
  );
});
Deno.test.afterAll(() => installed.remove());

Deno.test("Vitest: the documentation's tests pass", async () => {
  await runVitest("page", await documented("vitest"));
});

Deno.test("Vitest: time goes with its fake timers, the virtual clock without", async () => {
  await runVitest("claims", FAKING.vitest + CLAIMING);
});

Deno.test("Vitest: so it does where timers were faked before the package was loaded", async () => {
  await runVitest("early", `${FAKING.vitest}\nvi.useFakeTimers();\n${CLAIMING}`);
});

Deno.test("Jest: the documentation's tests pass", async () => {
  await runJest("page", await documented("@jest/globals"));
});

Deno.test("Jest: time goes with its fake timers, the virtual clock without", async () => {
  await runJest("claims", FAKING.jest + CLAIMING);
});

Deno.test("Jest: so it does where timers were faked before the package was loaded", async () => {
  await runJest("early", `${FAKING.jest}\njest.useFakeTimers();\n${CLAIMING}`);
});

Deno.test("node:test: the documentation's tests pass", async () => {
  await runNode("page", await documented("node:test"));
});

Deno.test("node:test: time goes with its mock timers, the virtual clock without", async () => {
  await runNode("claims", FAKING.node + CLAIMING);
});

/** The program in docs/testing.md that imports this module. */
async function documented(module: string): Promise<string> {
  const page = await Deno.readTextFile(new URL("../../docs/testing.md", import.meta.url));
  const programs = page.matchAll(/^```js ignore\n(.*?)^```$/gms).map(([, program]) => program!);
  const found = programs.filter((program) => program.includes(`from "${module}"`)).toArray();
  assertEquals(found.length, 1, module);
  return found[0]!;
}

async function runVitest(name: string, program: string): Promise<void> {
  await Deno.writeTextFile(`${project}/${name}.vitest.mjs`, program);
  const reporter = ["--reporter=json", `--outputFile=${name}.vitest.json`];
  const args = ["node_modules/vitest/vitest.mjs", "run", ...reporter, `${name}.vitest.mjs`];
  await succeed("node", args, project);
  await checkReport(`${name}.vitest.json`);
}

async function runJest(name: string, program: string): Promise<void> {
  await Deno.writeTextFile(`${project}/${name}.jest.mjs`, program);
  const flags = ["--experimental-vm-modules", "node_modules/jest/bin/jest.js", "--json"];
  const args = [...flags, `--outputFile=${name}.jest.json`, `${name}.jest.mjs`];
  await succeed("node", args, project);
  await checkReport(`${name}.jest.json`);
}

/** Vitest writes its report as Jest does. */
async function checkReport(file: string): Promise<void> {
  const { numPassedTests, numTotalTests } = JSON.parse(
    await Deno.readTextFile(`${project}/${file}`),
  );
  assert(numTotalTests > 0, file);
  assertEquals(numPassedTests, numTotalTests);
}

async function runNode(name: string, program: string): Promise<void> {
  await Deno.writeTextFile(`${project}/${name}.node.mjs`, program);
  const reporter = "--test-reporter=tap";
  const output = await succeed("node", ["--test", reporter, `${name}.node.mjs`], project);
  const [, total] = /^# tests (\d+)$/m.exec(output) ?? [];
  const [, passed] = /^# pass (\d+)$/m.exec(output) ?? [];
  assert(Number(total) > 0, output);
  assertEquals(passed, total);
}
