/**
 * Writes a public symbol as the lines that its users depend on.
 *
 * @module
 */
import type {
  DocClass,
  DocDeclaration,
  DocEnumMember,
  DocMember,
  DocSymbol,
  DocType,
} from "./doc_json.ts";
import {
  membersText,
  methodText,
  propertyText,
  signatureText,
  typeArgumentsText,
  typeParamsText,
  typeText,
} from "./type_text.ts";

/**
 * Writes a symbol: its heads at the margin, its members indented and sorted.
 *
 * @param writeElement Writes what a namespace holds.
 */
export function symbolLines(
  { name, declarations }: DocSymbol,
  writeElement: (element: DocSymbol) => string[] = symbolLines,
): string[] {
  return signaturesOnly(declarations, ({ def }) => def).flatMap((it) => {
    if (it.kind === "namespace") {
      return [
        `namespace ${name}`,
        ...it.def.elements.flatMap(writeElement).map(indent),
      ];
    }
    const [head, ...members] = declarationLines(name, it);
    return [head, ...members.map(indent)];
  });
}

function declarationLines(
  name: string,
  { kind, def }: Exclude<DocDeclaration, { kind: "namespace" }>,
): [head: string, ...members: string[]] {
  switch (kind) {
    case "class":
      return classLines(name, def);
    case "enum":
      return [`enum ${name}`, ...def.members.map(enumMemberText)];
    case "function":
      return [`function ${name}${signatureText(def)}`];
    case "interface":
      return [
        `interface ${name}${typeParamsText(def.typeParams)}` +
        listText(" extends ", def.extends),
        ...membersText(def).sort(),
      ];
    case "reference":
      return [`export ${name}`];
    case "typeAlias":
      return [
        `type ${name}${typeParamsText(def.typeParams)} = ${typeText(def.tsType)}`,
      ];
    case "variable":
      return [
        `${def.kind} ${name}${def.tsType ? `: ${typeText(def.tsType)}` : ""}`,
      ];
  }
}

function classLines(
  name: string,
  def: DocClass,
): [head: string, ...members: string[]] {
  const { constructors = [], properties = [], methods = [] } = def;
  const head = (def.isAbstract ? "abstract " : "") +
    `class ${name}${typeParamsText(def.typeParams)}` +
    (def.extends ? ` extends ${def.extends}` : "") +
    typeArgumentsText(def.superTypeParams) +
    listText(" implements ", def.implements);
  const members: [DocMember, string][] = [
    ...signaturesOnly(constructors, (it) => it).map((it) =>
      [it, `constructor${signatureText(it)}`] satisfies [DocMember, string]
    ),
    ...properties.map((it) => [it, propertyText(it)] satisfies [DocMember, string]),
    ...Map.groupBy(methods, ({ kind, name }) => `${kind} ${name}`).values()
      .flatMap((overloads) => signaturesOnly(overloads, (it) => it.functionDef))
      .map((it) =>
        [it, methodText({ ...it, ...it.functionDef })] satisfies [
          DocMember,
          string,
        ]
      ),
  ];
  return [
    head,
    ...members
      .filter(([{ accessibility }]) => accessibility !== "private")
      .map(([member, text]) => modifiersText(member) + text)
      .sort(),
  ];
}

/** Leaves out the implementation of a function with overloads: nobody can call it. */
function signaturesOnly<T>(
  overloads: readonly T[],
  definition: (overload: T) => object,
): T[] {
  return overloads.filter((it) => overloads.length === 1 || !("hasBody" in definition(it)));
}

function enumMemberText({ name, init }: DocEnumMember): string {
  return name + (init ? ` = ${typeText(init)}` : "");
}

function modifiersText(
  { accessibility, isAbstract, isStatic }: DocMember,
): string {
  return (accessibility === "protected" ? "protected " : "") +
    (isStatic ? "static " : "") + (isAbstract ? "abstract " : "");
}

function listText(word: string, types: readonly DocType[] = []): string {
  return types.length > 0 ? word + types.map(typeText).join(", ") : "";
}

function indent(line: string): string {
  return `  ${line}`;
}
