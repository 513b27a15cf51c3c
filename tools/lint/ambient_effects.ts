/**
 * The rule that time, HTTP, chance and the console are reached only through
 * `src/services.ts`, so that a test decides all of them.
 *
 * @module
 */
import { place } from "./place.ts";
import { isReference } from "./reference.ts";

/** Globals that are a door to the world. */
const doors = new Set([
  "EventSource",
  "WebSocket",
  "XMLHttpRequest",
  "clearImmediate",
  "clearInterval",
  "clearTimeout",
  "console",
  "fetch",
  "performance",
  "setImmediate",
  "setInterval",
  "setTimeout",
]);

/** Members that are one, of globals that are not. */
const memberDoors = new Set([
  "AbortSignal.timeout",
  "Date.now",
  "Deno.connect",
  "Deno.connectTls",
  "Math.random",
  "Temporal.Now",
  "crypto.getRandomValues",
  "crypto.randomUUID",
]);

/** Modules that are one. */
const moduleDoors = /^node:(http|https|http2|net|tls|perf_hooks|timers(\/promises)?)$/;

const globals = new Set(["globalThis", "self", "window"]);

/** Reports whatever reaches the world from `src` other than through the services. */
export const noAmbientEffects: Deno.lint.Rule = {
  create(context) {
    const file = place(context.filename);
    if (!file.startsWith("src/") || file === "src/services.ts") return {};
    const report = (node: Deno.lint.Node, name: string) => {
      if (name === "console" && file.startsWith("src/cli/")) return;
      context.report({
        node,
        message: `Ambient ${name} outside services.ts`,
        hint: "Take it from the services that are passed in.",
      });
    };
    return {
      Identifier(node) {
        if (doors.has(node.name) && isReference(node)) report(node, node.name);
      },
      MemberExpression(node) {
        const { object, property, computed } = node;
        if (computed || object.type !== "Identifier") return;
        if (property.type !== "Identifier" || !isReference(object)) return;
        if (isDoor(object.name, property.name)) {
          report(node, `${object.name}.${property.name}`);
        }
      },
      VariableDeclarator({ id, init }) {
        if (init?.type !== "Identifier" || id.type !== "ObjectPattern") return;
        for (const property of id.properties) {
          if (property.type !== "Property") continue;
          if (property.key.type !== "Identifier") continue;
          if (isDoor(init.name, property.key.name)) {
            report(property, `${init.name}.${property.key.name}`);
          }
        }
      },
      NewExpression(node) {
        if (isDate(node) && node.arguments.length === 0) {
          report(node, "new Date()");
        }
      },
      CallExpression(node) {
        if (isDate(node)) report(node, "Date()");
      },
      ImportDeclaration({ source, importKind }) {
        if (importKind !== "type" && moduleDoors.test(source.value)) {
          report(source, source.value);
        }
      },
    };
  },
};

function isDoor(object: string, property: string): boolean {
  return memberDoors.has(`${object}.${property}`) ||
    globals.has(object) && doors.has(property);
}

function isDate(
  { callee }: Deno.lint.CallExpression | Deno.lint.NewExpression,
): boolean {
  return callee.type === "Identifier" && callee.name === "Date" &&
    isReference(callee);
}
