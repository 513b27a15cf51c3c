import { assertEquals, assertThrows } from "@std/assert";
import { completePackageJson } from "../../tools/pack/package_json.ts";

const program = { entry: "./program", file: "./src/cli/main.js" };
const home = "https://github.com/lro/machines";
const packed = {
  name: "@lro/machines",
  version: "0.1.0",
  exports: { ".": { default: "./mod.js" }, "./program": { default: "./src/cli/main.js" } },
  dependencies: { commander: "^14", xstate: "^5" },
};

Deno.test("completePackageJson() makes an optional peer of all but xstate", () => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = completePackageJson(
    packed,
    program,
    home,
  );
  assertEquals(dependencies, { xstate: "^5" });
  assertEquals(peerDependencies, { commander: "^14" });
  assertEquals(peerDependenciesMeta, { commander: { optional: true } });
});

Deno.test("completePackageJson() makes a command of the program, and no entry point", () => {
  const { bin, exports } = completePackageJson(packed, program, home);
  assertEquals(bin, { lro: "./src/cli/main.js" });
  assertEquals(Object.keys(exports), [".", "./package.json"]);
});

Deno.test("completePackageJson() refuses a library that does not need xstate", () => {
  const without = { ...packed, dependencies: {} };
  assertThrows(() => completePackageJson(without, program, home), Error, "must need xstate");
});
