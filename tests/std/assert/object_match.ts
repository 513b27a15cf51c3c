/**
 * The assertion on a part of an object.
 *
 * @module
 */
import { AssertionError, suffix } from "./assertion_error.ts";
import { equal } from "./equal.ts";
import { difference } from "./equals.ts";

/**
 * Asserts that `actual` has all that `expected` has, at every depth, as its own:
 * what a class answers to by its getters is not looked at. Classes do not
 * matter; an array may go on after what is expected of it; a set holds what is
 * expected of it itself, not something alike.
 *
 * @throws {TypeError} If either is not an object.
 */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  for (const value of [actual, expected]) {
    if (isObject(value)) continue;
    const type = value === null ? "null" : typeof value;
    throw new TypeError(`Cannot use assertObjectMatch() on a value of ${type}`);
  }
  if (matches(actual, expected, new Map())) return;
  throw new AssertionError(
    `Values are not equal${suffix(msg)}\n\n${difference(actual, expected)}`,
  );
}

function matches(
  actual: unknown,
  expected: unknown,
  seen: Map<object, unknown>,
): boolean {
  if (!isObject(actual) || !isObject(expected) || isAtom(expected)) {
    return equal(actual, expected);
  }
  if (seen.get(expected) === actual) return true;
  seen.set(expected, actual);
  if (expected instanceof Map) {
    return actual instanceof Map &&
      [...expected].every(([key, value]) =>
        actual.has(key) && matches(actual.get(key), value, seen)
      );
  }
  if (expected instanceof Set) {
    return actual instanceof Set &&
      [...expected].every((value) => actual.has(value));
  }
  if (Array.isArray(expected) !== Array.isArray(actual)) return false;
  return Reflect.ownKeys(expected).every((key) =>
    Array.isArray(expected) && key === "length" ||
    Object.hasOwn(actual, key) &&
      matches(Reflect.get(actual, key), Reflect.get(expected, key), seen)
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Has no parts to match one by one. */
function isAtom(value: object): boolean {
  return value instanceof Date || value instanceof RegExp ||
    value instanceof URL || ArrayBuffer.isView(value);
}
