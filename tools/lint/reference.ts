/**
 * Whether an identifier means a global: it is a value in use, and nothing
 * around it declares that name. A small part of what a scope analysis does.
 *
 * @module
 */

type Node = Deno.lint.Node;

/** Type syntax with a value inside. */
const valueInType = new Set([
  "TSAsExpression",
  "TSNonNullExpression",
  "TSSatisfiesExpression",
  "TSTypeAssertion",
]);

/** Whether an identifier is a value in use that stands for a global. */
export function isReference(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  if (parent.type.startsWith("TS") && !valueInType.has(parent.type)) {
    return false;
  }
  switch (parent.type) {
    case "MemberExpression":
      if (parent.property === node && !parent.computed) return false;
      break;
    case "Property":
    case "MethodDefinition":
    case "PropertyDefinition":
      if (parent.key === node && !parent.computed) return false;
      break;
    case "BreakStatement":
    case "ContinueStatement":
    case "ExportAllDeclaration":
    case "ExportSpecifier":
    case "ImportSpecifier":
    case "LabeledStatement":
      return false;
  }
  return !isDeclaredAround(node, node.name);
}

function isDeclaredAround(node: Node, name: string): boolean {
  for (let scope: Node | null = node; scope; scope = parentOf(scope)) {
    if (declares(scope, name)) return true;
  }
  return false;
}

function parentOf(node: Node): Node | null {
  return "parent" in node ? node.parent as Node | null : null;
}

/** Whether a node opens a scope that declares a name. */
function declares(scope: Node, name: string): boolean {
  switch (scope.type) {
    case "Program":
    case "BlockStatement":
    case "StaticBlock":
      return scope.body.some((statement) => declaresHere(statement, name));
    case "ForStatement":
      return !!scope.init && declaresHere(scope.init, name);
    case "ForInStatement":
    case "ForOfStatement":
      return declaresHere(scope.left, name);
    case "CatchClause":
      return !!scope.param && binds(scope.param, name);
    case "FunctionExpression":
      return scope.id?.name === name ||
        scope.params.some((param) => binds(param, name));
    case "FunctionDeclaration":
    case "ArrowFunctionExpression":
      return scope.params.some((param) => binds(param, name));
    default:
      return false;
  }
}

function declaresHere(statement: Node, name: string): boolean {
  switch (statement.type) {
    case "ExportNamedDeclaration":
      return !!statement.declaration &&
        declaresHere(statement.declaration, name);
    case "ImportDeclaration":
      return statement.specifiers.some(({ local }) => local.name === name);
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return statement.id?.name === name;
    case "VariableDeclaration":
      return statement.declarations.some(({ id }) => binds(id, name));
    default:
      return false;
  }
}

function binds(
  pattern: Node | Deno.lint.Parameter | null,
  name: string,
): boolean {
  switch (pattern?.type) {
    case "Identifier":
      return pattern.name === name;
    case "AssignmentPattern":
      return binds(pattern.left, name);
    case "RestElement":
      return binds(pattern.argument, name);
    case "TSParameterProperty":
      return binds(pattern.parameter, name);
    case "ArrayPattern":
      return pattern.elements.some((element) => binds(element, name));
    case "ObjectPattern":
      return pattern.properties.some((property) =>
        binds(property.type === "Property" ? property.value : property, name)
      );
    default:
      return false;
  }
}
