/**
 * Writes types as TypeScript, from what `deno doc --json` says of them.
 *
 * @module
 */

import type {
  DocMembers,
  DocMethod,
  DocParam,
  DocProperty,
  DocSignature,
  DocType,
  DocTypeParam,
} from "./doc_json.ts";

/** Writes a type. */
export function typeText({ kind, value, repr }: DocType): string {
  switch (kind) {
    case "array":
      return `${typeText(value)}[]`;
    case "conditional":
      return `${typeText(value.checkType)} extends ${typeText(value.extendsType)} ? ${
        typeText(value.trueType)
      } : ${typeText(value.falseType)}`;
    case "fnOrConstructor":
      return `${value.constructor === true ? "new " : ""}${typeParamsText(value.typeParams)}(${
        paramsText(value.params)
      }) => ${typeText(value.tsType)}`;
    case "importType":
      return `import("${value.specifier}")${value.qualifier ? `.${value.qualifier}` : ""}${
        typeArgumentsText(value.typeParams)
      }`;
    case "indexedAccess":
      return `${typeText(value.objType)}[${typeText(value.indexType)}]`;
    case "infer":
      return `infer ${typeParamText(value.typeParam)}`;
    case "intersection":
      return value.map(typeText).join(" & ");
    case "keyword":
      return value;
    case "literal":
      return literalText(value);
    case "mapped":
      return mappedText(value);
    case "optional":
      return `${typeText(value)}?`;
    case "parenthesized":
      return `(${typeText(value)})`;
    case "rest":
      return `...${typeText(value)}`;
    case "this":
      return "this";
    case "tuple":
      return `[${value.map(typeText).join(", ")}]`;
    case "typeLiteral":
      return literalMembersText(value);
    case "typeOperator":
      return `${value.operator} ${typeText(value.tsType)}`;
    case "typePredicate":
      return predicateText(value);
    case "typeQuery":
      return `typeof ${value}`;
    case "typeRef":
      return value.typeName + typeArgumentsText(value.typeParams);
    case "union":
      return value.map(typeText).join(" | ");
    default:
      throw new Error(`Cannot write a type: unknown kind ${kind} (${repr})`);
  }
}

/** Writes `<T, U = string>`, or nothing. */
export function typeParamsText(params: readonly DocTypeParam[] = []): string {
  return params.length > 0 ? `<${params.map(typeParamText).join(", ")}>` : "";
}

/** Writes `<T>(a: T, b?: string): void`. */
export function signatureText(signature: DocSignature): string {
  const { typeParams, params, returnType, tsType } = signature;
  const result = returnType ?? tsType;
  return `${typeParamsText(typeParams)}(${paramsText(params)})` +
    (result ? `: ${typeText(result)}` : "");
}

/** Writes the members of an interface or a type literal, one an element. */
export function membersText(members: DocMembers): string[] {
  return [
    ...(members.callSignatures ?? []).map(signatureText),
    ...(members.constructors ?? []).map((it) => `new ${signatureText(it)}`),
    ...(members.indexSignatures ?? []).map((it) =>
      `${it.readonly ? "readonly " : ""}[${paramsText(it.params)}]: ${
        it.tsType ? typeText(it.tsType) : "any"
      }`
    ),
    ...(members.properties ?? []).map(propertyText),
    ...(members.methods ?? []).map(methodText),
  ];
}

/** Writes `readonly name?: string`. */
export function propertyText(property: DocProperty): string {
  const { readonly, optional, tsType } = property;
  return (readonly ? "readonly " : "") + nameText(property) +
    (optional ? "?" : "") + (tsType ? `: ${typeText(tsType)}` : "");
}

/** Writes `name(a: string): void`. */
export function methodText(method: DocMethod): string {
  const prefix = { getter: "get ", setter: "set ", method: "" };
  return prefix[method.kind ?? "method"] + nameText(method) +
    (method.optional ? "?" : "") + signatureText(method);
}

/** Writes the arguments of a type, `<string>`, or nothing. */
export function typeArgumentsText(types: readonly DocType[] = []): string {
  return types.length > 0 ? `<${types.map(typeText).join(", ")}>` : "";
}

function nameText({ name, computed }: DocProperty | DocMethod): string {
  return computed && !name.startsWith("[") ? `[${name}]` : name;
}

function typeParamText(param: DocTypeParam): string {
  return param.name +
    (param.constraint ? ` extends ${typeText(param.constraint)}` : "") +
    (param.default ? ` = ${typeText(param.default)}` : "");
}

function paramsText(params: readonly DocParam[] = []): string {
  return params.map(paramText).join(", ");
}

function paramText(param: DocParam): string {
  switch (param.kind) {
    case "assign":
      // A default makes a parameter optional.
      return paramText({ ...param.left!, optional: true });
    case "rest":
      return `...${paramText({ ...param.arg!, ...typed(param) })}`;
    default: {
      // How a pattern takes its value apart is nobody's business.
      const name = param.name ?? (param.kind === "array" ? "[]" : "{}");
      return propertyOf(param) + name + (param.optional ? "?" : "") +
        (param.tsType ? `: ${typeText(param.tsType)}` : "");
    }
  }
}

/** Which property a constructor's parameter makes, private ones aside. */
function propertyOf({ accessibility, readonly }: DocParam): string {
  if (accessibility === "private") return "";
  return (accessibility ? `${accessibility} ` : "") +
    (readonly ? "readonly " : "");
}

function typed({ tsType }: DocParam): Pick<DocParam, "tsType"> {
  return tsType ? { tsType } : {};
}

// deno-lint-ignore no-explicit-any
function literalText(value: any): string {
  switch (value.kind) {
    case "string":
      return JSON.stringify(value.string);
    case "bigInt":
      return `${value.string}n`;
    case "template":
      return `\`${
        value.tsTypes.map((part: DocType) =>
          part.kind === "literal" && part.value.kind === "string"
            ? part.value.string
            : `\${${typeText(part)}}`
        ).join("")
      }\``;
    default:
      return String(value[value.kind]);
  }
}

function literalMembersText(members: DocMembers): string {
  const text = membersText(members).join("; ");
  return text ? `{ ${text} }` : "{}";
}

// deno-lint-ignore no-explicit-any
function mappedText(value: any): string {
  const { typeParam, nameType, tsType } = value;
  const modifier = (mode: unknown, word: string) =>
    mode === true ? word : mode ? `${mode}${word}` : "";
  const readonly = modifier(value.readonly, "readonly");
  return `{ ${readonly && `${readonly} `}[${typeParam.name} in ${typeText(typeParam.constraint)}${
    nameType ? ` as ${typeText(nameType)}` : ""
  }]${modifier(value.optional, "?")}: ${tsType ? typeText(tsType) : "any"} }`;
}

// deno-lint-ignore no-explicit-any
function predicateText({ asserts, param, type }: any): string {
  const name = param.type === "this" ? "this" : param.name;
  return (asserts ? "asserts " : "") + name +
    (type ? ` is ${typeText(type)}` : "");
}
