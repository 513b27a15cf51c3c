/**
 * Stands in for `@std/testing/types` where JSR cannot be reached: claims about
 * types that the compiler checks.
 *
 * @module
 */

/**
 * Claims at compile time that a type is `true`, or that it is `false`.
 *
 * @param _expectTrue The same again, as a value.
 */
export function assertType<T extends boolean>(_expectTrue: T): void {}

/** Whether a type is `any`. */
export type IsAny<T> = 0 extends 1 & T ? true : false;

/** Whether a type is `never`. */
export type IsNever<T> = [T] extends [never] ? true : false;

/** Whether a type is `unknown`. */
export type IsUnknown<T> = unknown extends T ? IsAny<T> extends true ? false : true
  : false;

/** Whether a type allows `null` or `undefined`. */
export type IsNullable<T> = IsNever<Extract<T, null | undefined>> extends true ? false
  : true;

/** Whether the members of a union include another type. */
export type Has<T, U> = IsAny<T> extends true ? true
  : IsAny<U> extends true ? false
  : IsNever<Extract<T, U>> extends true ? false
  : true;

/** Whether the members of a union do not include another type. */
export type NotHas<T, U> = Has<T, U> extends true ? false : true;

/** Whether two types are the same, `any` being the same as nothing else. */
export type IsExact<T, U> = Same<[Mark<T>], [Mark<U>]> extends true ? Same<[Deep<T>], [Deep<U>]>
  : false;

type Same<T, U> = T extends U ? U extends T ? true : false : false;

/** Something that only `any` becomes. */
type AnyMark = { __any__: undefined };
type Mark<T> = IsAny<T> extends true ? AnyMark : T;

/** The type with `any` marked at every depth; a parent met again is left alone. */
type Deep<T, Parents = never> = {
  [Key in keyof T]-?: IsAny<T[Key]> extends true ? AnyMark
    : T[Key] extends Parents ? T[Key]
    : Deep<T[Key], Parents | T>;
};
