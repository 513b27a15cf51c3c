/**
 * Rules on who may import whom.
 *
 * @module
 */
import { place, providerOf } from "./place.ts";

/** One rule for each direction that is closed. */
export const imports = {
  /** A published file that imports `@std` cannot be published. */
  noStd: rule(
    ({ file, target }) =>
      (file === "mod.ts" || file.startsWith("src/")) &&
      /^(jsr:)?@std\//.test(target),
    "What is published imports no @std",
    "Write the few lines that are needed.",
  ),
  /** A provider can be removed without touching another. */
  noOtherProvider: rule(
    ({ file, target }) => {
      const [own, other] = [providerOf(file), providerOf(target)];
      return !!own && !!other && own !== other;
    },
    "A provider imports no other provider",
    "Move what both need out of `providers/`.",
  ),
  /** `mod.ts` is for those outside; inside, it would close a circle. */
  noEntryPoint: rule(
    ({ file, target }) =>
      file.startsWith("src/") &&
      (target === "mod.ts" || /^@lro\/machines($|\/)/.test(target)),
    "Nothing in src imports the package's own entry point",
    "Import the file that declares it.",
  ),
};

/** An import, as paths from the root of the repository where it has one. */
interface Import {
  readonly file: string;
  readonly target: string;
}

function rule(
  isForbidden: (found: Import) => boolean,
  message: string,
  hint: string,
): Deno.lint.Rule {
  return {
    create(context) {
      const file = place(context.filename);
      const check = ({ source }: { source: Deno.lint.Node | null }) => {
        if (source?.type !== "Literal" || typeof source.value !== "string") {
          return;
        }
        const target = resolve(source.value, file);
        if (isForbidden({ file, target })) {
          context.report({ node: source, message, hint });
        }
      };
      return {
        ImportDeclaration: check,
        ExportAllDeclaration: check,
        ExportNamedDeclaration: check,
        ImportExpression: check,
      };
    },
  };
}

/** `./kind.ts` in `src/model/errors.ts` -> `src/model/kind.ts`; a bare specifier is left alone. */
function resolve(specifier: string, file: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return new URL(specifier, `file:///${file}`).pathname.slice(1);
}
