import { assertEquals } from "@std/assert";
import plugin from "../../tools/lint_plugin.ts";

/** Lints one file and returns what is found, each as `rule: message`. */
function lint(file: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, file, source).map(({ id, message }) => `${id}: ${message}`);
}

function ambient(...names: string[]): string[] {
  return names.map((name) => `lro/no-ambient-effects: Ambient ${name} outside services.ts`);
}

Deno.test("no-ambient-effects finds calls of time, HTTP, chance and the console", () => {
  for (
    const [source, name] of [
      ["setTimeout(f, 1);", "setTimeout"],
      ["await fetch(url);", "fetch"],
      ["Date.now();", "Date.now"],
      ["new Date();", "new Date()"],
      ["Date();", "Date()"],
      ["performance.now();", "performance"],
      ["Math.random();", "Math.random"],
      ["crypto.randomUUID();", "crypto.randomUUID"],
      ["AbortSignal.timeout(5);", "AbortSignal.timeout"],
      ["console.log(1);", "console"],
      ["new WebSocket(url);", "WebSocket"],
      ["globalThis.fetch(url);", "globalThis.fetch"],
      [
        'import { setTimeout } from "node:timers/promises";',
        "node:timers/promises",
      ],
      ['import { request } from "node:https";', "node:https"],
    ] as const
  ) {
    assertEquals(lint("src/a.ts", source), ambient(name), source);
  }
});

Deno.test("no-ambient-effects finds what is passed on instead of called", () => {
  for (
    const [source, name] of [
      ["const send = fetch;", "fetch"],
      ["start({ fetch });", "fetch"],
      ["function f(send = fetch) {}", "fetch"],
      ["const { fetch: send = globalThis.fetch } = o;", "globalThis.fetch"],
      ["const { setTimeout } = globalThis;", "globalThis.setTimeout"],
      ["const { random } = Math;", "Math.random"],
      ["const later = setTimeout as Later;", "setTimeout"],
    ] as const
  ) {
    assertEquals(lint("src/a.ts", source), ambient(name), source);
  }
});

Deno.test("no-ambient-effects leaves names alone that are not the globals", () => {
  for (
    const source of [
      "services.fetch(url);",
      "function send({ fetch }: Services) { return fetch(url); }",
      "const f = (fetch: Fetch) => fetch(url);",
      'import { fetch } from "./fetch.ts"; fetch(url);',
      "function fetch() {} fetch();",
      "for (const fetch of all) fetch(url);",
      "class A { fetch = 1; setTimeout() { return this.fetch; } }",
      "interface Clock { setTimeout(fn: () => void): unknown }",
      "type Fetch = typeof fetch;",
      "let f: typeof globalThis.fetch;",
      "const clock = { setTimeout: 1 };",
      "new Date(0).getTime(); Math.max(1, 2);",
      'import type { Server } from "node:http";',
    ]
  ) {
    assertEquals(lint("src/a.ts", source), [], source);
  }
});

Deno.test("no-ambient-effects sees a global past a parameter of the same name", () => {
  const source = "const f = (fetch: Fetch) => fetch(url); fetch(url);";
  assertEquals(lint("src/a.ts", source), ambient("fetch"));
});

Deno.test("no-ambient-effects leaves the services, and all but src, alone", () => {
  for (const file of ["src/services.ts", "tests/a_test.ts", "examples/a.ts"]) {
    assertEquals(lint(file, "setTimeout(f, Date.now());"), [], file);
  }
});

Deno.test("no-ambient-effects lets the command line print, and no more", () => {
  assertEquals(lint("src/cli/main.ts", "console.log(1);"), []);
  assertEquals(lint("src/cli/main.ts", "Date.now();"), ambient("Date.now"));
});

Deno.test("no-provider-names finds them in identifiers and strings of the core", () => {
  for (
    const [source, name] of [
      ["const azureUrl = 1;", "azure"],
      ["call.ociRegion;", "oci"],
      ["class A { #linode = 1 }", "linode"],
      ['if (provider === "lxd") {}', "lxd"],
      ["`${host}.elastic.io`;", "elastic"],
      ['type Kind = "elasticio.execution";', "elasticio"],
      ['import { machine } from "../providers/azure/machine.ts";', "azure"],
    ] as const
  ) {
    const found = lint("src/runtime/a.ts", source).filter((line) => !line.startsWith("lro/layers"));
    assertEquals(found, [`lro/no-provider-names: The core names a provider: ${name}`], source);
  }
});

Deno.test("no-provider-names leaves longer words and comments alone", () => {
  for (
    const source of [
      "const association = velocity;",
      '"elasticity";',
      "/** As elastic.io has it. */ const a = 1;",
    ]
  ) {
    assertEquals(lint("src/runtime/a.ts", source), [], source);
  }
});

Deno.test("no-provider-names leaves those alone who know them all", () => {
  for (
    const file of [
      "mod.ts",
      "src/providers/azure/mod.ts",
      "src/testing/emulators.ts",
      "src/cli/main.ts",
      "tests/a_test.ts",
    ]
  ) {
    assertEquals(lint(file, 'const azure = "azure";'), [], file);
  }
});

Deno.test("no-std-import closes @std to what is published", () => {
  const found = ["lro/no-std-import: What is published imports no @std"];
  const source = 'import { assert } from "@std/assert";';
  assertEquals(lint("src/a.ts", source), found);
  assertEquals(lint("mod.ts", source), found);
  assertEquals(lint("src/a.ts", 'export * from "jsr:@std/http";'), found);
  assertEquals(lint("src/a.ts", 'await import("@std/http/status");'), found);
  assertEquals(lint("tests/a_test.ts", source), []);
});

Deno.test("no-provider-import closes a provider to the others", () => {
  const file = "src/providers/azure/protocol.ts";
  assertEquals(lint(file, 'import { read } from "../oci/protocol.ts";'), [
    "lro/no-provider-import: A provider imports no other provider",
  ]);
  assertEquals(lint(file, 'import { read } from "./read.ts";'), []);
  assertEquals(
    lint(file, 'import type { Call } from "../../operation.ts";'),
    [],
  );
});

Deno.test("no-entry-import closes the package's own entry point to src", () => {
  const found = [
    "lro/no-entry-import: Nothing in src imports the package's own entry point",
  ];
  assertEquals(
    lint("src/cli/a.ts", 'import { wait } from "../../mod.ts";'),
    found,
  );
  assertEquals(
    lint("src/a.ts", 'import { wait } from "@lro/machines";'),
    found,
  );
  assertEquals(lint("src/a.ts", 'export * from "@lro/machines/auth";'), found);
  assertEquals(lint("src/store/a.ts", 'import { a } from "./mod.ts";'), []);
  assertEquals(
    lint("examples/a.ts", 'import { wait } from "@lro/machines";'),
    [],
  );
});

Deno.test("layers closes a room to those above it, for types too", () => {
  const source = 'import type { Runtime } from "../runtime/runtime.ts";';
  assertEquals(lint("src/model/a.ts", source), ["lro/layers: model must not import runtime"]);
  assertEquals(lint("src/testing/a.ts", source), []);
  assertEquals(lint("src/model/a.ts", 'import { systemClock } from "../services.ts";'), []);
});
