/**
 * What `deno doc --json` prints, as far as it is read here.
 *
 * @module
 */

/** A public symbol: one name, with one declaration or several. */
export interface DocSymbol {
  readonly name: string;
  readonly declarations: readonly DocDeclaration[];
}

/** Where a declaration stands. */
export interface DocLocation {
  readonly filename: string;
  readonly byteIndex: number;
}

/** The comment above something. */
export interface DocComment {
  readonly doc?: string;
  readonly tags?: readonly unknown[];
}

/** One declaration of a symbol. */
export type DocDeclaration =
  & { readonly location: DocLocation; readonly jsDoc?: DocComment }
  & (
    | { readonly kind: "class"; readonly def: DocClass }
    | { readonly kind: "enum"; readonly def: { members: DocEnumMember[] } }
    | { readonly kind: "function"; readonly def: DocSignature }
    | { readonly kind: "interface"; readonly def: DocInterface }
    | { readonly kind: "namespace"; readonly def: { elements: DocSymbol[] } }
    | { readonly kind: "reference"; readonly def: { target: DocLocation } }
    | { readonly kind: "typeAlias"; readonly def: DocAlias }
    | { readonly kind: "variable"; readonly def: DocVariable }
  );

/** What every member of a class may have. */
export interface DocMember {
  readonly accessibility?: "public" | "protected" | "private";
  readonly isAbstract?: boolean;
  readonly isStatic?: boolean;
}

/** A class. */
export interface DocClass {
  readonly isAbstract?: boolean;
  readonly typeParams?: readonly DocTypeParam[];
  readonly extends?: string;
  readonly superTypeParams?: readonly DocType[];
  readonly implements?: readonly DocType[];
  readonly constructors?: readonly (DocSignature & DocMember)[];
  readonly properties?: readonly (DocProperty & DocMember)[];
  readonly methods?: readonly (
    & Pick<DocMethod, "name" | "kind" | "computed" | "optional">
    & DocMember
    & { readonly functionDef: DocSignature }
  )[];
}

/** An interface. */
export interface DocInterface extends DocMembers {
  readonly typeParams?: readonly DocTypeParam[];
  readonly extends?: readonly DocType[];
}

/** A type alias. */
export interface DocAlias {
  readonly typeParams?: readonly DocTypeParam[];
  readonly tsType: DocType;
}

/** A variable. */
export interface DocVariable {
  readonly kind: "const" | "let" | "var";
  readonly tsType?: DocType;
}

/** A member of an enum. */
export interface DocEnumMember {
  readonly name: string;
  readonly init?: DocType;
}

/** A type. What `value` holds depends on `kind`. */
export interface DocType {
  readonly kind: string;
  readonly repr?: string;
  // deno-lint-ignore no-explicit-any
  readonly value: any;
}

/** A parameter of a type, such as `T extends object = Call`. */
export interface DocTypeParam {
  readonly name: string;
  readonly constraint?: DocType;
  readonly default?: DocType;
}

/** A parameter of a function, a pattern perhaps. */
export interface DocParam {
  readonly kind: "identifier" | "assign" | "rest" | "object" | "array";
  readonly name?: string;
  readonly optional?: boolean;
  /** In a constructor, these two make a property of it. */
  readonly accessibility?: "public" | "protected" | "private";
  readonly readonly?: boolean;
  readonly tsType?: DocType;
  readonly left?: DocParam;
  readonly arg?: DocParam;
}

/** Whatever is called with parameters. */
export interface DocSignature {
  readonly typeParams?: readonly DocTypeParam[];
  readonly params?: readonly DocParam[];
  readonly returnType?: DocType;
  /** What `returnType` is called where there is no body. */
  readonly tsType?: DocType;
}

/** A property, of a class, an interface or a type literal. */
export interface DocProperty {
  readonly name: string;
  readonly computed?: boolean;
  readonly optional?: boolean;
  readonly readonly?: boolean;
  readonly tsType?: DocType;
}

/** A method, a getter or a setter, of an interface or a type literal. */
export interface DocMethod extends DocSignature {
  readonly name: string;
  readonly kind?: "method" | "getter" | "setter";
  readonly computed?: boolean;
  readonly optional?: boolean;
}

/** The members of an interface or a type literal. */
export interface DocMembers {
  readonly callSignatures?: readonly DocSignature[];
  readonly constructors?: readonly DocSignature[];
  readonly indexSignatures?: readonly (DocSignature & DocProperty)[];
  readonly methods?: readonly DocMethod[];
  readonly properties?: readonly DocProperty[];
}
