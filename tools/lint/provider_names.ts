/**
 * The rule that the core names no provider: it asks the protocol.
 *
 * @module
 */
import { place } from "./place.ts";

const providers = new Set([
  "azure",
  "elastic",
  "elasticio",
  "linode",
  "lxd",
  "oci",
]);

/** Who may know them all: the providers, their credentials and emulators, and the command line's table. */
const exempt = /^src\/(auth|providers|testing|cli)\//;

/** Reports provider names in the identifiers and strings of the core. */
export const noProviderNames: Deno.lint.Rule = {
  create(context) {
    const file = place(context.filename);
    if (!file.startsWith("src/") || exempt.test(file)) return {};
    const check = (node: Deno.lint.Node, text: string) => {
      const name = words(text).find((word) => providers.has(word));
      if (!name) return;
      context.report({
        node,
        message: `The core names a provider: ${name}`,
        hint: "Let the protocol give its own answer.",
      });
    };
    return {
      Identifier: (node) => check(node, node.name),
      PrivateIdentifier: (node) => check(node, node.name),
      TemplateElement: (node) => check(node, node.raw),
      Literal(node) {
        if (typeof node.value === "string") check(node, node.value);
      },
    };
  },
};

/** `fromAzureReply` -> `from`, `azure`, `reply`. */
function words(text: string): string[] {
  return text
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
}
