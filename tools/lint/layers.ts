/**
 * Who may import whom, as one table. The lint rule reads it, the architecture
 * test reads it, and the map in `docs/architecture.md` is written from it.
 * Imports of types count like all others.
 *
 * @module
 */
import { place } from "./place.ts";

/** A room of the house: files that belong together. */
export interface Layer {
  /** Its name, as other layers refer to it. */
  readonly name: string;
  /** The paths of its files begin with one of these. The longest path that fits decides. */
  readonly files: readonly string[];
  /** Names of the layers that it may import from, besides itself. */
  readonly imports: readonly string[];
  /** What it is for, in one sentence. */
  readonly purpose: string;
}

/** Everything that a caller of the library may import as well. */
const PUBLIC = ["xstate", "model", "services", "core", "runtime"];

/** All rooms, from the ground up. */
export const LAYERS: readonly Layer[] = [
  {
    name: "services",
    files: ["src/services.ts", "src/node_builtin.ts"],
    imports: [],
    purpose: "The only doors to time, HTTP and chance; tests bring other ones.",
  },
  {
    name: "xstate",
    files: ["src/xstate/"],
    imports: [],
    purpose: "Everything that knows XState; it runs on XState 5.33 and on 6.",
  },
  {
    name: "model",
    files: ["src/model/"],
    imports: ["services", "xstate"],
    purpose: "The words: types and pure functions that all others speak in.",
  },
  {
    name: "runtime/timers",
    files: ["src/runtime/timers.ts", "src/runtime/abort_listeners.ts"],
    imports: ["services", "model"],
    purpose:
      "The ground of the engine rooms: one wheel of timers on one real timer, listeners of signals.",
  },
  {
    name: "runtime/http",
    files: ["src/runtime/http/"],
    imports: ["services", "model", "runtime/timers"],
    purpose: "One call on its way: limits, retry, redirects, credentials, sharing.",
  },
  {
    name: "runtime/feed",
    files: ["src/runtime/feed/"],
    imports: ["services", "model", "runtime/timers", "runtime/http"],
    purpose: "One list request for many waiters.",
  },
  {
    name: "runtime/stream",
    files: ["src/runtime/stream/"],
    imports: ["services", "model", "runtime/timers", "runtime/http"],
    purpose: "One websocket for many waiters.",
  },
  {
    name: "runtime/engine",
    files: ["src/runtime/engine/"],
    imports: [
      "xstate",
      "services",
      "model",
      "runtime/timers",
      "runtime/http",
      "runtime/feed",
      "runtime/stream",
    ],
    purpose: "One operation: its mailbox, its place in the machine, its effects, its token.",
  },
  {
    name: "runtime/handle",
    files: ["src/runtime/handle/"],
    imports: ["services", "model", "runtime/timers", "runtime/engine"],
    purpose: "What a caller holds: promises, snapshots, abort.",
  },
  {
    name: "runtime",
    files: ["src/runtime/"],
    imports: [
      "xstate",
      "services",
      "model",
      "runtime/timers",
      "runtime/http",
      "runtime/feed",
      "runtime/stream",
      "runtime/engine",
      "runtime/handle",
    ],
    purpose: "Puts the rooms together: options, start, restore, wait, actor logic.",
  },
  {
    name: "core",
    files: ["src/core.ts"],
    imports: ["xstate", "services", "model", "runtime", "runtime/engine", "runtime/http"],
    purpose: "What is public, by name.",
  },
  {
    name: "providers",
    files: ["src/providers/"],
    imports: ["model", "runtime/http"],
    purpose:
      "Control flow and reading of replies; wire names live here only. None imports another.",
  },
  {
    name: "auth",
    files: ["src/auth/"],
    imports: ["services", "model"],
    purpose: "Fetches that authenticate; credentials never come near operations and tokens.",
  },
  {
    name: "fetch",
    files: ["src/fetch/"],
    imports: ["services", "model"],
    purpose: "Fetches over unix sockets and with client certificates.",
  },
  {
    name: "store",
    files: ["src/store/"],
    imports: ["services", "model", "core"],
    purpose: "Where tokens are written down.",
  },
  {
    name: "loopback",
    files: ["src/loopback/"],
    imports: ["services", "model"],
    purpose: "A small HTTP server on 127.0.0.1 for the inspector, the demo and tests.",
  },
  {
    name: "drawing",
    files: ["src/drawing/"],
    imports: ["xstate", "model"],
    purpose: "Statecharts as boxes and arrows.",
  },
  {
    name: "testing",
    files: ["src/testing/"],
    imports: [...PUBLIC, "loopback", "runtime/http"],
    purpose: "Clock, fetch, emulators and conformance claims, public.",
  },
  {
    name: "inspector",
    files: ["src/inspector/"],
    imports: [...PUBLIC, "loopback", "drawing"],
    purpose: "Watches any number of operations live in a browser.",
  },
  {
    name: "cli",
    files: ["src/cli/"],
    imports: [
      ...PUBLIC,
      "runtime/engine", // a token is looked into before it is restored
      "providers",
      "auth",
      "fetch",
      "store",
      "loopback",
      "drawing",
      "testing",
      "inspector",
    ],
    purpose: "The command; the only one to know commander, the environment and credential files.",
  },
  {
    name: "package",
    files: ["mod.ts"],
    imports: ["core", "providers"],
    purpose: "The core and the providers, by name.",
  },
];

/** The layer of a file, if it is in one. */
export function layerOf(file: string): Layer | undefined {
  let best: Layer | undefined;
  let length = 0;
  for (const layer of LAYERS) {
    for (const prefix of layer.files) {
      const fits = prefix.endsWith("/") ? file.startsWith(prefix) : file === prefix;
      if (fits && prefix.length > length) [best, length] = [layer, prefix.length];
    }
  }
  return best;
}

/** Why one file must not import another; `undefined` where it may. */
export function violation(file: string, target: string): string | undefined {
  const [from, to] = [layerOf(file), layerOf(target)];
  if (!from || !to) return undefined;
  // A provider can be removed without touching another; lint says it for folders.
  if (from === to || from.imports.includes(to.name)) return undefined;
  return `${from.name} must not import ${to.name}`;
}

/** `./kind.ts` in `src/errors.ts` -> `src/kind.ts`; `undefined` for a bare specifier. */
export function resolveImport(specifier: string, file: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return new URL(specifier, `file:///${file}`).pathname.slice(1);
}

/** Reports imports that the table does not allow, those of types included. */
export const layers: Deno.lint.Rule = {
  create(context) {
    const file = place(context.filename);
    const check = ({ source }: { source: Deno.lint.Node | null }) => {
      if (source?.type !== "Literal" || typeof source.value !== "string") return;
      const target = resolveImport(source.value, file);
      if (target === "mod.ts") return; // another rule says it better
      const message = target && violation(file, target);
      if (!message) return;
      context.report({ node: source, message, hint: "See tools/lint/layers.ts." });
    };
    return {
      ImportDeclaration: check,
      ExportAllDeclaration: check,
      ExportNamedDeclaration: check,
      ImportExpression: check,
    };
  },
};
